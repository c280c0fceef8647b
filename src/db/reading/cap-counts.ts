// What PostgreSQL itself counts in each cap window: for people, and to hold the entities against.

import type { BuyerId } from '../../domain/ids.ts';
import { COUNTS_UNTIL } from '../caps-seed.ts';
import type { Tx } from '../pool.ts';

/** One window that has not ended. */
export interface CapCount {
  readonly buyerId: BuyerId;
  readonly key: string;
  /** Leads or cents of what is sold, on the way, or in doubt. */
  readonly counted: number;
  /** When it ends; rolling: when the oldest use leaves. Null = never. */
  readonly endsAtMs: number | null;
}

/**
 * The windows of these buyers in which something counts, by key; of a team with its members.
 * Plans do not count: most of them are sent, or given up, within moments.
 */
export async function readCapCounts(
  db: Tx,
  buyerIds: readonly BuyerId[],
): Promise<readonly CapCount[]> {
  const found = await db.query<CapCount>({
    name: 'cap_counts.read',
    text: `with live as (
             select split_part(buyer_id, '.', 1) as team, w.key, w.amount, ${COUNTS_UNTIL} as ends
             from attempts, jsonb_to_recordset(cap_windows)
               as w (key text, amount bigint, "endsAtMs" bigint, rolling bigint)
             where split_part(buyer_id, '.', 1) = any($1)
               and state in ('sending', 'accepted', 'pending', 'in_doubt')
           )
           select team as "buyerId", key, sum(amount)::bigint as counted,
             min(ends) as "endsAtMs"
           from live where coalesce(ends > extract(epoch from now()) * 1000, true)
           group by 1, 2 order by 1, 2`,
    values: [buyerIds],
  });
  return found.rows;
}
