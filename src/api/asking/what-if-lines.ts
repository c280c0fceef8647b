// The lines of a what-if, from what was simulated. Nothing about a person is in them.

import type { Period } from '../../db/reading/recorded-leads.ts';
import type { LeadSale } from '../../domain/recorded.ts';
import type { ContractChange } from '../../simulation/difference.ts';
import type { SimulatedLead } from '../../simulation/simulate.ts';
import type { Side, Sums, Tally } from '../../simulation/tally.ts';
import type { WhatIfLead, WhatIfResult, WhatIfSide, WhatIfSums } from '../wire/what-if.ts';
import { toTime } from '../wire/words.ts';

/** The result: the sums of all leads told. */
export function toResult(
  { counts, before, after, buyers }: Tally,
  of: { readonly period: Period; readonly campaign: string | null; readonly notes: string[] },
): WhatIfResult {
  const { period, campaign, notes } = of;
  return {
    since: period.from.toISOString(),
    until: period.to.toISOString(),
    campaign,
    leads: { ...counts },
    before: toSide(before),
    after: toSide(after),
    buyers: [...buyers]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([buyer, line]) => {
        return { buyer, before: toSums(line.before), after: toSums(line.after) };
      }),
    notes,
  };
}

/** A lead that comes to something else. */
export function toLeadLine(lead: SimulatedLead, why: readonly ContractChange[]): WhatIfLead {
  const { recorded, status, sales, assumed } = lead;
  const { id, campaignId, sourceId, receivedAtMs } = recorded.lead;
  return {
    lead: id,
    campaign: campaignId,
    source: sourceId,
    received_at: toTime(receivedAtMs),
    before: { status: recorded.status, sales: recorded.sales.map(toSale) },
    after: { status, sales: sales.map(toSale) },
    assumed: assumed || lead.rounds.some(({ cutShort }) => cutShort),
    why: why.map(({ contractId, ...rest }) => ({ contract: contractId, ...rest })),
  };
}

function toSale({ contractId, buyerId, priceCents }: LeadSale) {
  return { contract: contractId, buyer: buyerId, price_cents: priceCents };
}

function toSums({ sales, revenueCents, payoutCents }: Sums): WhatIfSums {
  return {
    sales,
    revenue_cents: revenueCents,
    payout_cents: payoutCents,
    margin_cents: revenueCents - payoutCents,
  };
}

function toSide(side: Side): WhatIfSide {
  return { ...side.leads, ...toSums(side) };
}
