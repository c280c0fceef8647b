// The ledger is only ever added to, always balances, and is what profit and loss are read from.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PnlQuery, type PnlRow, readPnl } from '../../src/db/reading/pnl.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, storeLead, storeSoldLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

describe('transfers', () => {
  test('are neither changed nor deleted', async () => {
    const leadId = await storeSoldLead(db.pool, [{ contractId: 'apex_auto', priceCents: 1000 }], {
      campaignId: 'append_only',
    });
    const id = `sale/${leadId}/apex_auto`;
    const change = (text: string) => db.pool.query(text, [id]);
    const refused = /transfers are append-only/;
    await expect(change('update transfers set amount_cents = 1 where id = $1')).rejects.toThrow(
      refused,
    );
    await expect(change(`update transfers set state = 'voided' where id = $1`)).rejects.toThrow(
      refused,
    );
    await expect(change('delete from transfers where id = $1')).rejects.toThrow(refused);
  });

  const insert = (values: { id: string; to?: string; amount?: number; state?: string }) =>
    db.pool.query(
      `insert into transfers (id, kind, state, from_account, to_account, amount_cents, lead_id,
         campaign_id, source_id, buyer_id)
       values ($1, 'charge', $2, 'buyer/apex', $3, $4, $5, 'by_hand', 'acme', 'apex')`,
      [values.id, values.state ?? 'posted', values.to ?? 'house', values.amount ?? 1, leadId],
    );
  let leadId = '';
  beforeAll(async () => void (leadId = await storeLead(db.pool)));

  test('that are pending are posted or voided once, and change in nothing else', async () => {
    await insert({ id: 'pending/1', state: 'pending' });
    const settle = (text: string) =>
      db.pool.query(`update transfers set ${text} where id = 'pending/1'`);
    await expect(settle(`state = 'posted', amount_cents = 2`)).rejects.toThrow('append-only');
    await settle(`state = 'posted'`);
    await expect(settle(`state = 'voided'`)).rejects.toThrow('append-only');
  });

  test('have one cause each, two accounts, and no negative amount', async () => {
    await insert({ id: 'once/1' });
    await expect(insert({ id: 'once/1' })).rejects.toThrow('transfers_pkey');
    await expect(insert({ id: 'same/1', to: 'buyer/apex' })).rejects.toThrow(
      'transfers_two_accounts',
    );
    await expect(insert({ id: 'less/1', amount: -1 })).rejects.toThrow(
      'transfers_amount_not_negative',
    );
  });
});

