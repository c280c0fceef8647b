// What a what-if reads: the leads of a period with all that was recorded of them, in pages; and
// what caps and persons were taken before it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordDeposit } from '../../src/db/deposits.ts';
import { readCapsBefore } from '../../src/db/reading/caps-before.ts';
import {
  countRecorded,
  listRecorded,
  type Period,
  type RecordedCursor,
} from '../../src/db/reading/recorded-leads.ts';
import { claimAttempt } from '../../src/db/attempts.ts';
import { findHadBefore } from '../../src/db/persons/before.ts';
import { settleAccepted, settleUnaccepted } from '../../src/db/settlement.ts';
import { hashOf, storeVerdicts } from '../../src/db/verdicts.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { RecordedLead } from '../../src/domain/recorded.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
  accepted,
  createBook,
  planned,
  rejected,
  saleTerms,
  sending,
  storeLead,
} from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 12, minute));

async function move(leadId: LeadId, minute: number): Promise<void> {
  await db.pool.query('update leads set received_at = $2 where id = $1', [leadId, at(minute)]);
}

async function readAll(period: Period, limit: number): Promise<RecordedLead[]> {
  const leads: RecordedLead[] = [];
  let after: RecordedCursor | undefined;
  do {
    const page = await listRecorded(db.pool, period, { after, limit });
    expect(page.leads.length).toBeLessThanOrEqual(limit);
    leads.push(...page.leads);
    after = page.next;
  } while (after);
  return leads;
}

const KEY = 'contract/apex_auto/day/2026-11-24/leads';
const ends = (minute: number) => at(minute).getTime();
const window = { key: KEY, amount: 1, limit: 5, endsAtMs: ends(600) };

describe('leads of a period', () => {
  test('come oldest first, page by page, without test leads and those outside of it', async () => {
    const ids: LeadId[] = [];
    // Two at one instant: the id decides.
    for (const minute of [3, 1, 1, 2, 0, 9]) {
      const id = await storeLead(db.pool, { consent: { ip: '192.0.2.1' } });
      await move(id, minute);
      ids.push(id);
    }
    const tested = await storeLead(db.pool, { test: true });
    await move(tested, 2);
    const [third, first, second, other] = ids;
    const period = { from: at(1), to: at(9) };
    expect(await countRecorded(db.pool, period)).toBe(4);
    const wanted = [first, second, other, third];
    for (const limit of [1, 2, 4, 10]) {
      expect((await readAll(period, limit)).map(({ lead }) => lead.id)).toEqual(wanted);
    }
    const [one] = await readAll(period, 10);
    expect(one?.lead).toMatchObject({ receivedAtMs: ends(1), fields: { state: 'TX' } });
    expect(one?.lead).toMatchObject({ consent: null, behaviour: {} });
    expect(one).toMatchObject({ status: 'received', score: null, rounds: 1, sales: [] });
  });

  test('carry what was decided, what was answered and what was sold', async () => {
    const leadId = await storeLead(db.pool);
    await move(leadId, 30);
    const route = { stage: 'auction', method: 'ping_post', order: ['apex_auto'], refused: [] };
    const verdicts = [
      { step: 'validation', verdict: { kind: 'valid', checks: [] } },
      { step: 'score', verdict: { score: 71, band: 'high', scorer: 'rules', reasons: [] } },
      { step: 'route/auction', verdict: route },
    ];
    await storeVerdicts(db.pool, { leadId, round: 1, verdicts });
    await storeVerdicts(db.pool, { leadId, round: 2, verdicts: [{ step: 'round', verdict: {} }] });
    await settleUnaccepted(db.pool, await sending(db.pool, leadId), rejected);
    const key = await sending(db.pool, leadId, { contractId: 'bolt_auto', capWindows: [window] });
    await settleAccepted(db.pool, key, { result: accepted(1000), terms: saleTerms() });
    const [told] = await readAll({ from: at(30), to: at(31) }, 10);
    expect(told).toMatchObject({ status: 'sold', score: 71 });
    expect(Object.keys(told?.verdicts ?? {}).toSorted()).toEqual([
      '1 route/auction',
      '1 score',
      '2 round',
    ]);
    expect(told?.verdicts['1 route/auction']).toEqual(route);
    expect(told?.attempts).toMatchObject([
      { contractId: 'apex_auto', state: 'rejected', result: rejected, capWindows: [] },
      { contractId: 'bolt_auto', state: 'accepted', priceCents: 1000, capWindows: [window] },
    ]);
    expect(told?.sales).toEqual([
      { contractId: 'bolt_auto', buyerId: 'bolt', priceCents: 1000, payoutCents: 800 },
    ]);
  });
});

