// Sales, read. They are booked by settlement.ts only.

import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Tx } from './pool.ts';

export interface Sale {
  readonly round: number;
  readonly priceCents: Cents;
  readonly reference: string | null;
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