describe('profit and loss', () => {
  const TIME_ZONE = 'America/New_York';
  const DAY = '2026-11-22';

  beforeAll(async () => {
    await db.pool.query(`alter table transfers disable trigger transfers_append_only`);
    const sell = async (
      at: string,
      sales: Parameters<typeof storeSoldLead>[1],
      changes: Parameters<typeof storeSoldLead>[2] = {},
    ) => {
      const leadId = await storeSoldLead(db.pool, sales, { campaignId: 'pnl', ...changes });
      await db.pool.query('update transfers set posted_at = $2 where lead_id = $1', [leadId, at]);
      await db.pool.query('update leads set received_at = $2 where id = $1', [leadId, at]);
    };
    // One second before and at midnight in New York, where days are counted.
    await sell('2026-11-22T04:59:59Z', [{ contractId: 'apex_auto', priceCents: 700 }]);
    await sell('2026-11-22T05:00:00Z', [{ contractId: 'apex_auto', priceCents: 1481 }]);
    await sell('2026-11-22T17:00:00Z', [
      { contractId: 'bolt_auto', priceCents: 1000 },
      { contractId: 'crest_auto', priceCents: 999 },
    ]);
    await sell('2026-11-22T18:00:00Z', [{ contractId: 'apex_auto', priceCents: 500 }], {
      sourceId: 'beacon',
    });
    await sell('2026-11-22T18:00:00Z', [{ contractId: 'apex_auto', priceCents: 9999 }], {
      test: true,
    });
    const unsold = await storeLead(db.pool, { campaignId: 'pnl' });
    await db.pool.query(`update leads set received_at = '2026-11-22T19:00:00Z' where id = $1`, [
      unsold,
    ]);
    await db.pool.query(`alter table transfers enable trigger transfers_append_only`);
  });

  const read = (query: Partial<PnlQuery>) =>
    readPnl(db.pool, {
      by: ['campaign'],
      timeZone: TIME_ZONE,
      fromDay: DAY,
      toDay: DAY,
      campaignId: 'pnl',
      ...query,
    });
  const sums = ({ received, sold, revenueCents, payoutCents, marginCents }: PnlRow) => [
    ...[received, sold],
    ...[revenueCents, payoutCents, marginCents],
  ];

  test('count a day of the operator, without test leads', async () => {
    const rows = await read({});
    expect(rows.map((row) => [row.total, row.campaign, ...sums(row)])).toEqual([
      [false, 'pnl', 4, 3, 3980, 3183, 797],
      [true, null, 4, 3, 3980, 3183, 797],
    ]);
  });

  test('by source, and by buyer, where nothing is received', async () => {
    const bySource = await read({ by: ['source'] });
    expect(bySource.map((row) => [row.source, ...sums(row)])).toEqual([
      ['acme', 3, 2, 3480, 2783, 697],
      ['beacon', 1, 1, 500, 400, 100],
      [null, 4, 3, 3980, 3183, 797],
    ]);
    const byBuyer = await read({ by: ['buyer'] });
    expect(byBuyer.map((row) => [row.buyer, ...sums(row)])).toEqual([
      ['apex', null, 2, 1981, 1584, 397],
      ['bolt', null, 1, 1000, 800, 200],
      ['crest', null, 1, 999, 799, 200],
      [null, 4, 3, 3980, 3183, 797],
    ]);
  });

  test('by day, over both days', async () => {
    const rows = await read({ by: ['day'], fromDay: '2026-11-21' });
    expect(rows.map((row) => [row.day, row.received, row.sold, row.revenueCents])).toEqual([
      ['2026-11-21', 1, 1, 700],
      ['2026-11-22', 4, 3, 3980],
      [null, 5, 4, 4680],
    ]);
  });

  test('of one buyer, and of nothing, end in a total', async () => {
    const [apex, total] = await read({ buyerId: 'apex', by: ['buyer'] });
    expect([apex?.buyer, total?.total, total?.revenueCents]).toEqual(['apex', true, 1981]);
    const none = await read({ campaignId: 'unknown' });
    expect(none.map((row) => [row.total, ...sums(row)])).toEqual([[true, 0, 0, 0, 0, 0]]);
  });

  test('equal the ledger to the cent, in every cut', async () => {
    const ledger = await db.pool.query<{ revenue: number; payout: number }>(
      `select sum(amount_cents) filter (where to_account = 'house')::bigint as revenue,
         sum(amount_cents) filter (where from_account = 'house')::bigint as payout
       from transfers t join leads l on l.id = lead_id
       where not l.test and state = 'posted'`,
    );
    const { revenue, payout } = ledger.rows[0] ?? {};
    const cuts = [['campaign'], ['source'], ['buyer'], ['day'], ['campaign', 'source', 'day']];
    for (const by of cuts as PnlQuery['by'][]) {
      const rows = await readPnl(db.pool, { by, timeZone: TIME_ZONE });
      const lines = rows.filter(({ total }) => !total);
      const sum = (of: (row: PnlRow) => number) => lines.reduce((all, row) => all + of(row), 0);
      const total = rows.at(-1);
      expect([total?.revenueCents, total?.payoutCents]).toEqual([revenue, payout]);
      expect(sum((row) => row.revenueCents)).toBe(revenue);
      expect(sum((row) => row.marginCents)).toBe((revenue ?? 0) - (payout ?? 0));
    }
  });
});
