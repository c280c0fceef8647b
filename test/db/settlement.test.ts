// What an offer came to: booked whole, once, in whatever order the answers arrive.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAttempt } from '../../src/db/attempts.ts';
import { closeLead } from '../../src/db/closing.ts';
import { ANSWER_CHANNEL, settleAccepted, settleUnaccepted } from '../../src/db/settlement.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import { cents } from '../../src/domain/money.ts';
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
import { until } from '../support/until.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const rows = async (text: string, leadId: LeadId) => (await db.pool.query(text, [leadId])).rows;
const salesOf = (leadId: LeadId) =>
  rows('select contract_id, price_cents, payout_cents from sales where lead_id = $1', leadId);
const transfersOf = (leadId: LeadId) =>
  rows(
    `select id, from_account, to_account, amount_cents from transfers where lead_id = $1
     order by id desc`,
    leadId,
  );
const outboxOf = (leadId: LeadId) =>
  rows('select kind, name, payload from outbox where lead_id = $1 order by id', leadId);
const leadOf = async (leadId: LeadId) =>
  (await rows('select status, outcome from leads where id = $1', leadId))[0];

describe('an acceptance', () => {
  test('books attempt, sale, two transfers, outcome and event together', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    const settled = await settleAccepted(db.pool, key, {
      result: accepted(1481),
      terms: saleTerms({ redirectUrl: 'https://apex.example/thanks' }),
    });
    const outcome = {
      kind: 'sold',
      payoutCents: 1184,
      sales: [{ contractId: 'apex_auto', priceCents: 1481 }],
      redirectUrl: 'https://apex.example/thanks',
    };
    expect(settled).toEqual({ kind: 'sold', fillsLead: true, outcome });
    expect(await leadOf(leadId)).toEqual({ status: 'sold', outcome });
    expect(await findAttempt(db.pool, key)).toMatchObject({ state: 'accepted', priceCents: 1481 });
    expect(await salesOf(leadId)).toEqual([
      { contract_id: 'apex_auto', price_cents: 1481, payout_cents: 1184 },
    ]);
    expect(await transfersOf(leadId)).toEqual([
      {
        id: `sale/${leadId}/apex_auto`,
        from_account: 'buyer/apex',
        to_account: 'house',
        amount_cents: 1481,
      },
      {
        id: `payout/${leadId}/apex_auto`,
        from_account: 'house',
        to_account: 'source/acme',
        amount_cents: 1184,
      },
    ]);
    const sold = {
      ...{ contract: 'apex_auto', buyer: 'apex', price_cents: 1481, payout_cents: 1184 },
      outcome_payout_cents: 1184,
    };
    expect(await outboxOf(leadId)).toEqual([{ kind: 'event', name: 'lead.sold', payload: sold }]);
  });

  test('settled twenty times at once is booked once', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    const sale = { result: accepted(1480), terms: saleTerms() };
    const settled = await Promise.all(
      Array.from({ length: 20 }, () => settleAccepted(db.pool, key, sale)),
    );
    expect(settled.map(({ kind }) => kind).toSorted()).toEqual([
      ...Array.from({ length: 19 }, () => 'repeat'),
      'sold',
    ]);
    expect(await salesOf(leadId)).toHaveLength(1);
    expect(await transfersOf(leadId)).toHaveLength(2);
    expect(await outboxOf(leadId)).toHaveLength(1);
  });

  test('that waited behind the doubt is booked, and tells the workflow that waits', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    const other = await db.pool.connect();
    await other.query('begin');
    await settleUnaccepted(other, key, inDoubt);
    // Begun while the attempt reads `sending`, decided after another run made it `in_doubt`.
    const late = settleAccepted(db.pool, key, { result: accepted(1480), terms: saleTerms() });
    await until('the acceptance waits', async () => {
      const waiting = await other.query(`select from pg_locks where not granted`);
      return waiting.rowCount !== 0;
    });
    await other.query('commit');
    other.release();
    expect(await late).toMatchObject({ kind: 'sold', fillsLead: true });
    expect((await outboxOf(leadId)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['lead.sold', 'attemptSettled']),
    );
  });

  test('of a planned offer that was never sent is not booked', async () => {
    const leadId = await storeLead(db.pool);
    const key = await planned(db.pool, leadId);
    const settled = await settleAccepted(db.pool, key, {
      result: accepted(1480),
      terms: saleTerms(),
    });
    expect(settled).toEqual({ kind: 'repeat' });
    expect(await salesOf(leadId)).toEqual([]);
  });

  test('of a shared lead settles it with the last place, and pays each sale', async () => {
    const leadId = await storeLead(db.pool);
    const shared = { exclusive: false, maxPlaces: 2 };
    const apex = await sending(db.pool, leadId, { contractId: 'apex_auto', ...shared });
    const bolt = await sending(db.pool, leadId, { contractId: 'bolt_auto', ...shared });
    const terms = saleTerms(shared);
    const first = await settleAccepted(db.pool, apex, { result: accepted(1000), terms });
    expect(first).toEqual({ kind: 'sold', fillsLead: false, outcome: null });
    expect(await leadOf(leadId)).toEqual({ status: 'received', outcome: null });
    const second = await settleAccepted(db.pool, bolt, { result: accepted(900), terms });
    expect(second).toMatchObject({
      kind: 'sold',
      fillsLead: true,
      outcome: {
        kind: 'sold',
        payoutCents: 1520,
        sales: [
          { contractId: 'apex_auto', priceCents: 1000 },
          { contractId: 'bolt_auto', priceCents: 900 },
        ],
      },
    });
  });

  test('a fixed payout is earned by the first sale of a lead only', async () => {
    const leadId = await storeLead(db.pool);
    const shared = { exclusive: false, maxPlaces: 2 };
    const terms = saleTerms({ ...shared, payout: { kind: 'fixed', cents: cents(1500) } });
    for (const contractId of ['apex_auto', 'bolt_auto']) {
      const key = await sending(db.pool, leadId, { contractId, ...shared });
      await settleAccepted(db.pool, key, { result: accepted(900), terms });
    }
    const payouts = (await salesOf(leadId)).map(({ payout_cents }) => payout_cents as number);
    expect(payouts).toEqual([1500, 0]);
  });

  test('drops the plans that came to nothing, so that they use no cap', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    const left = await planned(db.pool, leadId, { contractId: 'bolt_auto' });
    await settleAccepted(db.pool, key, { result: accepted(1480), terms: saleTerms() });
    expect(await findAttempt(db.pool, left)).toMatchObject({ state: 'not_sent' });
  });
});

