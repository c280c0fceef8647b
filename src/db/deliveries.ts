// Pushes after a sale: what was sold, and the proof of each push. Sales are booked by
// settlement.ts.

import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Sale } from '../domain/outcome.ts';
import type { Tx } from './pool.ts';

/** Writes what a push ended with into the outbox, once, if a webhook asks for that. */
const TELL = `
  insert into outbox (kind, lead_id, name, payload)
  select 'event', lead_id, type, jsonb_build_object('contract', contract_id, 'target', target,
    'buyer', (select buyer_id from sales s
      where s.lead_id = stored.lead_id and s.contract_id = stored.contract_id))
  from stored join wanted_events on type =
    case state when 'delivered' then 'lead.delivered' when 'failed' then 'delivery.failed' end
  where state is distinct from (select state from before)`;

/** Records the latest try of a push; what was delivered stays delivered. */
export async function recordDelivery(
  db: Tx,
  push: {
    readonly leadId: LeadId;
    readonly contractId: ContractId;
    readonly target: string;
    readonly state: 'delivered' | 'trying' | 'failed';
    readonly tries: number;
    readonly detail: string;
  },
): Promise<void> {
  await db.query({
    name: 'deliveries.record',
    text: `with before as (
             select state from deliveries where lead_id = $1 and contract_id = $2 and target = $3
           ), stored as (
             insert into deliveries (lead_id, contract_id, target, state, tries, detail)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (lead_id, contract_id, target) do update
               set state = excluded.state, tries = greatest(deliveries.tries, excluded.tries),
                 detail = excluded.detail, at = now()
               where deliveries.state <> 'delivered'
             returning lead_id, contract_id, target, state
           ) ${TELL}`,
    values: [push.leadId, push.contractId, push.target, push.state, push.tries, push.detail],
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
