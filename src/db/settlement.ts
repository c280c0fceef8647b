// What an offer came to, in one transaction: attempt, sale, ledger, lead, outgoing event. Each is
// compare-and-set from `sending`, `in_doubt` or `pending`, so a repeat or a late run changes
// nothing twice.

import type { OfferKey } from '../domain/ids.ts';
import type { LeadOutcome, OfferResult } from '../domain/lead.ts';
import { type Cents, cents } from '../domain/money.ts';
import { payoutFor } from '../domain/routing/pricing.ts';
import type { Payout } from '../domain/world/world.ts';
import { lockLead } from './leads.ts';
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
  /** The lead's own run settles it, and needs no signal; one would come in the middle of a task. */
  readonly byRun?: boolean;
}

/** The channel on which a process hears that a lead, whose source waits in it, was settled. */
export const ANSWER_CHANNEL = 'sluice_answers';

export type Settled =
  | { readonly kind: 'sold'; readonly fillsLead: boolean; readonly outcome: LeadOutcome | null }
  /** Settled before in the same way. */
  | { readonly kind: 'repeat' }
  /** Doubt was decided the other way before: not charged, shown to operators. */
  | { readonly kind: 'conflict' };

type SaleRow = {
  readonly contract_id: string;
  readonly price_cents: Cents;
  readonly payout_cents: Cents;
};

/**
 * Books an acceptance: attempt, sale, charge, payout, lead and event, all or nothing, once. A sale
 * that fills the lead alone is one statement: each trip to PostgreSQL costs a source its time.
 */
export async function settleAccepted(
  pool: Pool,
  key: OfferKey,
  sale: { result: Accepted; terms: SaleTerms },
): Promise<Settled> {
  if (sale.terms.exclusive || sale.terms.maxPlaces === 1)
    return settleSale(pool, key, { ...sale, before: [] });
  return inTransaction(pool, async (tx) => {
    await lockLead(tx, key.leadId);
    const sold = await tx.query<SaleRow>({
      name: 'settlement.list_sales',
      text: `select contract_id, price_cents, payout_cents from sales where lead_id = $1
             order by sold_at, contract_id`,
      values: [key.leadId],
    });
    return settleSale(tx, key, { ...sale, before: sold.rows });
  });
}

async function settleSale(
  db: Tx,
  key: OfferKey,
  sale: { result: Accepted; terms: SaleTerms; before: readonly SaleRow[] },
): Promise<Settled> {
  const { result, terms, before } = sale;
  const payoutCents = payoutFor(terms.payout, result.priceCents, before.length);
  const fillsLead = terms.exclusive || before.length + 1 >= terms.maxPlaces;
  const sales = [...before, { contract_id: key.contractId, price_cents: result.priceCents }];
  const outcome: LeadOutcome = {
    kind: 'sold',
    payoutCents: cents(before.reduce<number>((sum, s) => sum + s.payout_cents, payoutCents)),
    sales: sales.map((sale) => ({ contractId: sale.contract_id, priceCents: sale.price_cents })),
    ...(terms.redirectUrl && { redirectUrl: terms.redirectUrl }),
  };
  const settled = await book(db, key, {
    stored: result,
    payoutCents,
    outcome: fillsLead ? outcome : null,
    terms,
  });
  if (!settled) return whyNotBooked(db, key, result);
  return { kind: 'sold', fillsLead, outcome: settled.closed ? outcome : null };
}

