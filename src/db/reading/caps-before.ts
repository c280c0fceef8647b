// How much of each cap was used by the leads received before an instant: where a simulation of the
// leads after it begins. What buyers pay in until the period ends counts from its beginning.

import type { Change } from '../../domain/caps/caps.ts';
import { balanceKeyOf } from '../../domain/caps/keys.ts';
import type { BuyerId } from '../../domain/ids.ts';
import { AS_CHANGES, COUNTS_UNTIL } from '../caps-seed.ts';
import type { Tx } from '../pool.ts';
import type { Period } from './recorded-leads.ts';

/**
 * By buyer, of a team with its members, the use of each window that had not ended by `from`; of a
 * balance, less what was paid in by `to`.
 */
export async function readCapsBefore(
  db: Tx,
  buyerIds: readonly BuyerId[],
  { from, to }: Period,
): Promise<ReadonlyMap<BuyerId, readonly Change[]>> {
  const found = await db.query<{ team: BuyerId; used: readonly Change[] }>({
    name: 'caps_before.read',
    text: `with live as (
             select split_part(a.buyer_id, '.', 1) as team, w.key, w.amount, w.rolling,
               ${COUNTS_UNTIL} as ends
             from attempts a join leads l on l.id = a.lead_id,
               jsonb_to_recordset(a.cap_windows)
                 as w (key text, amount bigint, "endsAtMs" bigint, rolling bigint)
             where split_part(a.buyer_id, '.', 1) = any($1) and l.received_at < $2
               and a.state in ('sending', 'accepted', 'pending', 'in_doubt')
               and coalesce(${COUNTS_UNTIL} > extract(epoch from $2::timestamptz) * 1000, true)
             union all
             select buyer_id, balance.key, -cents, null, null
             from deposits join unnest($1::text[], $4::text[]) as balance (buyer_id, key)
               using (buyer_id)
             where done_at < $3
           ), used as (
             select team, key, sum(amount)::bigint as by, max(ends) as ends, rolling
             from live
             group by team, key, rolling, case when rolling is null then 0 else ends end
           )
           select team, ${AS_CHANGES} as used from used group by team`,
    values: [buyerIds, from, to, buyerIds.map(balanceKeyOf)],
  });
  return new Map(found.rows.map(({ team, used }) => [team, used]));
}
