// Buyers say what became of the leads they bought: with a key of their own, or by what their CRM
// posts. A buyer hears nothing of other buyers' leads. What is stored is shown in test/db.

import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { NewFeedback } from '../../../src/db/scoring/feedback.ts';
import { readFeedback } from '../../../src/intake/feedback-message.ts';
import { parseWorld } from '../../../src/world/parse.ts';
import { guideCurl, guideExample } from '../../support/guide.ts';
import { type Stand, startStand } from '../api-stand.ts';
import { worldOf } from '../world-document.ts';

const KEY = 'bk_test_apex';
const LEAD = 'lead_01JD8XK7M2Q3R4S5T6V7W8X9Y0';
const keyOf = (key: string) => ({ sha256: createHash('sha256').update(key).digest('hex') });
const { buyers } = parse(guideExample('feedback.md', 'a CRM')) as { buyers: { apex: object } };

const signature = { secret_ref: 'env:CRM_SECRET', header: 'X-Signature' };
const paths = { lead: '$.lead', what: '$.what' };
const document = {
  sluice: 1,
  operators: { ada: { keys: [keyOf('ok_test_ada')] } },
  verticals: { auto: { fields: { state: { type: 'state' } } } },
  campaigns: { auto: { vertical: 'auto', routing: [] } },
  sources: {
    acme: { keys: [keyOf('sk_test')], campaigns: ['auto'], payout: { share_percent: 80 } },
  },
  buyers: {
    ...buyers,
    bolt: { keys: [keyOf('bk_test_bolt')] },
    crest: { feedback: { paths, signature } },
    dune: { keys: [keyOf('bk_test_dune')], feedback: { paths, signature } },
  },
  contracts: Object.fromEntries(
    ['apex', 'bolt', 'crest', 'dune'].map((buyer) => [
      `${buyer}_auto`,
      { buyer, campaign: 'auto', price_cents: 900, post: { url: 'https://b.example/post' } },
    ]),
  ),
};

let stand: Stand;
const told: NewFeedback[] = [];
beforeAll(async () => {
  const world = worldOf(document);
  stand = await startStand({
    currentWorld: () => ({ version: 1, world }),
    readSecret: async (reference) => (reference === 'env:CRM_SECRET' ? 'shared' : undefined),
    recordFeedback: async (reports) => {
      told.push(...reports);
      const [{ atMs, among: _, ...report }] = reports as [NewFeedback];
      return [{ kind: 'recorded', feedback: { ...report, atMs: atMs ?? 0 } }];
    },
  });
});
afterAll(() => stand.close());
beforeEach(() => void told.splice(0));

