// What an offer came to, in one transaction: attempt, sale, ledger, lead, outgoing event. Each is
// compare-and-set from `sending` or `in_doubt`, so a repeat or a late run changes nothing twice.

import type { OfferKey } from '../domain/ids.ts';
import type { LeadOutcome, OfferResult } from '../domain/lead.ts';
import { type Cents, cents } from '../domain/money.ts';
import { payoutFor } from '../domain/pricing.ts';
import type { Payout } from '../domain/world.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';

export type Accepted = OfferResult & { kind: 'accepted' };

/** The terms of a sale that stand in the world version of the lead. */
export interface SaleTerms {
  readonly payout: Payout;
  readonly maxPlaces: number;
  readonly exclusive: boolean;
  readonly redirectUrl: string | null;
  /** Names this process; a source that waits in another one is notified. */
  readonly process: string;
}

/** The channel on which a process hears that a lead, whose source waits in it, was settled. */
export const ANSWER_CHANNEL = 'sluice_answers';

export type Settled =
  | { readonly kind: 'sold'; readonly fillsLead: boolean; readonly outcome: LeadOutcome | null }
  /** Settled before in the same way. */
  | { readonly kind: 'repeat' }
  /** Doubt was decided the other way before: not charged, shown to operators. */
  | { readonly kind: 'conflict' };

interface LeadTerms {
  readonly campaign_id: string;
  readonly source_id: string;
  readonly waits_in: string | null;
  readonly settled: boolean;
}

/** Books an acceptance: attempt, sale, charge, payout, lead and event, all or nothing, once. */
export async function settleAccepted(
  pool: Pool,
  key: OfferKey,
  { result, terms }: { result: Accepted; terms: SaleTerms },
): Promise<Settled> {
  return inTransaction(pool, async (tx) => {
    const lead = await lockLead(tx, key);
    const sold = await tx.query<{ contract_id: string; price_cents: Cents; payout_cents: Cents }>({
      name: 'settlement.list_sales',
      text: `select contract_id, price_cents, payout_cents from sales where lead_id = $1
             order by sold_at, contract_id`,
      values: [key.leadId],
    });
    const before = sold.rows;
    const payoutCents = payoutFor(terms.payout, result.priceCents, before.length);
    const fillsLead = terms.exclusive || before.length + 1 >= terms.maxPlaces;
    const sales = [...before, { contract_id: key.contractId, price_cents: result.priceCents }];
    const outcome: LeadOutcome = {
      kind: 'sold',
      payoutCents: cents(before.reduce<number>((sum, s) => sum + s.payout_cents, payoutCents)),
      sales: sales.map((sale) => ({ contractId: sale.contract_id, priceCents: sale.price_cents })),
      ...(terms.redirectUrl && { redirectUrl: terms.redirectUrl }),
    };
    const settles = fillsLead && !lead.settled;
    const booked = await book(tx, key, {
      stored: result,
      payoutCents,
      outcome: settles ? outcome : null,
      redirectUrl: terms.redirectUrl,
    });
    if (booked === 0) return whyNotBooked(tx, key, result);
    if (settles) {
      await notify(tx, lead, { leadId: key.leadId, process: terms.process });
    }
    return { kind: 'sold', fillsLead, outcome: settles ? outcome : null };
  });
}

async function lockLead(tx: Tx, { leadId }: OfferKey): Promise<LeadTerms> {
  const found = await tx.query<LeadTerms>({
    name: 'settlement.lock_lead',
    text: `select campaign_id, source_id, waits_in, outcome is not null as settled
           from leads where id = $1 for no key update`,
    values: [leadId],
  });
  const [lead] = found.rows;
  if (!lead) throw new Error(`no lead ${leadId}`);
  return lead;
}

async function notify(
  tx: Tx,
  lead: LeadTerms,
  { leadId, process }: { leadId: string; process: string },
): Promise<void> {
  // Only when somebody elsewhere waits: a notify takes a database-wide lock at commit.
  if (lead.waits_in === null || lead.waits_in === process) return;
  await tx.query(`select pg_notify('${ANSWER_CHANNEL}', $1)`, [`${lead.waits_in} ${leadId}`]);
}