test('caps are used by what leads before an instant took, in windows that had not ended', async () => {
  const teams = ['oak'];
  const take = async (minute: number, capWindows: (typeof window)[], how = sending) => {
    const leadId = await storeLead(db.pool);
    await move(leadId, minute);
    return how(db.pool, leadId, { contractId: 'oak_auto', buyerId: 'oak.ann', capWindows });
  };
  const total = { ...window, key: 'buyer/oak/total/cents', amount: 700, endsAtMs: null as never };
  await take(40, [window, total]);
  await take(41, [window, { ...window, key: 'over', endsAtMs: ends(44) }]);
  await take(41, [window], planned);
  await settleUnaccepted(db.pool, await take(42, [window]), rejected);
  await take(45, [window]);
  const period = { from: at(45), to: at(50) };
  const used = await readCapsBefore(db.pool, teams, period);
  expect([...(used.get('oak') ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
    { key: 'buyer/oak/total/cents', by: 700, endsAtMs: null },
    { key: KEY, by: 2, endsAtMs: ends(600) },
  ]);
  expect(await readCapsBefore(db.pool, ['nobody'], period)).toEqual(new Map());
});

test('a balance begins with what was paid in by the end of the period', async () => {
  const pay = (id: string, cents: number) =>
    recordDeposit(db.pool, { id, buyerId: 'ash', cents, note: null, by: 'op' });
  await pay('early', 5000);
  await pay('back', -1500);
  const from = new Date(Date.now() - 60_000);
  const used = (to: Date) => readCapsBefore(db.pool, ['ash'], { from, to });
  const paidIn = { key: 'buyer/ash/balance/cents', by: -3500, endsAtMs: null };
  expect(await used(new Date(Date.now() + 60_000))).toEqual(new Map([['ash', [paidIn]]]));
  expect(await used(from)).toEqual(new Map());
});

test('persons are found by what buyers had before an instant', async () => {
  const key = { fields: ['phone'], values: ['+15125550142'] };
  const give = async (minute: number) => {
    const leadId = await storeLead(db.pool);
    await move(leadId, minute);
    const offer = await planned(db.pool, leadId, { buyerId: `elm.${minute}` });
    const claim = await claimAttempt(db.pool, offer, { maxPlaces: 1, switches: [] });
    expect(claim.kind).toBe('claimed');
    await db.pool.query(
      `insert into buyer_persons (hash, lead_id, contract_id, round, buyer_id, seen_at, keep_until)
       select $1, lead_id, contract_id, round, buyer_id, sent_at, now() + interval '1 day'
       from attempts where lead_id = $2`,
      [hashOf(key), leadId],
    );
    return { leadId, offer };
  };
  const before = await give(50);
  const refused = await give(51);
  await settleUnaccepted(db.pool, refused.offer, rejected);
  await give(55);
  const other = { fields: ['phone'], values: ['+15125550143'] };
  expect(await findHadBefore(db.pool, [other, key], at(55))).toMatchObject([
    { key, leadId: before.leadId, contractId: 'apex_auto', buyerId: 'elm.50' },
  ]);
  expect(await findHadBefore(db.pool, [], at(55))).toEqual([]);
});
