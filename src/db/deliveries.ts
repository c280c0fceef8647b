// Pushes after a sale: what was sold, and the proof of each push. Sales are booked by
// settlement.ts; the health of who is pushed to stands in delivering/endpoints.ts.

import type { ContractId, DeliveryKey, LeadId } from '../domain/ids.ts';
import type { DeliveryState, Sale } from '../domain/outcome.ts';
import type { Tx } from './pool.ts';

const BEFORE = `select state from deliveries
  where lead_id = $1 and contract_id = $2 and target = $3`;

/** Writes what pushes in `stored` ended with into the outbox, if a webhook asks for that. */
export const TELL = `
  insert into outbox (kind, lead_id, name, payload)
  select 'event', lead_id, type, jsonb_build_object('contract', contract_id, 'target', target,
    'buyer', (select buyer_id from sales s
      where s.lead_id = stored.lead_id and s.contract_id = stored.contract_id))
  from stored join wanted_events on type =
    case state when 'delivered' then 'lead.delivered' when 'failed' then 'delivery.failed' end`;
/** The same, once. */
const TELL_NEWS = `${TELL} where state is distinct from (select state from before)`;

/** An endpoint that works again is healthy; which one, and when, is said behind it. */
export const HEAL = `update endpoints set state = 'healthy', since = now(), failures = 0,
    failing_since = null, probe_at = null
  where state in ('failing', 'open')`;

export interface RecordedTry extends DeliveryKey {
  readonly state: DeliveryState;
  readonly tries: number;
  readonly detail: string;
  /** When it is tried next, if it is. */
  readonly nextTryAtMs?: number;
  /** The receiver works, whatever it said about this lead. */
  readonly works?: true;
}

/**
 * Records the latest try of a push; what was delivered stays delivered. An endpoint that works
 * again is healthy with the same statement: on the way on which all is well there is no second one.
 */
export async function recordDelivery(db: Tx, push: RecordedTry): Promise<void> {
  const { leadId, contractId, target, state, tries, detail, nextTryAtMs = null } = push;
  await db.query({
    name: 'deliveries.record',
    text: `with before as (${BEFORE}), healed as (
             ${HEAL} and contract_id = $2 and target = $3 and $8
           ), stored as (
             insert into deliveries as d
               (lead_id, contract_id, target, state, tries, detail, next_try_at)
             values ($1, $2, $3, $4, $5, $6, to_timestamp($7::bigint / 1000.0))
             on conflict (lead_id, contract_id, target) do update
               set state = excluded.state, tries = greatest(d.tries, excluded.tries),
                 detail = excluded.detail, next_try_at = excluded.next_try_at, at = now()
               where d.state <> 'delivered'
             returning lead_id, contract_id, target, state
           ) ${TELL_NEWS}`,
    values: [
      ...[leadId, contractId, target, state, tries, detail, nextTryAtMs],
      push.works === true || state === 'delivered',
    ],
  });
}

/** Pushes of a sale that are not made, each with the reason; what stands already stays. */
export async function recordSkipped(
  db: Tx,
  { leadId, contractId }: Pick<DeliveryKey, 'leadId' | 'contractId'>,
  skipped: ReadonlyMap<string, string>,
): Promise<void> {
  await db.query({
    name: 'deliveries.skip',
    text: `insert into deliveries (lead_id, contract_id, target, state, tries, detail)
           select $1, $2, target, 'skipped', 0, detail
           from unnest($3::text[], $4::text[]) as given (target, detail)
           on conflict do nothing`,
    values: [leadId, contractId, [...skipped.keys()], [...skipped.values()]],
  });
}

/** A push whose time is over: it failed, for the reason of its last try. Nothing else changes. */
export async function recordGivenUp(db: Tx, push: DeliveryKey): Promise<void> {
  await db.query({
    name: 'deliveries.give_up',
    text: `with before as (${BEFORE}), stored as (
             insert into deliveries as d (lead_id, contract_id, target, state, tries, detail)
             values ($1, $2, $3, 'failed', 0, 'given up')
             on conflict (lead_id, contract_id, target) do update
               set state = 'failed', detail = 'given up: ' || d.detail, next_try_at = null,
                 at = now()
               where d.state = 'trying'
             returning lead_id, contract_id, target, state
           ) ${TELL_NEWS}`,
    values: [push.leadId, push.contractId, push.target],
  });
}

/** The sale of a lead to a contract. Throws if there is none. */
export async function loadSale(db: Tx, leadId: LeadId, contractId: ContractId): Promise<Sale> {
  const found = await db.query<Sale>({
    name: 'sales.load',
    text: `select round, price_cents as "priceCents", reference from sales
           where lead_id = $1 and contract_id = $2`,
    values: [leadId, contractId],
  });
  const [sale] = found.rows;
  if (!sale) throw new Error(`no sale of ${leadId} to ${contractId}`);
  return sale;
}

/** How often a push was tried so far; 0 where it never was. */
export async function countTries(db: Tx, push: DeliveryKey): Promise<number> {
  const found = await db.query<{ tries: number }>({
    name: 'deliveries.count_tries',
    text: `select tries from deliveries where lead_id = $1 and contract_id = $2 and target = $3`,
    values: [push.leadId, push.contractId, push.target],
  });
  return found.rows[0]?.tries ?? 0;
}
