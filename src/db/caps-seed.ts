// What PostgreSQL knows of a buyer's caps: the seed of an entity that was never seeded or was lost.

import type { CapsSeed, Change, Correction, Deposits } from '../domain/caps/caps.ts';
import { balanceKeyOf } from '../domain/caps/keys.ts';
import type { BuyerId } from '../domain/ids.ts';
import { AS_CORRECTIONS, SUMS } from './doubts/price-changes.ts';
import type { Tx } from './pool.ts';

/**
 * When a window stops to count. A rolling one by the bucket in which the lead was sent, as the
 * entity counts it: that may be later than it was planned, never sooner.
 */
export const COUNTS_UNTIL = `case when w.rolling is null then w."endsAtMs"
  else greatest(w."endsAtMs",
  (floor(extract(epoch from sent_at) * 1000 / (w.rolling / 60)) + 1) * (w.rolling / 60)
    + w.rolling)::bigint end`;

/** The windows of a query as changes, from their `key`, `by`, `ends` and `rolling`. */
export const AS_CHANGES = `jsonb_agg(jsonb_build_object('key', key, 'by', by, 'endsAtMs', ends)
  || case when rolling is null then '{}' else jsonb_build_object('rolling', rolling) end)`;

/**
 * The use of every window of this buyer that has not ended, and the holds that may still be
 * released; of the whole team, if it is a member of one. A plan counts as held although its hold
 * may never have been granted: too much is safe, and its own hold or its end puts it right. What
 * the buyer has paid in is told as well; teams are in-house and pay nothing.
 */
export async function readCapsSeed(db: Tx, buyerId: BuyerId): Promise<Omit<CapsSeed, 'epoch'>> {
  // One statement, one snapshot: an attempt that is settled between two reads would count as used
  // and could never be released.
  const found = await db.query<{
    used: readonly Change[];
    holds: CapsSeed['holds'];
    deposits: Omit<Deposits, 'key'> | null;
    corrections: readonly Correction[];
  }>({
    name: 'caps_seed.read',
    text: `with live as (
             select lead_id || '/' || contract_id || '/' || round as id, state, planned_at,
               w.key, w.amount, w.rolling, ${COUNTS_UNTIL} as ends
             from attempts, jsonb_to_recordset(cap_windows)
               as w (key text, amount bigint, "endsAtMs" bigint, rolling bigint)
             where split_part(buyer_id, '.', 1) = split_part($1, '.', 1)
               and state in ('planned', 'sending', 'accepted', 'pending', 'in_doubt')
               and coalesce(${COUNTS_UNTIL} > extract(epoch from now()) * 1000, true)
           ), used as (
             select key, sum(amount)::bigint as by, max(ends) as ends, rolling
             from live group by key, rolling, case when rolling is null then 0 else ends end
           ), holds as (
             select id, state = 'planned' as planned, jsonb_agg(jsonb_build_object('key', key,
               'amount', amount) || case when rolling is null then '{}'
                 else jsonb_build_object('endsAtMs', ends) end) as windows
             from live where state <> 'accepted' and planned_at > now() - interval '1 hour'
             group by 1, 2
           )
           select (select coalesce(${AS_CHANGES}, '[]') from used) as used,
             (select coalesce(jsonb_agg(to_jsonb(holds)), '[]') from holds) as holds,
             (select jsonb_build_object('totalCents', total_cents, 'upTo', number) from deposits
              where buyer_id = $1 order by number desc limit 1) as deposits,
             (select ${AS_CORRECTIONS} from (${SUMS} and split_part(buyer_id, '.', 1)
               = split_part($1, '.', 1) group by 1) sums) as corrections`,
    values: [buyerId],
  });
  const [row] = found.rows;
  if (!row) throw new Error('a select without from returned no row');
  const { deposits, corrections, ...rest } = row;
  const seed = corrections.length > 0 ? { ...rest, corrections } : rest;
  return deposits ? { ...seed, deposits: { key: balanceKeyOf(buyerId), ...deposits } } : seed;
}
