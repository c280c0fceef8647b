// Goal: what operators read is what is stored: a trace is whole, pages lose and repeat no lead, and
// the report equals the ledger to the cent. Method: rows with known times, around midnight in New
// York, where 23 November begins at 05:00 UTC.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type LeadCursor, type LeadFilter, listLeads } from '../../src/db/lead-list.ts';
import { type PnlQuery, readPnl } from '../../src/db/pnl.ts';
import { findTrace } from '../../src/db/trace.ts';
import { toLeadId } from '../../src/domain/ids.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, newLeadId } from '../support/lead-rows.ts';

const timeZone = 'America/New_York';
const idOf = (n: number) => toLeadId(`0000000000000000000000000${n}`);

// Leads 1 and 2 come in the last second of the 22nd, the others in the first seconds of the 23rd.
// Lead 1 is shared by bolt and dune, lead 2 goes to bolt; 3 is unsold, 4 in doubt, 5 a test.
const ROWS = `
  insert into leads (id, campaign_id, source_id, world_version, test, raw, fields, problems,
    unknown_fields, behaviour, received_at, status, outcome, settled_at)
  select 'lead_0000000000000000000000000' || n, 'auto',
    case when n % 2 = 0 then 'zeta' else 'acme' end, 1, n = 5, '{}', '{"first_name":"Ann"}', '[]',
    array['shoe_size'], '{}',
    timestamptz '2026-11-22 23:59:59.123456-05' + (n / 3) * interval '1 second',
    case when n < 3 then 'sold' when n = 3 then 'unsold' when n = 4 then 'in_doubt'
      else 'received' end,
    case when n < 3 then '{"kind":"sold","payoutCents":960,"sales":[]}'::jsonb
      when n = 3 then '{"kind":"unsold","reason":"no_bids"}' end,
    case when n < 4 then timestamptz '2026-11-23 00:00:09.5-05' end
  from generate_series(1, 6) n;
  insert into verdicts (lead_id, round, step, verdict)
    values ('lead_00000000000000000000000001', 1, 'validation', '{"kind":"valid","checks":[]}');
  insert into attempts (lead_id, contract_id, round, buyer_id, stage, position, state, exclusive,
    place, price_cents, cap_windows, result, sent_at)
  select 'lead_0000000000000000000000000' || n, contract || '_auto', 1, contract, 'auction',
    position, state, false, place, price, '[]',
    case when state = 'rejected' then '{"kind":"rejected","reason":"buyer_rejected"}'::jsonb end,
    '2026-11-23 00:00:01.25-05'
  from (values (1, 'apex', 1, 'rejected', null, 1480), (1, 'bolt', 2, 'accepted', 1, 1200),
    (1, 'dune', 3, 'accepted', 2, 800), (2, 'bolt', 1, 'accepted', 1, 1200),
    (4, 'apex', 1, 'in_doubt', 1, 1200)) as a (n, contract, position, state, place, price);
  insert into sales (lead_id, contract_id, buyer_id, source_id, campaign_id, round, price_cents,
    payout_cents, sold_at)
  select a.lead_id, contract_id, buyer_id, source_id, campaign_id, 1, price_cents,
    price_cents * 8 / 10,
    case buyer_id when 'dune' then timestamptz '2026-11-24 00:00:01-05'
      else '2026-11-23 00:00:01-05' end
  from attempts a join leads l on l.id = a.lead_id where state = 'accepted';
  insert into transfers (id, kind, from_account, to_account, amount_cents, lead_id, campaign_id,
    source_id, buyer_id, posted_at)
  select cause || '/' || lead_id || '/' || contract_id,
    case cause when 'sale' then 'charge' else 'payout' end,
    case cause when 'sale' then 'buyer/' || buyer_id else 'house' end,
    case cause when 'sale' then 'house' else 'source/' || source_id end,
    case cause when 'sale' then price_cents else payout_cents end,
    lead_id, campaign_id, source_id, buyer_id, sold_at
  from sales, unnest(array['sale', 'payout']) cause;
  insert into transfers (id, kind, state, from_account, to_account, amount_cents, lead_id,
    campaign_id, source_id, buyer_id)
  values ('voided', 'charge', 'voided', 'buyer/bolt', 'house', 5000,
      'lead_00000000000000000000000001', 'auto', 'acme', 'bolt'),
    ('of a test', 'charge', 'posted', 'buyer/bolt', 'house', 7000,
      'lead_00000000000000000000000005', 'auto', 'acme', 'bolt');
  insert into deliveries (lead_id, contract_id, target, state, tries, detail)
    values ('lead_00000000000000000000000001', 'bolt_auto', 'crm', 'delivered', 2, 'HTTP 201');
`;

let book: TestDatabase;
beforeAll(async () => {
  book = await createBook();
  await book.pool.query(ROWS);
});
afterAll(() => book.close());

describe('a trace', () => {
  test('holds every row of the lead, in the order in which they happened', async () => {
    const trace = await findTrace(book.pool, idOf(1));
    expect(trace).toMatchObject({
      lead: { id: idOf(1), sourceId: 'acme', receivedAtMs: Date.parse('2026-11-23T04:59:59.123Z') },
      status: 'sold',
      unknownFields: ['shoe_size'],
      settledAtMs: Date.parse('2026-11-23T05:00:09.500Z'),
      verdicts: [{ round: 1, step: 'validation', verdict: { kind: 'valid' } }],
      attempts: [
        { contractId: 'apex_auto', state: 'rejected', place: null },
        { contractId: 'bolt_auto', state: 'accepted', priceCents: 1200 },
        { contractId: 'dune_auto', sentAtMs: Date.parse('2026-11-23T05:00:01.250Z') },
      ],
      sales: [{ payoutCents: 960 }, { payoutCents: 640 }],
      deliveries: [{ target: 'crm', tries: 2 }],
    });
    const posted = trace?.transfers.filter(({ state }) => state === 'posted');
    expect(posted?.map(({ kind, amountCents }) => [kind, amountCents])).toEqual([
      ['charge', 1200],
      ['payout', 960],
      ['charge', 800],
      ['payout', 640],
    ]);
  });

  test('of a new lead has empty lists, and of no lead is nothing', async () => {
    const fresh = await findTrace(book.pool, idOf(6));
    expect(fresh).toMatchObject({ outcome: null, settledAtMs: null, attempts: [], transfers: [] });
    expect(await findTrace(book.pool, newLeadId())).toBeUndefined();
  });
});

