// What is read back of leads: the whole trace of one, and pages of many that hold their place.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeLead } from '../../src/db/closing.ts';
import { recordDelivery } from '../../src/db/deliveries.ts';
import { type LeadCursor, type LeadFilter, listLeads } from '../../src/db/reading/lead-list.ts';
import { settleAccepted, settleUnaccepted } from '../../src/db/settlement.ts';
import { findTrace } from '../../src/db/reading/trace.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
  accepted,
  createBook,
  inDoubt,
  newLeadId,
  rejected,
  saleTerms,
  sending,
  storeLead,
  storeSoldLead,
} from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

describe('a trace', () => {
  test('holds everything that is stored, in the order in which it happened', async () => {
    const leadId = await storeLead(db.pool, { externalId: 'x-1', behaviour: { form_seconds: 40 } });
    const first = await sending(db.pool, leadId, {
      verdicts: [{ step: 'score', verdict: { score: 71 } }],
    });
    await settleUnaccepted(db.pool, first, rejected);
    const next = await sending(db.pool, leadId, { contractId: 'bolt_auto', position: 2 });
    await settleAccepted(db.pool, next, { result: accepted(1000), terms: saleTerms() });
    const push = { leadId, contractId: 'bolt_auto', target: 'crm' } as const;
    await recordDelivery(db.pool, { ...push, state: 'trying', tries: 1, detail: 'HTTP 500' });

    const trace = await findTrace(db.pool, leadId);
    expect(trace?.lead).toMatchObject({
      id: leadId,
      externalId: 'x-1',
      fields: { zip: '78704' },
      behaviour: { form_seconds: 40 },
    });
    expect(trace).toMatchObject({ status: 'sold', outcome: { kind: 'sold', payoutCents: 800 } });
    expect(trace?.verdicts).toEqual([{ round: 1, step: 'score', verdict: { score: 71 } }]);
    expect(trace?.attempts.map(({ contractId, state }) => [contractId, state])).toEqual([
      ['apex_auto', 'rejected'],
      ['bolt_auto', 'accepted'],
    ]);
    expect(trace?.sales).toMatchObject([{ contractId: 'bolt_auto', payoutCents: 800 }]);
    expect(trace?.transfers.map(({ kind, amountCents }) => [kind, amountCents])).toEqual([
      ['charge', 1000],
      ['payout', 800],
    ]);
    expect(trace?.deliveries).toMatchObject([{ target: 'crm', state: 'trying', tries: 1 }]);
    const { sentAtMs, settledAtMs } = trace?.attempts[1] ?? {};
    expect(settledAtMs).toBeGreaterThanOrEqual(sentAtMs ?? Infinity);
  });

  test('of a lead that does not exist is none', async () => {
    expect(await findTrace(db.pool, newLeadId())).toBeUndefined();
  });

  test('a push that was delivered stays delivered', async () => {
    const leadId = await storeSoldLead(db.pool, [{ contractId: 'apex_auto', priceCents: 900 }]);
    const push = { leadId, contractId: 'apex_auto', target: 'crm' } as const;
    await recordDelivery(db.pool, { ...push, state: 'trying', tries: 1, detail: 'HTTP 500' });
    await recordDelivery(db.pool, { ...push, state: 'delivered', tries: 2, detail: 'HTTP 200' });
    await recordDelivery(db.pool, { ...push, state: 'failed', tries: 0, detail: 'given up' });
    const trace = await findTrace(db.pool, leadId);
    expect(trace?.deliveries).toMatchObject([{ state: 'delivered', tries: 2 }]);
  });
});

