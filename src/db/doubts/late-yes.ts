// A yes that came after its doubt had ended as a no: booked by an operator, if the lead has ended
// and has a place for it, or dismissed; once.

import { type OfferKey, holdIdOf } from '../../domain/ids.ts';
import type { CapWindow } from '../../domain/caps/caps.ts';
import type { LeadOutcome } from '../../domain/lead.ts';
import { recordSkipped } from '../deliveries.ts';
import { lockLead } from '../leads.ts';
import { inTransaction, type Pool, type Tx } from '../pool.ts';
import { type Accepted, listSales, type SaleTerms, settleSale } from '../settlement.ts';

/** Why a late yes cannot be booked; `booked` where it can. */
export type LateYes = 'bookable' | 'not_in_conflict' | 'not_ended' | 'no_place';

/** Whether the lead has a place for the offer, as things stand. */
export async function checkLateYes(db: Tx, key: OfferKey, maxPlaces: number): Promise<LateYes> {
  const found = await db.query<{
    state: string;
    exclusive: boolean;
    outcome: LeadOutcome | null;
    taken: number;
    alone: boolean;
  }>({
    name: 'late_yes.check',
    text: `select a.state, a.exclusive, l.outcome, count(t.*) as taken,
             coalesce(bool_or(t.exclusive), false) as alone
           from attempts a join leads l on l.id = a.lead_id
           left join attempts t on t.lead_id = a.lead_id
             and t.state in ('sending', 'accepted', 'pending', 'in_doubt')
           where a.lead_id = $1 and a.contract_id = $2 and a.round = $3
           group by a.state, a.exclusive, l.outcome`,
    values: [key.leadId, key.contractId, key.round],
  });
  const [row] = found.rows;
  if (row?.state !== 'accepted_conflict') return 'not_in_conflict';
  // Its own workflow may be offering it to others at this moment.
  if (row.outcome === null) return 'not_ended';
  const isFull = row.exclusive ? row.taken > 0 : row.alone || row.taken >= maxPlaces;
  return isFull ? 'no_place' : 'bookable';
}

export interface LateSale {
  readonly result: Accepted;
  readonly terms: SaleTerms;
  /** What it takes room in; held by now. */
  readonly windows: readonly CapWindow[];
  /** Where it is to be pushed: no workflow of the lead runs any more. */
  readonly targets: readonly string[];
  /** Where it is not, with the reasons. */
  readonly skipped: ReadonlyMap<string, string>;
  /** The operator. */
  readonly by: string;
}

/**
 * Books the late yes: the lead is sold, also one that was unsold. The lead's end is written anew,
 * with this sale among the others, and its source hears of it.
 */
export async function bookLateYes(
  pool: Pool,
  key: OfferKey,
  { result, terms, windows, targets, skipped, by }: LateSale,
): Promise<LateYes> {
  return inTransaction(pool, async (tx) => {
    await lockLead(tx, key.leadId);
    const state = await checkLateYes(tx, key, terms.maxPlaces);
    if (state !== 'bookable') return state;
    const { leadId, contractId, round } = key;
    await tx.query({
      name: 'late_yes.reopen',
      text: `with lead as (
               update leads set outcome = null, status = 'received', settled_at = null
               where id = $1
             )
             update attempts set state = 'sending', cap_windows = $4, place = (
               select min(place) from generate_series(1, $5::int) place where place not in (
                 select place from attempts where lead_id = $1
                   and state in ('sending', 'accepted', 'pending', 'in_doubt')))
             where lead_id = $1 and contract_id = $2 and round = $3`,
      values: [leadId, contractId, round, JSON.stringify(windows), terms.maxPlaces],
    });
    const before = await listSales(tx, leadId);
    // It ends the lead, however many places are left: nobody is offered it any more.
    const ending = { ...terms, maxPlaces: before.length + 1 };
    const settled = await settleSale(tx, key, { result, terms: ending, before });
    if (settled.kind !== 'sold') throw new Error(`${holdIdOf(key)} could not be booked`);
    await askPushes(tx, key, { targets, by });
    if (skipped.size > 0) await recordSkipped(tx, key, skipped);
    return 'bookable';
  });
}

async function askPushes(
  tx: Tx,
  { leadId, contractId }: OfferKey,
  { targets, by }: Pick<LateSale, 'targets' | 'by'>,
): Promise<void> {
  await tx.query({
    name: 'late_yes.ask_pushes',
    text: `with pushed as (
             insert into deliveries (lead_id, contract_id, target, state, tries, detail)
             select $1, $2, target, 'trying', 0, 'sold by operator ' || $4
             from unnest($3::text[]) as t (target) on conflict do nothing returning target
           )
           insert into redeliveries (lead_id, contract_id, target, n, asked_by)
           select $1, $2, target, 1, $4 from pushed`,
    values: [leadId, contractId, targets, by],
  });
}

/** Leaves the end as it was, and the conflict is none any more. True if this call did it. */
export async function dismissLateYes(
  db: Tx,
  { leadId, contractId, round }: OfferKey,
  by: string,
): Promise<boolean> {
  const result = { kind: 'rejected', reason: 'yes_dismissed', detail: `operator ${by}`, ms: 0 };
  const dismissed = await db.query({
    name: 'late_yes.dismiss',
    text: `update attempts set state = 'rejected', result = $4
           where lead_id = $1 and contract_id = $2 and round = $3 and state = 'accepted_conflict'`,
    values: [leadId, contractId, round, JSON.stringify(result)],
  });
  return dismissed.rowCount === 1;
}
