// Goal: pages lose and repeat no lead at the edges, and the report counts what the ledger posted.
// Method: rows with fixed times around midnight in New York, where 23 November begins at 05:00 UTC.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LeadCursor, type LeadFilter, listLeads } from '../../src/db/reading/lead-list.ts';
import { readPnl } from '../../src/db/reading/pnl.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook } from '../support/lead-rows.ts';

const timeZone = 'America/New_York';

// Leads 1 and 2 come in the last second of the 22nd, 3 to 5 together in the first of the 23rd. Lead
// 1 was sold to bolt, with one transfer voided; lead 4 is in doubt with apex, which refused lead 1.
const ROWS = `
  insert into leads (id, campaign_id, source_id, world_version, test, raw, fields, problems,
    unknown_fields, behaviour, received_at, status, outcome)
  select 'lead_0000000000000000000000000' || n, 'auto', 'acme', 1, false, '{}', '{}', '[]', '{}',
    '{}', timestamptz '2026-11-22 23:59:59.123456-05' + (n / 3) * interval '1 second',
    case n when 1 then 'sold' when 4 then 'in_doubt' else 'received' end,
    case n when 1 then '{"kind":"sold","payoutCents":960,"sales":[]}'::jsonb end
  from generate_series(1, 6) n;
  insert into attempts (lead_id, contract_id, round, buyer_id, stage, position, state, exclusive,
    place, price_cents, cap_windows)
  select 'lead_0000000000000000000000000' || n, buyer || '_auto', 1, buyer, 'auction', 1, state,
    true, place, 1200, '[]'
  from (values (1, 'apex', 'rejected', null), (1, 'bolt', 'accepted', 1),
    (4, 'apex', 'in_doubt', 1)) as a (n, buyer, state, place);
  insert into transfers (id, kind, state, from_account, to_account, amount_cents, lead_id,
    campaign_id, source_id, buyer_id, posted_at)
  select id, kind, state, 'a', 'b', cents, 'lead_00000000000000000000000001', 'auto', 'acme',
    'bolt', '2026-11-23 00:00:01-05'
  from (values ('sale', 'charge', 'posted', 1200), ('payout', 'payout', 'posted', 960),
    ('voided', 'charge', 'voided', 5000), ('open', 'charge', 'pending', 7000))
    as t (id, kind, state, cents);
`;

let book: TestDatabase;
beforeAll(async () => {
  book = await createBook();
  await book.pool.query(ROWS);
});
afterAll(() => book.close());

test.for([1, 2, 3, 4])('pages of %i lose and repeat no lead of one microsecond', async (limit) => {
  const seen: number[] = [];
  let after: LeadCursor | undefined;
  do {
    const page = await listLeads(book.pool, { filter: {}, limit, ...(after && { after }) });
    seen.push(...page.leads.map(({ id }) => Number(id.at(-1))));
    after = page.next;
  } while (after);
  expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
});

describe('leads are found', () => {
  const day = (text: string) => ({ kind: 'day', day: text, timeZone }) as const;
  const instant = (text: string) => ({ kind: 'instant', at: new Date(text) }) as const;
  const filters: [says: string, filter: LeadFilter, found: number[]][] = [
    ['by the buyer that has it', { buyerId: 'bolt' }, [1]],
    ['by the buyer that may have it, not by one that said no', { buyerId: 'apex' }, [4]],
    ['to the last second of a day', { to: day('2026-11-22') }, [2, 1]],
    ['from the first second of a day', { from: day('2026-11-23') }, [6, 5, 4, 3]],
    ['from an instant, which is included', { from: instant('2026-11-23T05:00:01Z') }, [6]],
    ['to an instant, which is not', { to: instant('2026-11-23T04:59:59.123Z') }, []],
    ['by no name that would be SQL', { sourceId: "' or true --" }, []],
  ];
  test.for(filters)('%s', async ([, filter, found]) => {
    const { leads } = await listLeads(book.pool, { filter, limit: 50 });
    expect(leads.map(({ id }) => Number(id.at(-1)))).toEqual(found);
  });
});

test('the report counts posted transfers only, on the day they were posted', async () => {
  const rows = await readPnl(book.pool, { by: ['day'], timeZone });
  const lines = rows.map(({ day, received, sold, revenueCents, payoutCents }) => [
    ...[day ?? 'total', received, sold],
    ...[revenueCents, payoutCents],
  ]);
  expect(lines).toEqual([
    ['2026-11-22', 2, 0, 0, 0],
    ['2026-11-23', 4, 1, 1200, 960],
    ['total', 6, 1, 1200, 960],
  ]);
});