describe('doubt', () => {
  test('marks the lead, tells nobody, and is not doubted twice', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    expect(await settleUnaccepted(db.pool, key, inDoubt)).toBe(true);
    expect(await settleUnaccepted(db.pool, key, inDoubt)).toBe(false);
    expect(await leadOf(leadId)).toEqual({ status: 'in_doubt', outcome: null });
    expect(await outboxOf(leadId)).toEqual([]);
  });

  test('settled as accepted is booked, and the workflow is told', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    await settleUnaccepted(db.pool, key, inDoubt);
    const sale = { result: accepted(1480), terms: saleTerms() };
    expect(await settleAccepted(db.pool, key, sale)).toMatchObject({ kind: 'sold' });
    expect(await transfersOf(leadId)).toHaveLength(2);
    expect((await outboxOf(leadId)).map(({ name }) => name as string).toSorted()).toEqual([
      'attemptSettled',
      'lead.sold',
    ]);
  });

  test('settled as rejected frees the lead, and the workflow is told once', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    await settleUnaccepted(db.pool, key, inDoubt);
    expect(await settleUnaccepted(db.pool, key, rejected)).toBe(true);
    expect(await settleUnaccepted(db.pool, key, rejected)).toBe(false);
    expect(await leadOf(leadId)).toEqual({ status: 'received', outcome: null });
    expect(await outboxOf(leadId)).toEqual([
      { kind: 'signal', name: 'attemptSettled', payload: { contract: 'apex_auto' } },
    ]);
  });

  test('an acceptance after the doubt was settled as rejected is a conflict, never a charge', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    await settleUnaccepted(db.pool, key, inDoubt);
    await settleUnaccepted(db.pool, key, rejected);
    const late = { result: accepted(1480), terms: saleTerms() };
    expect(await settleAccepted(db.pool, key, late)).toEqual({ kind: 'conflict' });
    expect(await findAttempt(db.pool, key)).toMatchObject({
      state: 'accepted_conflict',
      result: { kind: 'accepted', reference: 'ref_1' },
    });
    expect(await transfersOf(leadId)).toEqual([]);
    expect(await settleAccepted(db.pool, key, late)).toEqual({ kind: 'repeat' });
  });

  test('a rejection after the sale changes nothing', async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    await settleAccepted(db.pool, key, { result: accepted(1480), terms: saleTerms() });
    expect(await settleUnaccepted(db.pool, key, rejected)).toBe(false);
    expect(await findAttempt(db.pool, key)).toMatchObject({ state: 'accepted' });
    expect((await leadOf(leadId))?.status).toBe('sold');
  });

  test('the answer of a slow run and the doubt of its re-run, at once, leave no lead waiting', async () => {
    for (let round = 0; round < 20; round += 1) {
      const leadId = await storeLead(db.pool);
      const key = await sending(db.pool, leadId);
      const [doubted] = await Promise.all([
        settleUnaccepted(db.pool, key, inDoubt),
        settleUnaccepted(db.pool, key, rejected),
      ]);
      expect(await leadOf(leadId)).toEqual({ status: 'received', outcome: null });
      const told = (await outboxOf(leadId)).map(({ name }) => name as string);
      expect(told).toEqual(doubted ? ['attemptSettled'] : []);
    }
  });

  test('rejected and accepted at once end in one of both, whole', async () => {
    for (let round = 0; round < 10; round += 1) {
      const leadId = await storeLead(db.pool);
      const key = await sending(db.pool, leadId);
      await settleUnaccepted(db.pool, key, inDoubt);
      await Promise.all([
        settleUnaccepted(db.pool, key, rejected),
        settleAccepted(db.pool, key, { result: accepted(1480), terms: saleTerms() }),
      ]);
      const { state } = (await findAttempt(db.pool, key)) ?? {};
      const sales = (await salesOf(leadId)).length;
      const moved = (await transfersOf(leadId)).length;
      expect([
        ['accepted', 1, 2],
        ['rejected', 0, 0],
        ['accepted_conflict', 0, 0],
      ]).toContainEqual([state, sales, moved]);
    }
  });
});

test('a source that waits in another process is notified after the commit', async () => {
  const heard: string[] = [];
  const listener = await db.pool.connect();
  listener.on('notification', ({ payload }) => void heard.push(payload ?? ''));
  await listener.query(`listen ${ANSWER_CHANNEL}`);
  const sold = await storeLead(db.pool);
  const key = await sending(db.pool, sold);
  await settleAccepted(db.pool, key, {
    result: accepted(1480),
    terms: saleTerms({ process: 'elsewhere' }),
  });
  const unsold = await storeLead(db.pool);
  const end = { round: 1, unsold: { kind: 'unsold', reason: 'no_bids' }, verdicts: [] } as const;
  await closeLead(db.pool, { ...end, leadId: unsold, process: 'elsewhere' });
  const quiet = await storeLead(db.pool);
  await closeLead(db.pool, { ...end, leadId: quiet, process: 'here' });
  await until('two notifications', () => heard.length >= 2);
  expect(heard).toEqual([`here ${sold}`, `here ${unsold}`]);
  await listener.query('unlisten *');
  listener.release();
});