/** One statement, so that no half of it can ever be seen. Returns how many attempts it settled. */
async function book(
  tx: Tx,
  { leadId, contractId, round }: OfferKey,
  sale: {
    stored: Accepted;
    payoutCents: Cents;
    outcome: LeadOutcome | null;
    redirectUrl: string | null;
  },
): Promise<number> {
  const settled = await tx.query({
    name: 'settlement.book',
    text: `with before as (
             select state from attempts where lead_id = $1 and contract_id = $2 and round = $3
           ), settled as (
             update attempts set state = 'accepted', result = $4, price_cents = $5,
               settled_at = now()
             where lead_id = $1 and contract_id = $2 and round = $3
               and state in ('sending', 'in_doubt')
             returning lead_id, contract_id, buyer_id, round
           ), sold as (
             insert into sales (lead_id, contract_id, buyer_id, source_id, campaign_id, round,
               price_cents, payout_cents, reference, redirect_url)
             select s.lead_id, s.contract_id, s.buyer_id, l.source_id, l.campaign_id, s.round,
               $5, $6, $7, $9
             from settled s join leads l on l.id = s.lead_id
             returning lead_id, contract_id, buyer_id, source_id, campaign_id
           ), moved as (
             insert into transfers (id, kind, from_account, to_account, amount_cents, lead_id,
               campaign_id, source_id, buyer_id)
             select 'sale/' || lead_id || '/' || contract_id, 'charge', 'buyer/' || buyer_id,
               'house', $5, lead_id, campaign_id, source_id, buyer_id from sold
             union all
             select 'payout/' || lead_id || '/' || contract_id, 'payout', 'house',
               'source/' || source_id, $6, lead_id, campaign_id, source_id, buyer_id from sold
           ), told as (
             insert into outbox (kind, lead_id, name, payload)
             select 'event', lead_id, 'lead.sold', jsonb_build_object('contract', contract_id,
               'buyer', buyer_id, 'price_cents', $5::bigint, 'payout_cents', $6::bigint) from sold
           ), signalled as (
             insert into outbox (kind, lead_id, name, payload)
             select 'signal', lead_id, 'attemptSettled', jsonb_build_object('contract', contract_id)
             from sold where (select state from before) = 'in_doubt'
           ), closed as (
             update leads set outcome = $8, status = 'sold', settled_at = now()
             where id = (select lead_id from settled) and outcome is null and $8::jsonb is not null
           ), dropped as (
             update attempts set state = 'not_sent', settled_at = now()
             where lead_id = $1 and state = 'planned' and exists (select from settled)
               and $8::jsonb is not null
           )
           select from settled`,
    values: [
      leadId,
      contractId,
      round,
      JSON.stringify(sale.stored),
      sale.stored.priceCents,
      sale.payoutCents,
      sale.stored.reference,
      sale.outcome && JSON.stringify(sale.outcome),
      sale.redirectUrl,
    ],
  });
  return settled.rowCount ?? 0;
}

async function whyNotBooked(tx: Tx, key: OfferKey, result: Accepted): Promise<Settled> {
  const conflict = await tx.query({
    name: 'settlement.record_conflict',
    text: `update attempts set state = 'accepted_conflict', result = $4
           where lead_id = $1 and contract_id = $2 and round = $3 and state = 'rejected'`,
    values: [key.leadId, key.contractId, key.round, JSON.stringify(result)],
  });
  return { kind: conflict.rowCount === 1 ? 'conflict' : 'repeat' };
}

/**
 * Settles an offer that brought no sale: rejected, not sent, or in doubt. Only a definite answer
 * ends a doubt, and then the workflow, which waits for it, is told. True if this call settled it.
 */
export async function settleUnaccepted(
  db: Tx,
  { leadId, contractId, round }: OfferKey,
  result: OfferResult & { kind: 'rejected' | 'in_doubt' | 'not_sent' },
): Promise<boolean> {
  const settled = await db.query({
    name: 'settlement.settle_unaccepted',
    // The lead is locked first, as in every other transaction: two orders would meet in a deadlock.
    // `before` is then the state after any wait, not the one that this statement began with.
    text: `with lead as (
             select id from leads where id = $1 for no key update
           ), before as (
             select state from lead join attempts on lead_id = id
             where contract_id = $2 and attempts.round = $3 for no key update of attempts
           ), settled as (
             update attempts set state = $4, result = $5, settled_at = now()
             where lead_id = $1 and contract_id = $2 and round = $3
               and exists (select from before)
               and (state = 'sending' or (state = 'in_doubt' and $4 <> 'in_doubt'))
             returning lead_id
           ), marked as (
             update leads set status = case when $4 = 'in_doubt' then 'in_doubt' else 'received' end
             where id = (select lead_id from settled) and outcome is null
               and ($4 = 'in_doubt' or (select state from before) = 'in_doubt')
           ), signalled as (
             insert into outbox (kind, lead_id, name, payload)
             select 'signal', lead_id, 'attemptSettled', jsonb_build_object('contract', $2::text)
             from settled where (select state from before) = 'in_doubt'
           )
           select from settled`,
    values: [leadId, contractId, round, result.kind, JSON.stringify(result)],
  });
  return settled.rowCount === 1;
}