describe('a list', () => {
  const ids: LeadId[] = [];
  beforeAll(async () => {
    await db.pool.query(`update leads set campaign_id = 'elsewhere'`);
    for (let n = 0; n < 10; n += 1) ids.unshift(await storeLead(db.pool));
    ids.sort().reverse();
    // A second apart, but for two of one instant: their ids decide.
    for (const [n, id] of ids.entries()) {
      const secondsAgo = n === 5 ? 4 : n;
      await db.pool.query(
        `update leads set received_at = date_trunc('second', now()) - make_interval(secs => $2)
         where id = $1`,
        [id, secondsAgo],
      );
    }
  });
  const mine = { campaignId: 'auto' };
  const idsOf = async (filter: LeadFilter) =>
    (await listLeads(db.pool, { filter: { ...mine, ...filter }, limit: 50 })).leads.map(
      ({ id }) => id,
    );

  test('pages newest first, and holds its place while leads arrive', async () => {
    const [seen, late]: [LeadId[], LeadId[]] = [[], []];
    let after: LeadCursor | undefined;
    do {
      const page = await listLeads(db.pool, { filter: mine, limit: 3, ...(after && { after }) });
      seen.push(...page.leads.map(({ id }) => id));
      after = page.next;
      late.push(await storeLead(db.pool));
    } while (after);
    expect(seen).toEqual(ids);
    await db.pool.query(`update leads set campaign_id = 'elsewhere' where id = any($1)`, [late]);
  });

  test('an exact last page has no next one', async () => {
    const all = await idsOf({});
    const page = await listLeads(db.pool, { filter: mine, limit: all.length });
    expect([page.leads.length, page.next]).toEqual([all.length, undefined]);
  });

  test('filters by status, reason, source, test, and the buyer that may have the lead', async () => {
    const [sold, doubted, unsold, refused, tried] = [
      await storeSoldLead(db.pool, [{ contractId: 'dune_auto', priceCents: 900 }]),
      await storeLead(db.pool),
      await storeLead(db.pool, { sourceId: 'beacon' }),
      await storeLead(db.pool),
      await storeLead(db.pool, { test: true }),
    ];
    const dune = { contractId: 'dune_auto' };
    await settleUnaccepted(db.pool, await sending(db.pool, doubted, dune), inDoubt);
    await settleUnaccepted(db.pool, await sending(db.pool, refused, dune), rejected);
    const end = { round: 1, verdicts: [], process: 'here' };
    const noBids = { kind: 'unsold', reason: 'no_bids' } as const;
    await closeLead(db.pool, { ...end, leadId: unsold, unsold: noBids });

    expect(await idsOf({ statuses: ['sold'] })).toEqual([sold]);
    expect(await idsOf({ buyerId: 'dune' })).toEqual([doubted, sold]);
    expect(await idsOf({ reason: 'no_bids' })).toEqual([unsold]);
    expect(await idsOf({ sourceId: 'beacon' })).toEqual([unsold]);
    expect(await idsOf({ test: true })).toEqual([tried]);
    expect(await idsOf({ statuses: ['in_doubt', 'unsold'] })).toEqual([unsold, doubted]);
    const listed = await listLeads(db.pool, { filter: { statuses: ['sold'] }, limit: 50 });
    expect(listed.leads.find(({ id }) => id === sold)?.sales).toEqual([
      { contractId: 'dune_auto', buyerId: 'dune', priceCents: 900 },
    ]);
  });

  test('takes instants and whole days of a zone', async () => {
    const leadId = await storeLead(db.pool, { campaignId: 'edges' });
    const at = '2026-03-01T04:59:59.999Z'; // The last moment of February in New York.
    await db.pool.query('update leads set received_at = $2 where id = $1', [leadId, at]);
    const edges = { campaignId: 'edges' };
    const day = (text: string) =>
      ({ kind: 'day', day: text, timeZone: 'America/New_York' }) as const;
    const instant = (text: string) => ({ kind: 'instant', at: new Date(text) }) as const;
    expect(await idsOf({ ...edges, from: day('2026-02-28'), to: day('2026-02-28') })).toEqual([
      leadId,
    ]);
    expect(await idsOf({ ...edges, from: day('2026-03-01') })).toEqual([]);
    expect(await idsOf({ ...edges, from: instant(at) })).toEqual([leadId]);
    expect(await idsOf({ ...edges, to: instant(at) })).toEqual([]);
  });
});
