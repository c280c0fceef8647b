// Goal: Meta's webhook is answered as documented, and only what Meta has signed is written down.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { readMetaLead } from '../../../src/intake/doors/platforms/meta.ts';
import { call, type Stand, startStand } from '../api-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => {
  stand.notices.length = 0;
  stand.logLines.length = 0;
});
afterAll(() => stand.close());

/** As Meta documents it. */
const SAMPLE =
  '{"object":"page","entry":[{"id":"100000000000001","time":1438292065,"changes":[{"field":' +
  '"leadgen","value":{"leadgen_id":"24900000000000003","page_id":"100000000000001","form_id":' +
  '"900000000000123","adgroup_id":"120200000000000601","ad_id":"120200000000000701",' +
  '"created_time":1438292065}}]}]}';

const sign = (body: string | Buffer, secret = 'app_secret') =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const post = (body: string | Buffer, signature = sign(body)) =>
  call(stand, 'POST /in/meta', { body, headers: { 'X-Hub-Signature-256': signature } });

describe('the challenge', () => {
  const ask = (token: string, mode = 'subscribe') =>
    call(stand, `GET /in/meta?hub.mode=${mode}&hub.challenge=1158201444&hub.verify_token=${token}`);

  test('is given back to who knows the verify token', async () => {
    const { status, text, headers } = await ask('verify%20me');
    expect([status, text]).toEqual([200, '1158201444']);
    expect(headers.get('content-type')).toContain('text/plain');
  });

  test.for(['guessed', '', 'verify%20me&hub.verify_token=x'])(
    'is not given back to %j',
    async (t) => expect((await ask(t)).status).toBe(403),
  );
  test('is of one mode', async () => expect((await ask('verify%20me', 'x')).status).toBe(403));
});

describe('a notification', () => {
  test('is written down as it was announced, for the door of its page', async () => {
    expect(await post(SAMPLE)).toMatchObject({ status: 200, text: '{}' });
    const about = { ad_id: '120200000000000701', page_id: '100000000000001' };
    const notice = { platform: 'meta', externalId: '24900000000000003', sourceId: 'acme' };
    expect(stand.notices).toMatchObject([{ ...notice, door: 'page', state: 'waiting', about }]);
  });

  test('with Meta’s own vector of a signature is Meta’s', async () => {
    const signature = 'sha256=22d3988d1017c437ea81a89d41e2d3266c00a508cffdb23f8ad8746d232d77e9';
    expect((await post('{"object":"page","entry":[]}', signature)).status).toBe(200);
  });

  test('keeps an id that came as a number past 2^53', async () => {
    await post(SAMPLE.replace('"24900000000000003"', '24900000000000003'));
    expect(stand.notices[0]?.externalId).toBe('24900000000000003');
  });

  test('of a form with a door of its own is for that door', async () => {
    await post(SAMPLE.replace('900000000000123', '900000000000999'));
    expect(stand.notices[0]?.door).toBe('page_form');
  });

  test('may announce a thousand leads, and other things among them', async () => {
    const body = JSON.parse(SAMPLE) as { entry: { changes: object[] }[] };
    const change = (n: number) => ({ field: 'leadgen', value: { leadgen_id: String(n), ...page } });
    const changes = Array.from({ length: 1_000 }, (_, n) => change(n + 1));
    body.entry = [{ ...body.entry[0], changes: [{ field: 'feed', value: {} }, ...changes] }];
    expect((await post(JSON.stringify(body))).status).toBe(200);
    expect(stand.notices).toHaveLength(1_000);
  });

  test('of a page without a door is answered well, and told to the operator', async () => {
    const body = SAMPLE.replaceAll('100000000000001', '100000000000002');
    expect((await post(body)).status).toBe(200);
    expect(stand.notices).toEqual([]);
    expect(stand.logLines.join('')).toContain('leads of pages at Meta that have no door');
  });

  const strangers: [what: string, signature: string][] = [
    ['no signature', ''],
    ['another secret', sign(SAMPLE, 'guessed')],
    ['the signature of another body', sign(`${SAMPLE} `)],
    ['half of it', sign(SAMPLE).slice(0, 40)],
    ['another text of its length', `sha256=${'é'.repeat(32)}`],
  ];
  test.for(strangers)('with %s is refused', async ([, signature]) => {
    const response = await fetch(`${stand.url}/in/meta`, {
      method: 'POST',
      body: SAMPLE,
      headers: { 'X-Hub-Signature-256': Buffer.from(signature).toString('latin1') },
    });
    expect(response.status).toBe(401);
    expect(stand.notices).toEqual([]);
    expect(stand.logLines.join('')).not.toContain('app_secret');
  });

  const broken: [what: string, body: string | Buffer, status: number][] = [
    ['no JSON', '{"object"', 400],
    ['no UTF-8', Buffer.from('7b22c328227d', 'hex'), 400],
    ['a list', '[]', 200],
    ['null', 'null', 200],
    ['nulls for everything', '{"object":"page","entry":[null,{"changes":[null,{}]}]}', 200],
    ['an id that is a path', SAMPLE.replace('24900000000000003', '../me'), 200],
    ['2 MB', `{"a":"${'x'.repeat(2_000_000)}"}`, 413],
  ];
  test.for(broken)('with %s announces nothing', async ([, body, status]) => {
    expect((await post(body)).status).toBe(status);
    expect(stand.notices).toEqual([]);
  });

  test('is sent again by Meta where it could not be written down', async () => {
    const gone = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const down = await startStand({ storeNotices: () => Promise.reject(gone) });
    const headers = { 'X-Hub-Signature-256': sign(SAMPLE) };
    const answer = await call(down, 'POST /in/meta', { body: SAMPLE, headers });
    await down.close();
    expect(answer.status).toBe(503);
  });
});

const page = { page_id: '100000000000001' };

describe('what Graph tells of a lead', () => {
  const wanted = {
    externalId: '24900000000000003',
    door: { account: '100000000000001', fields: {} },
  };
  const read = (field_data: object[], more: object = {}) =>
    readMetaLead(JSON.stringify({ id: wanted.externalId, field_data, ...more }), wanted);

  test('is its answers by name, several in one text, and where it came from', () => {
    const told = read(
      [
        { name: 'full_name', values: ['First Last'] },
        { name: 'best_time_to_call?', values: ['evening', 'noon'] },
        { name: '¿código?', values: ['sí'] },
      ],
      { platform: 'ig', campaign_id: '12', is_organic: false },
    );
    expect(told).toMatchObject({
      values: { full_name: 'First Last', 'best_time_to_call?': 'evening, noon', '¿código?': 'sí' },
      behaviour: { meta_platform: 'ig', meta_is_organic: false, meta_campaign_id: '12' },
      ...{ subSource: '12', externalId: wanted.externalId, test: false },
    });
  });

  test.for(['<test lead: dummy data for full_name>', 'test@meta.com', 'test@fb.com'])(
    'is a test where it says %s',
    (value) => expect(read([{ name: 'a', values: [value] }])).toMatchObject({ test: true }),
  );

  test.for(['', '[]', 'null', '{"id":"1","field_data":[]}', `{"id":"${wanted.externalId}"}`])(
    'is not %j',
    (text) => expect(readMetaLead(text, wanted)).toMatchObject({ kind: 'refused' }),
  );
});
