// Goal: Google Ads' lead form posts here as it documents, and a lead comes once.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { call, type Stand, startStand } from '../api-stand.ts';
import { keys } from '../intake-world.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => void (stand.leads.length = 0));
afterAll(() => stand.close());

/** As Google documents it, in its own order, ids past 2^53 included. */
const sample = (key: string, more = '') => `{"lead_id":"CiQADm3ZceLBnPn5","api_version":"1.0",
"form_id":123456789,"campaign_id":543212345,"adgroup_id":20000000000,"creative_id":30000000000,
"asset_group_id":24900000000000003,"gcl_id":"Cj0KCQjw-x","google_key":"${key}","is_test":false,
"lead_stage":"new","lead_submit_time":"2026-09-26T12:30:00Z"${more},"user_column_data":[
{"column_id":"FULL_NAME","column_name":"Full Name","string_value":"Mary Ann Lee"},
{"column_id":"PHONE_NUMBER","string_value":"+15125550142"},
{"column_id":"POSTAL_CODE","string_value":"00704"},
{"column_id":"EMAIL","string_value":"a@example.com"},
{"column_id":"budget","column_name":"How many cars?","string_value":"2"}]}`;

const post = (body: unknown, headers: Record<string, string> = {}) =>
  call(stand, 'POST /in/google', { body, headers });

describe('a lead of Google', () => {
  test('is taken as it comes, each column in its field', async () => {
    expect(await post(sample(keys.door))).toMatchObject({ status: 200, text: '{}' });
    const [lead] = stand.leads;
    expect(lead?.draft.fields).toEqual({
      ...{ first_name: 'Mary Ann Lee', phone: '+15125550142', zip: '00704' },
      ...{ email: 'a@example.com', vehicles: 2 },
    });
    expect(lead?.draft).toMatchObject({
      ...{ sourceId: 'acme', test: false, externalId: 'CiQADm3ZceLBnPn5', subSource: '543212345' },
      behaviour: { gclid: 'Cj0KCQjw-x', google_asset_group_id: '24900000000000003' },
    });
  });

  test('comes once, whatever else is sent along the second time', async () => {
    await post(sample(keys.door));
    expect(await post(sample(keys.door, ',"later":1'))).toMatchObject({ status: 200, text: '{}' });
    expect(stand.leads).toHaveLength(1);
  });

  test('of its own test is a test, with the key in another case', async () => {
    const body = sample(keys.door).replace('google_key', 'Google_key').replace('false', 'true');
    expect((await post(body)).status).toBe(200);
    expect(stand.leads[0]?.draft.test).toBe(true);
  });

  test('keeps an id that is a number past 2^53', async () => {
    await post(sample(keys.door).replace('"CiQADm3ZceLBnPn5"', '24900000000000003'));
    expect(stand.leads[0]?.draft.externalId).toBe('24900000000000003');
  });

  const refusals: [what: string, body: unknown, status: number][] = [
    ['a wrong key', sample('guessed'), 401],
    ['no key', sample(keys.door).replace('google_key', 'nobody'), 401],
    ['no columns', sample(keys.door).replace('user_column_data', 'columns'), 400],
    ['no id', sample(keys.door).replace('lead_id', 'id'), 400],
    ['half a body', sample(keys.door).slice(0, 200), 400],
    ['a list', '[]', 400],
    ['bytes that are no UTF-8', Buffer.from('7b22c328227d', 'hex'), 400],
    ['5,000 fields', JSON.stringify(Object.fromEntries(many(5_000))), 400],
    ['quotes without end', '"' + '\\"'.repeat(100_000), 400],
    ['300 kB', `{"a":"${'x'.repeat(300_000)}"}`, 413],
  ];
  test.for(refusals)('with %s is refused, and not kept', async ([, body, status]) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(stand.leads).toEqual([]);
    expect(stand.logLines.join('')).not.toContain(keys.door);
  });

  test('is sent again by Google while nothing can be stored', async () => {
    const gone = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const broken = await startStand({ acceptLead: () => Promise.reject(gone) });
    const answer = await call(broken, 'POST /in/google', { body: sample(keys.door) });
    await broken.close();
    expect(answer).toMatchObject({ status: 503, body: { message: expect.any(String) } });
  });

  test('with a byte order mark, null bytes and keys twice is read or refused', async () => {
    expect((await post('\ufeff' + sample(keys.door))).status).toBe(200);
    expect((await post(sample(keys.door).replace('Mary', 'M\\u0000ary'))).status).toBe(200);
    expect(JSON.stringify(stand.leads)).not.toContain('\\u0000');
    expect((await call(stand, 'GET /in/google')).status).toBe(405);
  });
});

const many = (count: number) => Array.from({ length: count }, (_, n) => [`f${n}`, n] as const);
