// Leads that wait, in their rows: kept, woken, begun again, closed.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAttempt } from '../../src/db/attempts.ts';
import { closeLead } from '../../src/db/closing.ts';
import { listOutcomes } from '../../src/db/leads.ts';
import { listVerdicts } from '../../src/db/verdicts.ts';
import { beginRound, recordAction, wakeWaiting } from '../../src/db/waiting.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { planWait } from '../../src/domain/waiting.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, inDoubt, planned, sending, storeLead } from '../support/lead-rows.ts';
import { settleUnaccepted } from '../../src/db/settlement.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const planFrom = (nowMs: number) =>
  planWait({ stages: [], offers: [] }, 'none_eligible', {
    hold: { untilMs: 9_000, everyMs: 60_000 },
    nowMs,
  });
const wait = planFrom(1_000);
const unsold = { kind: 'unsold', reason: 'none_eligible' } as const;
const keep = (leadId: LeadId, kept = wait) =>
  closeLead(db.pool, { leadId, round: 1, unsold, verdicts: [], process: 'here', wait: kept });

async function signalsOf(leadId: LeadId): Promise<unknown[]> {
  const text = `select payload from outbox where lead_id = $1 and kind = 'signal' order by id`;
  const { rows } = await db.pool.query<{ payload: unknown }>(text, [leadId]);
  return rows.map(({ payload }) => payload);
}

const statusOf = async (leadId: LeadId) =>
  (await db.pool.query('select status, round from leads where id = $1', [leadId]))
    .rows[0] as object;

test('a lead is kept instead of unsold, its plans dropped, its source told to ask later', async () => {
  const leadId = await storeLead(db.pool);
  const key = await planned(db.pool, leadId);
  expect(await keep(leadId)).toEqual({ kind: 'waiting', wait });
  expect(await statusOf(leadId)).toEqual({ status: 'waiting', round: 1 });
  expect((await findAttempt(db.pool, key))?.state).toBe('not_sent');
  expect(await listOutcomes(db.pool, [leadId])).toMatchObject([{ outcome: null }]);
});

test('a repeat is told what the lead waits for already', async () => {
  const leadId = await storeLead(db.pool);
  await keep(leadId);
  expect(await keep(leadId, planFrom(2_000))).toEqual({ kind: 'waiting', wait });
});

test('a lead that a buyer may have does not wait for others', async () => {
  const leadId = await storeLead(db.pool);
  await settleUnaccepted(db.pool, await sending(db.pool, leadId), inDoubt);
  expect(await keep(leadId)).toEqual({ kind: 'in_doubt' });
  expect(await statusOf(leadId)).toMatchObject({ status: 'in_doubt' });
});

test('a round begins once, by the plan that was stored first', async () => {
  const leadId = await storeLead(db.pool);
  await keep(leadId);
  const plan = { worldVersion: 1, places: 1, stages: ['day'] };
  expect(await beginRound(db.pool, { leadId, round: 2 }, plan)).toEqual(plan);
  const later = { ...plan, worldVersion: 2 };
  expect(await beginRound(db.pool, { leadId, round: 2 }, later)).toEqual(plan);
  expect(await statusOf(leadId)).toEqual({ status: 'received', round: 2 });
  expect((await listVerdicts(db.pool, leadId, 2)).get('round')).toEqual(plan);
});

test('only the waiting leads of the campaigns are woken', async () => {
  const [ours, other, closed] = [
    await storeLead(db.pool, { campaignId: 'roofs' }),
    await storeLead(db.pool, { campaignId: 'cars' }),
    await storeLead(db.pool, { campaignId: 'roofs' }),
  ];
  await Promise.all([keep(ours), keep(other)]);
  await closeLead(db.pool, { leadId: closed, round: 1, unsold, verdicts: [], process: 'here' });
  await wakeWaiting(db.pool, ['roofs'], 'world 7');
  const told = await Promise.all([ours, other, closed].map(signalsOf));
  expect(told).toEqual([[{ action: 'wake', by: 'world 7' }], [], []]);
});

test('what an operator does is written down and told; a lead that does not wait refuses', async () => {
  const leadId = await storeLead(db.pool);
  const offer = { action: 'offer', by: 'operator ada', contract: 'apex_auto' } as const;
  expect(await recordAction(db.pool, leadId, offer)).toBe(false);
  expect(await signalsOf(leadId)).toEqual([]);
  await keep(leadId);
  expect(await recordAction(db.pool, leadId, offer)).toBe(true);
  expect(await recordAction(db.pool, leadId, { action: 'close', by: 'operator ada' })).toBe(true);
  expect(await signalsOf(leadId)).toEqual([offer, { action: 'close', by: 'operator ada' }]);
  const kept = await db.pool.query('select action from lead_actions where lead_id = $1', [leadId]);
  expect(kept.rowCount).toBe(2);
});