describe('pages', () => {
  const numbers = async (filter: LeadFilter) => {
    const { leads } = await listLeads(book.pool, { filter, limit: 50 });
    return leads.map(({ id }) => Number(id.at(-1)));
  };

  test('of two lose and repeat no lead, though leads share their microsecond', async () => {
    const seen: number[] = [];
    let after: LeadCursor | undefined;
    do {
      const page = await listLeads(book.pool, { filter: {}, limit: 2, ...(after && { after }) });
      expect(page.leads).toHaveLength(2);
      seen.push(...page.leads.map(({ id }) => Number(id.at(-1))));
      after = page.next;
    } while (after);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
  });

  const day = (text: string) => ({ kind: 'day', day: text, timeZone }) as const;
  const instant = (text: string) => ({ kind: 'instant', at: new Date(text) }) as const;
  const filters: [says: string, filter: LeadFilter, found: number[]][] = [
    ['by status', { statuses: ['sold'] }, [2, 1]],
    ['by several statuses', { statuses: ['in_doubt', 'received'] }, [6, 5, 4]],
    ['by reason', { reason: 'no_bids' }, [3]],
    ['by test', { test: true }, [5]],
    ['by source and campaign', { sourceId: 'acme', campaignId: 'auto' }, [5, 3, 1]],
    ['by the buyer that has it', { buyerId: 'bolt' }, [2, 1]],
    ['by the buyer that may have it, not by one that said no', { buyerId: 'apex' }, [4]],
    ['by a day of the operator, to its last second', { to: day('2026-11-22') }, [2, 1]],
    ['from the first second of a day', { from: day('2026-11-23') }, [6, 5, 4, 3]],
    ['from an instant, included', { from: instant('2026-11-23T05:00:01Z') }, [6]],
    ['to an instant, excluded', { to: instant('2026-11-23T04:59:59.123Z') }, []],
    ['by a name that would be SQL', { sourceId: "' or true --" }, []],
  ];
  test.for(filters)('are filtered %s', async ([, filter, found]) => {
    expect(await numbers(filter)).toEqual(found);
  });
});

describe('the report', () => {
  const report = async (query: Partial<PnlQuery>) => {
    const rows = await readPnl(book.pool, { by: ['campaign'], timeZone, ...query });
    return rows.map(({ total, campaign, source, buyer, day, ...sums }) => [
      total ? 'total' : [campaign, source, buyer, day].filter((name) => name !== null).join(' '),
      sums.received,
      sums.sold,
      sums.revenueCents,
      sums.payoutCents,
      sums.marginCents,
    ]);
  };
  const total = ['total', 5, 2, 3200, 2560, 640];

  test('counts a shared lead once, and neither tests nor voided transfers', async () => {
    expect(await report({})).toEqual([['auto', 5, 2, 3200, 2560, 640], total]);
  });

  test('by day counts leads when they came and money when it moved', async () => {
    expect(await report({ by: ['day'] })).toEqual([
      ['2026-11-22', 2, 0, 0, 0, 0],
      ['2026-11-23', 3, 2, 2400, 1920, 480],
      ['2026-11-24', 0, 1, 800, 640, 160],
      total,
    ]);
  });

  test('by buyer counts a shared lead for each, and receives nothing for any', async () => {
    expect(await report({ by: ['buyer'] })).toEqual([
      ['bolt', null, 2, 2400, 1920, 480],
      ['dune', null, 1, 800, 640, 160],
      total,
    ]);
  });

  test('by all dimensions has a line for each combination that occurs', async () => {
    expect(await report({ by: ['day', 'campaign', 'source', 'buyer'] })).toEqual([
      ['auto acme bolt 2026-11-23', null, 1, 1200, 960, 240],
      ['auto zeta bolt 2026-11-23', null, 1, 1200, 960, 240],
      ['auto acme dune 2026-11-24', null, 1, 800, 640, 160],
      total,
    ]);
  });

  test('of days includes the first and the last', async () => {
    const of = (fromDay: string, toDay: string) => report({ by: ['day'], fromDay, toDay });
    expect(await of('2026-11-22', '2026-11-22')).toEqual([
      ['2026-11-22', 2, 0, 0, 0, 0],
      ['total', 2, 0, 0, 0, 0],
    ]);
    expect((await of('2026-11-23', '2026-11-24')).at(-1)).toEqual(['total', 3, 2, 3200, 2560, 640]);
  });

  test('of one buyer, of one source, of nobody', async () => {
    expect((await report({ buyerId: 'bolt' })).at(-1)).toEqual(['total', null, 2, 2400, 1920, 480]);
    expect((await report({ sourceId: 'acme' })).at(-1)).toEqual(['total', 2, 1, 2000, 1600, 400]);
    expect(await report({ sourceId: 'nobody' })).toEqual([['total', 0, 0, 0, 0, 0]]);
  });
});