// One statement, so that no half of it can ever be seen. The lead is locked first, as everywhere:
// two orders would meet in a deadlock. `before` is then the state after any wait, not the one that
// this statement began with.
const BOOK = `
  with lead as (
    select id, waits_in from leads where id = $1
    for no key update
  ), before as (
    select state from lead join attempts on lead_id = id
    where contract_id = $2 and attempts.round = $3 for no key update of attempts
  ), settled as (
    update attempts set state = 'accepted', result = $4, price_cents = $5,
      settled_at = now()
    where lead_id = $1 and contract_id = $2 and round = $3
      and exists (select from before) and state in ('sending', 'in_doubt', 'pending')
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
  ), closed as (
    update leads set outcome = $8, status = 'sold', settled_at = now()
    where id = (select lead_id from settled) and outcome is null and $8::jsonb is not null
    returning id
  ), told as (
    insert into outbox (kind, lead_id, name, payload)
    select 'event', lead_id, 'lead.sold', jsonb_build_object('contract', contract_id,
      'buyer', buyer_id, 'price_cents', $5::bigint, 'payout_cents', $6::bigint)
      -- What its source hears: the end of the lead, not how many sales it took.
      || coalesce((select jsonb_build_object('outcome_payout_cents', $8::jsonb -> 'payoutCents')
        from closed), '{}')
    from sold
  ), signalled as (
    insert into outbox (kind, lead_id, name, payload)
    select 'signal', lead_id, 'attemptSettled', jsonb_build_object('contract', contract_id)
    from sold where (select state from before) in ('in_doubt', 'pending') and not $11
  ), dropped as (
    update attempts set state = 'not_sent', settled_at = now()
    where lead_id = $1 and state = 'planned' and exists (select from settled)
      and $8::jsonb is not null
  ), notified as (
    -- Only when somebody elsewhere waits: a notify locks the whole database at commit.
    select pg_notify('${ANSWER_CHANNEL}', waits_in || ' ' || id) from lead
    where waits_in <> $10 and exists (select from closed)
  )
  select exists (select from closed) as closed, (select count(*) from notified)
  from settled`;

/** Undefined when the attempt waited for no answer; `closed`: the lead has its outcome by it. */
async function book(
  db: Tx,
  { leadId, contractId, round }: OfferKey,
  sale: { stored: Accepted; payoutCents: Cents; outcome: LeadOutcome | null; terms: SaleTerms },
): Promise<{ readonly closed: boolean } | undefined> {
  const settled = await db.query<{ closed: boolean }>({
    name: 'settlement.book',
    text: BOOK,
    values: [
      leadId,
      contractId,
      round,
      JSON.stringify(sale.stored),
      sale.stored.priceCents,
      sale.payoutCents,
      sale.stored.reference,
      sale.outcome && JSON.stringify(sale.outcome),
      sale.terms.redirectUrl,
      sale.terms.process,
      sale.terms.byRun ?? false,
    ],
  });
  return settled.rows[0];
}

async function whyNotBooked(db: Tx, key: OfferKey, result: Accepted): Promise<Settled> {
  const conflict = await db.query({
    name: 'settlement.record_conflict',
    text: `update attempts set state = 'accepted_conflict', result = $4
           where lead_id = $1 and contract_id = $2 and round = $3 and state = 'rejected'`,
    values: [key.leadId, key.contractId, key.round, JSON.stringify(result)],
  });
  return { kind: conflict.rowCount === 1 ? 'conflict' : 'repeat' };
}

/**
 * Settles an offer that brought no sale: rejected, not sent, in doubt, or pending, into which a
 * doubt may turn. Only a definite answer ends either, and then the workflow, which waits for it, is
 * told. True if this call settled it.
 */
export async function settleUnaccepted(
  db: Tx,
  { leadId, contractId, round, byRun = false }: OfferKey & Pick<SaleTerms, 'byRun'>,
  result: Extract<OfferResult, { kind: 'rejected' | 'in_doubt' | 'pending' | 'not_sent' }>,
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
               and (state = 'sending' or (state = 'in_doubt' and $4 <> 'in_doubt')
                 or (state = 'pending' and $4 not in ('in_doubt', 'pending')))
             returning lead_id
           ), marked as (
             update leads set status =
               case when $4 in ('in_doubt', 'pending') then 'in_doubt' else 'received' end
             where id = (select lead_id from settled) and outcome is null
               and ($4 in ('in_doubt', 'pending')
                 or (select state from before) in ('in_doubt', 'pending'))
           ), signalled as (
             insert into outbox (kind, lead_id, name, payload)
             select 'signal', lead_id, 'attemptSettled', jsonb_build_object('contract', $2::text)
             from settled where (select state from before) in ('in_doubt', 'pending')
               and $4 not in ('in_doubt', 'pending') and not $6
           )
           select from settled`,
    values: [leadId, contractId, round, result.kind, JSON.stringify(result), byRun],
  });
  return settled.rowCount === 1;
}
