// Operators report what became of a lead over HTTP. What is stored is shown in test/db.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FeedbackResult, NewFeedback } from '../../src/db/scoring/feedback.ts';
import { startStand, type Stand } from './api-stand.ts';
import { keys } from './intake-world.ts';

let stand: Stand;
let result: FeedbackResult | undefined;
const told: NewFeedback[] = [];
beforeAll(async () => {
  stand = await startStand({
    recordFeedback: async (reports) => {
      told.push(...reports);
      const [{ atMs, ...report }] = reports as [NewFeedback];
      return [result ?? { kind: 'recorded', feedback: { ...report, atMs: atMs ?? 0 } }];
    },
  });
});
afterAll(() => stand.close());

const LEAD = 'lead_01JD8XK7M2Q3R4S5T6V7W8X9Y0';
const REPORT = { id: 'crm-1', what: 'converted', value_cents: 125_000, reason: 'signed' };
async function report(body: object, { lead = LEAD, key = keys.operator } = {}) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const url = `${stand.url}/v1/leads/${lead}/feedback`;
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { http: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('a report is taken with the operator who made it', async () => {
  const at = '2026-11-24T15:00:00-05:00';
  expect(await report({ ...REPORT, at, contract: 'apex' })).toEqual({
    http: 200,
    body: {
      ...{ lead: LEAD, id: 'crm-1', what: 'converted', value_cents: 125_000, reason: 'signed' },
      ...{ contract: 'apex', at: '2026-11-24T20:00:00.000Z', by: 'operator ada' },
    },
  });
  expect(told.at(-1)).toMatchObject({ leadId: LEAD, valueCents: 125_000 });
});

test('sources report nothing', async () => {
  expect(await report(REPORT, { key: keys.acme })).toMatchObject({
    http: 403,
    body: { code: 'operator_key_required' },
  });
});

const WRONG: [says: string, body: object, field: string][] = [
  ['an unknown kind', { what: 'sold' }, 'what'],
  ['a value below 0', { value_cents: -1 }, 'value_cents'],
  ['a part of a cent', { value_cents: 1.5 }, 'value_cents'],
  ['no id', { id: '' }, 'id'],
  ['a day without a time', { at: '2026-11-24' }, 'at'],
  ['the future', { at: '2999-01-01T00:00:00Z' }, 'at'],
  ['a field that there is not', { status: 'x' }, 'status'],
];
test.for(WRONG)('%s is refused by its name', async ([, body, field]) => {
  expect(await report({ ...REPORT, ...body })).toMatchObject({
    http: 422,
    body: { errors: [{ field }] },
  });
});

const ENDS: [result: FeedbackResult, http: number, code: string][] = [
  [{ kind: 'no_such_lead' }, 404, 'no_such_lead'],
  [{ kind: 'not_sold' }, 409, 'not_sold'],
  [{ kind: 'conflict' }, 409, 'feedback_id_reused'],
  [{ kind: 'not_its_buyer', sold: ['apex'] }, 422, 'invalid_request'],
  [{ kind: 'too_early', receivedAtMs: 0 }, 422, 'invalid_request'],
];
test.for(ENDS)('%o', async ([end, http, code]) => {
  result = end;
  expect(await report(REPORT)).toMatchObject({ http, body: { code } });
  result = undefined;
});

test('what is no id of a lead is no lead', async () => {
  expect(await report(REPORT, { lead: 'x' })).toMatchObject({ http: 404 });
});
