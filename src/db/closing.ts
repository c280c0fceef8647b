// The end of a lead that no single offer settled: refused, unsold, or sold to fewer than it could
// be.

import type { EventType } from '../domain/events/event.ts';
import type { LeadId } from '../domain/ids.ts';
import type { LeadOutcome } from '../domain/lead.ts';
import { cents } from '../domain/money.ts';
import { dropPlans } from './attempts.ts';
import { lockLead } from './leads.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';
import { ANSWER_CHANNEL } from './settlement.ts';
import type { Wait } from '../domain/waiting.ts';
import { storeVerdicts, type Verdict } from './verdicts.ts';
import { keepWaiting } from './waiting.ts';

export type Closing =
  | { readonly kind: 'closed'; readonly outcome: LeadOutcome }
  /** A place is still taken by an offer that nobody knows the answer to. */
  | { readonly kind: 'in_doubt' }
  /** Nobody bought it, and it is kept. */
  | { readonly kind: 'waiting'; readonly wait: Wait };

/**
 * Stores the lead's outcome and the verdicts that led to it, unless it has one: then that one is
 * returned. Sales make it sold whatever `unsold` says; an offer in doubt leaves it open. With
 * `wait`, a lead that would be unsold is kept instead.
 */
export async function closeLead(
  pool: Pool,
  closing: {
    readonly leadId: LeadId;
    readonly round: number;
    readonly unsold: Exclude<LeadOutcome, { kind: 'sold' }>;
    readonly verdicts: readonly Verdict[];
    readonly process: string;
    readonly wait?: Wait;
  },
): Promise<Closing> {
  const { leadId, round, verdicts } = closing;
  return inTransaction(pool, async (tx) => {
    const lead = await openLead(tx, leadId);
    if (lead.outcome) return { kind: 'closed', outcome: lead.outcome };
    await storeVerdicts(tx, { leadId, round, verdicts });
    if (lead.doubts > 0 && lead.sales.length === 0) return { kind: 'in_doubt' };

    const outcome = lead.sales.length > 0 ? soldTo(lead.sales) : closing.unsold;
    await dropPlans(tx, leadId);
    if (closing.wait && outcome.kind !== 'sold') {
      return { kind: 'waiting', wait: await keepWaiting(tx, { leadId, round }, closing.wait) };
    }
    await tx.query({
      name: 'closing.store_outcome',
      text: `with closed as (
               update leads set outcome = $2, status = $3, settled_at = now() where id = $1
             )
             insert into outbox (kind, lead_id, name, payload) values ('event', $1, $4, $5)`,
      values: [leadId, JSON.stringify(outcome), outcome.kind, ...eventOf(outcome)],
    });
    if (lead.waits_in !== null && lead.waits_in !== closing.process) {
      await tx.query(`select pg_notify('${ANSWER_CHANNEL}', $1)`, [`${lead.waits_in} ${leadId}`]);
    }
    return { kind: 'closed', outcome };
  });
}

/** The event of an end: its name and payload. Buyers were told of their sales before. */
function eventOf(outcome: LeadOutcome): [name: EventType, payload: string] {
  if (outcome.kind === 'sold') {
    return ['lead.sold', JSON.stringify({ outcome_payout_cents: outcome.payoutCents })];
  }
  const { reason } = outcome;
  return [outcome.kind === 'unsold' ? 'lead.unsold' : 'lead.rejected', JSON.stringify({ reason })];
}

interface OpenLead {
  readonly outcome: LeadOutcome | null;
  readonly waits_in: string | null;
  readonly doubts: number;
  readonly sales: readonly {
    readonly contract_id: string;
    readonly price_cents: number;
    readonly payout_cents: number;
    readonly redirect_url: string | null;
  }[];
}

async function openLead(tx: Tx, leadId: LeadId): Promise<OpenLead> {
  await lockLead(tx, leadId);
  const found = await tx.query<OpenLead>({
    name: 'closing.read_lead',
    text: `select outcome, waits_in,
             (select count(*) from attempts where lead_id = $1
                and state in ('sending', 'pending', 'in_doubt')) as doubts,
             coalesce((select jsonb_agg(jsonb_build_object('contract_id', contract_id,
                'price_cents', price_cents, 'payout_cents', payout_cents,
                'redirect_url', redirect_url)
                order by sold_at, contract_id) from sales where lead_id = $1), '[]') as sales
           from leads where id = $1`,
    values: [leadId],
  });
  const [lead] = found.rows;
  if (!lead) throw new Error(`no lead ${leadId}`);
  return lead;
}

function soldTo(sales: OpenLead['sales']): LeadOutcome {
  // The consumer can be sent to one place: the first buyer's.
  const redirectUrl = sales.find(({ redirect_url: url }) => url !== null)?.redirect_url;
  return {
    kind: 'sold',
    payoutCents: cents(sales.reduce((sum, sale) => sum + sale.payout_cents, 0)),
    sales: sales.map((sale) => ({
      contractId: sale.contract_id,
      priceCents: cents(sale.price_cents),
    })),
    ...(redirectUrl && { redirectUrl }),
  };
}