async function send(path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(stand.url + path, {
    ...{ method: 'POST', body: text },
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  return { http: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('the guide: a closed deal is a conversion with its value', async () => {
  const { sent, shown } = guideCurl('feedback.md', 'a closed deal');
  const answer = await send(sent.path, sent.body, sent.headers);
  expect(answer).toEqual({ http: 200, body: JSON.parse(shown) as unknown });
  expect(told).toMatchObject([{ leadId: LEAD, what: 'converted', among: ['apex_auto'] }]);
});

test('with a key of its own a buyer reports on its own leads, under names of its own', async () => {
  const report = { id: 'crm-1', what: 'bad', reason: 'wrong number' };
  const at = `/v1/leads/${LEAD}/feedback`;
  const answer = await send(at, report, { Authorization: 'Bearer bk_test_bolt' });
  expect(answer).toMatchObject({ http: 200, body: { id: 'bolt/crm-1', by: 'buyer bolt' } });
  expect(told).toMatchObject([{ id: 'bolt/crm-1', among: ['bolt_auto'] }]);
  await send(at, report, { Authorization: 'Bearer ok_test_ada' });
  expect(told.at(-1)).toMatchObject({ id: 'crm-1', by: 'operator ada' });
  expect(told.at(-1)).not.toHaveProperty('among');
});

const CLOSED: [method: string, path: string, code: string][] = [
  ['GET', '/v1/leads', 'operator_key_required'],
  ['GET', `/v1/leads/${LEAD}`, 'operator_key_required'],
  ['POST', '/v1/leads', 'source_key_required'],
  ['GET', '/v1/caps', 'operator_key_required'],
  ['GET', '/v1/world', 'operator_key_required'],
];
test.for(CLOSED)('the key of a buyer does not open %s %s', async ([method, path, code]) => {
  const headers = { Authorization: `Bearer ${KEY}` };
  const answer = await fetch(stand.url + path, { method, headers });
  expect([answer.status, await answer.json()]).toMatchObject([403, { code }]);
});

const deal = { lead: LEAD, what: 'Converted' };
const signed = (body: unknown, secret = 'shared') => ({
  'X-Signature': createHmac('sha256', secret).update(JSON.stringify(body)).digest('hex'),
});
const DOORS: [says: string, path: string, headers: Record<string, string>, http: number][] = [
  ['a wrong key', '/in/feedback/apex/bk_test_bolt', {}, 401],
  ['no key', '/in/feedback/apex', {}, 401],
  ['a buyer that nobody knows', `/in/feedback/nobody/${KEY}`, {}, 401],
  ['a buyer without a CRM', '/in/feedback/bolt/bk_test_bolt', {}, 401],
  ['a right signature', '/in/feedback/crest', signed(deal), 200],
  ['a wrong signature', '/in/feedback/crest', signed(deal, 'guessed'), 401],
  ['no signature', '/in/feedback/crest', {}, 401],
  ['a signature without the key', '/in/feedback/dune', signed(deal), 401],
  ['a key without the signature', '/in/feedback/dune/bk_test_dune', {}, 401],
  ['both', '/in/feedback/dune/bk_test_dune', signed(deal), 200],
];
test.for(DOORS)('%s', async ([, path, headers, http]) => {
  expect((await send(path, deal, headers)).http).toBe(http);
  expect(told).toHaveLength(http === 200 ? 1 : 0);
});

test('a word that means nothing here is passed over, and the same bytes are one report', async () => {
  const other = { lead: LEAD, what: 'In progress' };
  const answer = await send('/in/feedback/crest', other, signed(other));
  expect(answer).toEqual({ http: 200, body: { status: 'passed_over', word: 'In progress' } });
  expect(told).toEqual([]);
  for (const _ of [1, 2]) await send('/in/feedback/crest', deal, signed(deal));
  expect(told[0]?.id).toMatch(/^crest\/[0-9a-f]{32}$/);
  expect(told[1]?.id).toBe(told[0]?.id);
});

const MESSAGES: [says: string, message: object, read: object][] = [
  ['dollars', { value: '$1,250.5' }, { valueCents: 125_050 }],
  ['dollars as a number', { value: 1250 }, { valueCents: 125_000 }],
  ['nothing earned', { value: '0.00' }, { valueCents: 0 }],
  ['cents', { cents: '1250' }, { valueCents: 1_250 }],
  ['a decimal comma', { value: '12,50' }, { kind: 'wrong', part: 'value' }],
  ['a part of a cent', { cents: '12.5' }, { kind: 'wrong', part: 'value' }],
  ['more than any deal', { cents: '999999999999' }, { kind: 'wrong', part: 'value' }],
  ['a time with its offset', { at: '2026-11-24T15:00:00-05:00' }, { kind: 'report' }],
  ['seconds', { at: 1_795_780_800 }, { at: '2026-11-27T12:00:00.000Z' }],
  ['milliseconds', { at: '1795780800000' }, { at: '2026-11-27T12:00:00.000Z' }],
  ['a day', { at: '2026-11-24' }, { kind: 'wrong', part: 'at' }],
  ['a time that is not', { at: '2026-13-24T15:00:00Z' }, { kind: 'wrong', part: 'at' }],
  ['no lead', { lead: ' ' }, { kind: 'wrong', part: 'lead' }],
  ['a list for a lead', { lead: [LEAD] }, { kind: 'wrong', part: 'lead' }],
  ['no word', { what: null }, { kind: 'wrong', part: 'what' }],
  ['a word of every object', { what: 'constructor' }, { kind: 'passed_over' }],
  ['a word of the CRM', { what: 'Closed WON' }, { what: 'converted' }],
];
test.for(MESSAGES)('a message with %s', ([, message, read]) => {
  const all = { ...paths, value: '$.value', value_cents: '$.cents', at: '$.at' };
  const body = Buffer.from(JSON.stringify({ ...deal, ...message }));
  const request = {
    ...{ method: 'POST', address: '/in/feedback', params: {}, query: '', atMs: 0, body },
    header: (name: string) => (/^content-type$/i.test(name) ? 'application/json' : undefined),
  };
  const words = { 'closed won': 'converted' } as const;
  expect(readFeedback(request, { paths: all, words })).toMatchObject(read);
});

const MISTAKES: [says: string, buyer: object, path: string][] = [
  [
    'paths without the lead',
    { feedback: { paths: { what: '$.a' } } },
    'buyers.apex.feedback.paths',
  ],
  ['a key of somebody else', { keys: [keyOf('sk_test')] }, 'buyers.apex.keys[0].sha256'],
  ['a way that nobody may go', { feedback: { paths } }, 'buyers.apex.feedback'],
];
test.for(MISTAKES)('a world with %s is refused there', ([, apex, path]) => {
  const parsed = parseWorld({ ...document, buyers: { ...document.buyers, apex } });
  expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toContain(path);
});
