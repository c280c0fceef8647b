// What sales cost that do not cost what was agreed: each change once, by its cause. The row is the
// truth; the buyer's caps are told until they confirm.

import type { Correction } from '../../domain/caps/caps.ts';
import type { BuyerId, OfferKey } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import type { PriceReason } from '../../domain/reasons.ts';
import type { Tx } from '../pool.ts';

/** A change of what one sale costs. */
export interface PriceChange {
  /** Its cause: `answer/{lead}/{contract}/{round}`, or `word/{id}`. */
  readonly id: string;
  readonly beforeCents: Cents;
  readonly afterCents: Cents;
  readonly why: PriceReason;
}

/**
 * Records a change, and counts it in the windows of its attempt, once. For a transaction that holds
 * the lead's lock and moves the money.
 */
export async function recordPriceChange(
  tx: Tx,
  { leadId, contractId, round }: OfferKey,
  { id, beforeCents, afterCents, why }: PriceChange,
): Promise<void> {
  // One at a time for each buyer: a sum that missed an earlier number would lose its cents.
  await tx.query({
    name: 'price_changes.lock',
    text: `select pg_advisory_xact_lock(hashtext('sluice.price_changes'), hashtext(buyer_id))
           from attempts where lead_id = $1 and contract_id = $2 and round = $3`,
    values: [leadId, contractId, round],
  });
  await tx.query({
    name: 'price_changes.record',
    text: `with moved as (
             update attempts a set price_cents = $6::bigint,
               result = a.result || jsonb_build_object('priceCents', $6::bigint),
               cap_windows = (select coalesce(jsonb_agg(case when w ->> 'key' like '%/cents'
                 then w || jsonb_build_object('amount', (w ->> 'amount')::bigint + $6 - $5::bigint)
                 else w end order by n), '[]')
                 from jsonb_array_elements(a.cap_windows) with ordinality as e (w, n))
             where lead_id = $1 and contract_id = $2 and round = $3
             returning buyer_id, (select coalesce(jsonb_agg(jsonb_build_object('key', w ->> 'key',
                 'endsAtMs', w -> 'endsAtMs')) filter (where w ->> 'key' like '%/cents'), '[]')
               from jsonb_array_elements(a.cap_windows) as e (w)) as windows
           )
           insert into price_changes (id, lead_id, contract_id, round, buyer_id, number,
             before_cents, after_cents, why, windows, told_at)
           select $4, $1, $2, $3::int, m.buyer_id, 1 + coalesce((select max(number)
             from price_changes p where p.buyer_id = m.buyer_id), 0), $5, $6, $7, m.windows,
             case when m.windows = '[]' then now() end
           from moved m`,
    values: [leadId, contractId, round, id, beforeCents, afterCents, why],
  });
}

/** What the changes of a buyer's prices add to its windows, each as one sum up to a number. */
export interface Corrections {
  readonly buyerId: BuyerId;
  readonly corrections: readonly Correction[];
  /** The number of the latest change that is in them. */
  readonly upTo: number;
}

/** In SQL: the windows of `price_changes` that have not ended, with what changes add to each. */
export const SUMS = `select w.key, sum(after_cents - before_cents)::bigint as total,
    max(number) as up_to, max(w."endsAtMs") as ends
  from price_changes, jsonb_to_recordset(windows) as w (key text, "endsAtMs" bigint)
  where coalesce(w."endsAtMs" > extract(epoch from now()) * 1000, true)`;

/** In SQL: such rows as a list of corrections. */
export const AS_CORRECTIONS = `coalesce(jsonb_agg(jsonb_build_object('key', key,
  'totalCents', total, 'upTo', up_to, 'endsAtMs', ends)), '[]')`;

/** The sums that buyers' caps have not confirmed yet. */
export async function listUntoldChanges(db: Tx): Promise<readonly Corrections[]> {
  const found = await db.query<Corrections>({
    name: 'price_changes.list_untold',
    text: `select u.buyer_id as "buyerId", u.up_to as "upTo",
             (select ${AS_CORRECTIONS} from (${SUMS} and buyer_id = u.buyer_id
               and number <= u.up_to group by 1) sums) as corrections
           from (select buyer_id, max(number) as up_to from price_changes where told_at is null
             group by 1 order by 1 limit 100) u`,
  });
  return found.rows;
}

/** Marks the changes of a buyer, up to one by its number, as confirmed by its caps. */
export async function markChangesTold(
  db: Tx,
  { buyerId, upTo }: { readonly buyerId: BuyerId; readonly upTo: number },
): Promise<void> {
  await db.query({
    name: 'price_changes.mark_told',
    text: `update price_changes set told_at = now()
           where buyer_id = $1 and number <= $2 and told_at is null`,
    values: [buyerId, upTo],
  });
}
