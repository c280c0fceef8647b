// Pushes after a sale, and the proof of each.

import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Tx } from './pool.ts';

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
    text: `insert into deliveries (lead_id, contract_id, target, state, tries, detail)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (lead_id, contract_id, target) do update
             set state = excluded.state, tries = greatest(deliveries.tries, excluded.tries),
               detail = excluded.detail, at = now()
             where deliveries.state <> 'delivered'`,
    values: [push.leadId, push.contractId, push.target, push.state, push.tries, push.detail],
  });
}
