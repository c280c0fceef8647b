// A price that is changed after its sale: a correcting transfer for the buyer and one for the
// source, with sale, attempt, outcome and the word that caused it, in one commit.

import type { PriceVerdict } from '../../domain/doubts/price.ts';
import type { Effect } from '../../domain/doubts/doubt.ts';
import type { OfferKey } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import type { PriceReason } from '../../domain/reasons.ts';
import { payoutFor } from '../../domain/routing/pricing.ts';
import type { Payout } from '../../domain/world/world.ts';
import { lockLead } from '../leads.ts';
import { inTransaction, type Pool, type Tx } from '../pool.ts';
import { listSales } from '../settlement.ts';
import { recordPriceChange } from './price-changes.ts';
import { noteEffect } from './words.ts';

/** What a word asks for. */
export interface Repricing {
  readonly wordId: number;
  readonly namedCents: Cents;
  readonly payout: Payout;
  /** Decides by the price that stands, under the lead's lock. */
  judge(standsCents: Cents): PriceVerdict;
}

/** What a word did to the price of a sale. */
export interface Repriced {
  readonly effect: Effect;
  readonly beforeCents: Cents;
  readonly afterCents: Cents;
  readonly why: PriceReason | null;
}

/** Changes the price of a sale, once for each word; undefined if there is no such sale. */
export async function repriceSale(
  pool: Pool,
  key: OfferKey,
  { wordId, namedCents, payout, judge }: Repricing,
): Promise<Repriced | undefined> {
  return inTransaction(pool, async (tx) => {
    await lockLead(tx, key.leadId);
    const sales = await listSales(tx, key.leadId);
    const index = sales.findIndex((sale) => sale.contract_id === key.contractId);
    const sale = sales[index];
    if (!sale) return undefined;
    const beforeCents = sale.price_cents;
    const verdict = judge(beforeCents);
    const isTaken = verdict.kind === 'take';
    const why = verdict.kind === 'same' ? null : verdict.why;
    const done: Repriced = {
      effect: EFFECT[verdict.kind],
      beforeCents,
      afterCents: isTaken ? namedCents : beforeCents,
      why,
    };
    if (isTaken) {
      // A fixed sum was earned by the first sale, whatever that costs.
      const payoutCents =
        payout.kind === 'share' ? payoutFor(payout, namedCents, index) : sale.payout_cents;
      const cause = `word/${wordId}`;
      const { afterCents } = done;
      await recordPriceChange(tx, key, { id: cause, beforeCents, afterCents, why: verdict.why });
      await move(tx, key, { cause, before: sale, priceCents: namedCents, payoutCents });
    }
    await noteEffect(tx, wordId, done);
    return done;
  });
}

const EFFECT: Readonly<Record<PriceVerdict['kind'], Effect>> = {
  same: 'none',
  keep: 'price_kept',
  ask: 'price_asked',
  take: 'repriced',
};

const MOVE = `with sale as (
    update sales set price_cents = $5, payout_cents = $6
    where lead_id = $1 and contract_id = $2 and round = $3
    returning lead_id, contract_id, campaign_id, source_id, buyer_id
  ), moved as (
    insert into transfers (id, kind, from_account, to_account, amount_cents, lead_id,
      campaign_id, source_id, buyer_id)
    select kind || '/' || $4, kind, case when by > 0 then payer else payee end,
      case when by > 0 then payee else payer end, abs(by), lead_id, campaign_id, source_id, buyer_id
    from sale, lateral (values
      ('charge_change', 'buyer/' || buyer_id, 'house', $5 - $7::bigint),
      ('payout_change', 'house', 'source/' || source_id, $6 - $8::bigint)
    ) as change (kind, payer, payee, by)
    where by <> 0
  ), told as (
    insert into outbox (kind, lead_id, name, payload)
    select 'event', lead_id, 'lead.price_changed', jsonb_build_object('contract', contract_id,
      'buyer', buyer_id, 'price_cents', $5::bigint, 'payout_cents', $6::bigint)
      || coalesce((select jsonb_build_object('outcome_payout_cents',
        (outcome ->> 'payoutCents')::bigint + $6 - $8)
        from leads where id = $1 and outcome ->> 'kind' = 'sold' and $6 <> $8), '{}')
    from sale
  )
  update leads set outcome = outcome || jsonb_build_object(
    'payoutCents', (outcome ->> 'payoutCents')::bigint + $6 - $8,
    'sales', (select jsonb_agg(case when s ->> 'contractId' = $2
        then s || jsonb_build_object('priceCents', $5::bigint) else s end order by n)
      from jsonb_array_elements(outcome -> 'sales') with ordinality as e (s, n)))
  where id = $1 and outcome ->> 'kind' = 'sold'
    and outcome -> 'sales' @> jsonb_build_array(jsonb_build_object('contractId', $2::text))`;

/** Moves the difference between accounts, and says the new price wherever the old one stood. */
async function move(
  tx: Tx,
  { leadId, contractId, round }: OfferKey,
  change: {
    readonly cause: string;
    readonly before: { readonly price_cents: Cents; readonly payout_cents: Cents };
    readonly priceCents: Cents;
    readonly payoutCents: Cents;
  },
): Promise<void> {
  const { cause, before, priceCents, payoutCents } = change;
  await tx.query({
    name: 'reprice.move',
    text: MOVE,
    values: [
      ...[leadId, contractId, round, cause, priceCents, payoutCents],
      ...[before.price_cents, before.payout_cents],
    ],
  });
}
