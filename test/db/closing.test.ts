// The end of a lead: one outcome, the first that is stored, and never while someone may have it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAttempt } from '../../src/db/attempts.ts';
import { closeLead } from '../../src/db/closing.ts';
import { settleAccepted, settleUnaccepted } from '../../src/db/settlement.ts';
import { listVerdicts } from '../../src/db/verdicts.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
  accepted,
  createBook,
  inDoubt,
  planned,
  rejected,
  saleTerms,
  sending,
  storeLead,
} from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const noBids = { kind: 'unsold', reason: 'no_bids' } as const;
const allRejected = { kind: 'unsold', reason: 'all_rejected' } as const;

function close(leadId: LeadId, unsold: typeof noBids | typeof allRejected = noBids) {
  const verdicts = [{ step: 'score', verdict: { score: 50 } }];
  return closeLead(db.pool, { leadId, round: 1, unsold, verdicts, process: 'here' });
}

test('stores the outcome with the verdicts that led to it, and an event', async () => {
  const leadId = await storeLead(db.pool);
  expect(await close(leadId)).toEqual({ kind: 'closed', outcome: noBids });
  expect((await listVerdicts(db.pool, leadId, 1)).get('score')).toEqual({ score: 50 });
  const told = await db.pool.query('select name, payload from outbox where lead_id = $1', [leadId]);
  expect(told.rows).toEqual([{ name: 'lead.unsold', payload: { reason: 'no_bids' } }]);
});

test('the first outcome stays, whoever closes again', async () => {
  const leadId = await storeLead(db.pool);
  await close(leadId);
  expect(await close(leadId, allRejected)).toEqual({ kind: 'closed', outcome: noBids });
  const told = await db.pool.query('select from outbox where lead_id = $1', [leadId]);
  expect(told.rowCount).toBe(1);
});

test('a lead that a buyer may have stays open until that is known', async () => {
  const leadId = await storeLead(db.pool);
  const key = await sending(db.pool, leadId);
  expect(await close(leadId)).toEqual({ kind: 'in_doubt' });
  await settleUnaccepted(db.pool, key, inDoubt);
  expect(await close(leadId)).toEqual({ kind: 'in_doubt' });
  await settleUnaccepted(db.pool, key, rejected);
  expect(await close(leadId, allRejected)).toEqual({ kind: 'closed', outcome: allRejected });
});

test('sales make it sold, whatever the closing says', async () => {
  const leadId = await storeLead(db.pool);
  const shared = { exclusive: false, maxPlaces: 3 };
  const key = await sending(db.pool, leadId, shared);
  await settleAccepted(db.pool, key, { result: accepted(1000), terms: saleTerms(shared) });
  expect(await close(leadId)).toEqual({
    kind: 'closed',
    outcome: {
      kind: 'sold',
      payoutCents: 800,
      sales: [{ contractId: 'apex_auto', priceCents: 1000 }],
    },
  });
});

test('a shared lead with a sale closes although another offer is in doubt', async () => {
  const leadId = await storeLead(db.pool);
  const shared = { exclusive: false, maxPlaces: 3 };
  const sure = await sending(db.pool, leadId, shared);
  const unsure = await sending(db.pool, leadId, { ...shared, contractId: 'bolt_auto' });
  await settleAccepted(db.pool, sure, { result: accepted(1000), terms: saleTerms(shared) });
  await settleUnaccepted(db.pool, unsure, inDoubt);
  expect(await close(leadId)).toMatchObject({ kind: 'closed', outcome: { kind: 'sold' } });
});

test('ends the plans that were never sent', async () => {
  const leadId = await storeLead(db.pool);
  const key = await planned(db.pool, leadId);
  await close(leadId);
  expect(await findAttempt(db.pool, key)).toMatchObject({ state: 'not_sent' });
});

test('closing and selling at once end in one of both, whole', async () => {
  for (let round = 0; round < 10; round += 1) {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    const sale = { result: accepted(1000), terms: saleTerms() };
    await Promise.all([settleAccepted(db.pool, key, sale), close(leadId)]);
    const stored = await db.pool.query(
      `select status, (select count(*) from sales where lead_id = $1) as sales from leads
       where id = $1`,
      [leadId],
    );
    expect(stored.rows).toEqual([{ status: 'sold', sales: 1 }]);
  }
});
