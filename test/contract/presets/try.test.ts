// Goal: an operator sees the very request of a step, without its secrets, and what an answer would
// come to by which rule. Method: the API over real HTTP, with contracts of both adapters.

import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';

import { createTokens } from '../../../src/activities/delivering/host.ts';
import { createTry } from '../../../src/activities/trying/try.ts';
import type { OutgoingRequest } from '../../../src/delivery/adapter.ts';
import { renderTried } from '../../../src/api/asking/try-text.ts';
import type { TriedBody } from '../../../src/api/asking/try-wire.ts';
import { parseWorld } from '../../../src/world/parse.ts';
import { guideExample } from '../../support/guide.ts';
import { call, startStand } from '../api-stand.ts';
import { keys } from '../intake-world.ts';
import { documentWith } from './preset-stand.ts';

const sent: OutgoingRequest[] = [];
const document = documentWith(guideExample('buyer-presets.md', 'leadprosper')) as {
  contracts: { preset_auto: object };
};
const own = {
  ...{ buyer: 'apex', campaign: 'auto', price_cents: 700 },
  post: {
    ...{ adapter: 'http', url: 'https://real.example/p', test_url: 'https://test.example/p' },
    auth: { kind: 'basic', user: 'us', secret: 'env:PASS' },
    body: [
      { to: 'zip', field: 'zip' },
      { to: 'test', fact: 'test' },
    ],
    answer: { accept_if: [{ path: 'ok', op: 'truthy' }], reference: 'id' },
  },
};
const sha256 = createHash('sha256').update(keys.operator).digest('hex');
const verdict = parseWorld({
  ...document,
  operators: { ada: { keys: [{ sha256 }] } },
  contracts: { ...document.contracts, own },
});
if (!verdict.ok) throw new Error(JSON.stringify(verdict.errors));
const { world } = verdict;
const stand = await startStand({
  currentWorld: () => ({ version: 7, world }),
  tryStep: createTry({
    ...{ now: () => 0, tokens: createTokens(() => 0), readSecret: async () => 'sesame open' },
    send: async (request) => {
      sent.push(request);
      const body = '{"ok":true,"id":"t1","echo":"sesame open"}';
      return { kind: 'answer', reply: { status: 200, body }, ms: 1 };
    },
  }),
});
afterAll(() => stand.close());

const ask = async (contract: string, body: object) =>
  call(stand, `POST /v1/contracts/${contract}/try`, { by: 'operator', body });

test('the post of a preset, for a sample lead, and an answer that sells', async () => {
  const answer = { body: '{"status":"ACCEPTED","lead_id":"xyz","payout":35.7}' };
  const { status, body } = await ask('preset_auto', { answer });
  expect(status).toBe(200);
  expect(renderTried(body as TriedBody)).toBe(
    [
      'post of preset_auto',
      'POST https://api.leadprosper.io/post',
      'accept: application/json, */*;q=0.5',
      'content-type: application/json',
      '',
      '{"lp_campaign_id":"77","lp_supplier_id":"1234","lp_key":"•••(env:LP_KEY)",' +
        '"lp_ping_id":"sample-bid","first_name":"Ann","phone":"5125550142",' +
        '"email":"ann.lee@example.com","zip_code":"78704","state":"TX",' +
        '"date_of_birth":"1984-02-09","cars":2,"homeowner":true}',
      '',
      'answered HTTP 200',
      'verdict: accepted, by accept_if[0]',
      'price: $35.70',
      'reference: xyz',
      'comes to: sold',
    ].join('\n'),
  );
});

test('the ping of a preset, with fields of the question’s, and no bid', async () => {
  const fields = { zip: '02134', phone: '(512) 555-0142' };
  const answer = { body: '{"status":"REJECTED","message":"no buyer"}' };
  const { body } = await ask('preset_auto', { step: 'ping', fields, answer });
  const request = body['request'] as { url: string; body: string };
  expect(request.url).toBe('https://api.leadprosper.io/ping');
  expect(JSON.parse(request.body)).toEqual({
    ...{ lp_campaign_id: '77', lp_supplier_id: '1234', lp_key: '•••(env:LP_KEY)' },
    zip_code: '02134',
  });
  expect(body).toMatchObject({
    ...{ verdict: 'no_bid', by: 'reject_if[0]', reason: 'no buyer', comes_to: 'no_bid' },
    price_cents: null,
  });
});

test('an answer that nobody can read is in doubt, and says why', async () => {
  const answer = { status: 502, body: '<html>' };
  const { body } = await ask('own', { answer });
  expect(body).toMatchObject({ by: 'HTTP 502', comes_to: 'in_doubt' });
  expect((body['request'] as { headers: object }).headers).toMatchObject({
    authorization: 'Basic •••(env:PASS)',
  });
});

test('live goes to the address for tests only, as a test, and its secrets come back hidden', async () => {
  const { text, body } = await ask('own', { live: true, fields: { zip: '02134' } });
  expect(sent.map(({ url, body: said }) => [url, said])).toEqual([
    ['https://test.example/p', '{"zip":"02134","test":true}'],
  ]);
  expect(sent[0]?.headers['authorization']).toBe(
    `Basic ${Buffer.from('us:sesame open').toString('base64')}`,
  );
  expect(body).toMatchObject({ comes_to: 'sold', reference: 't1', by: 'accept_if[0]' });
  expect(text).not.toContain('sesame');
  expect(stand.leads).toEqual([]);
});

const WRONG: [contract: string, body: object, status: number, says: RegExp][] = [
  ['nobody', {}, 404, /no such entry/],
  ['own', { step: 'ping' }, 422, /the contract has no ping/],
  ['preset_auto', { live: true }, 422, /test_url is the real address/],
  ['own', { live: true, answer: { body: '' } }, 422, /does not go with live/],
  ['own', { lead: 'lead_1' }, 404, /no such lead/],
  ['own', { fields: { zip: 'abc' } }, 422, /fields\.zip/],
];
test.for(WRONG)('%s with %o is refused', async ([contract, body, status, says]) => {
  const answer = await ask(contract, body);
  expect(answer.text).toMatch(says);
  expect(answer.status).toBe(status);
});
