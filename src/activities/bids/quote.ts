// What a lead would earn its source, asked before there is a lead: buyers are pinged, nothing is
// held, offered or drawn.

import type { PingResult, StageRoute } from '../../domain/lead.ts';
import type { Cents } from '../../domain/money.ts';
import { candidatesOf, reasonsSoFar, unsoldReasonOf } from '../../domain/outcome.ts';
import type { Quote } from '../../domain/ping.ts';
import { payoutFor } from '../../domain/routing/pricing.ts';
import { scoreLead } from '../../domain/score.ts';
import { isDisposable } from '../../eligibility/leads/disposable.ts';
import type { Stage } from '../../domain/world/campaign.ts';
import { isRotating, routeStage } from '../../routing/stage.ts';
import { holdAuction } from './auction.ts';
import { type Case, contractOf } from '../cases.ts';
import { onTestUrls, takesTests } from './rehearsal.ts';
import type { ActivityDeps } from '../deps.ts';

export interface Quoted {
  readonly quote: Quote;
  /** Of all stages that were looked at. */
  readonly bids: readonly PingResult[];
}

/**
 * The payout of the first offer that the lead would make: of the first stage in which anybody
 * would buy, by its best bid or its first fixed price. Where turns are drawn, by the lowest: nobody
 * knows whose turn it will be. What is promised is a floor for the lead of the post. A test asks
 * test addresses only.
 */
export async function quoteLead(deps: ActivityDeps, known: Case): Promise<Quoted> {
  const { lead, campaign, loaded } = known;
  const source = loaded.world.sources[lead.sourceId];
  if (!source) throw new Error(`no source ${lead.sourceId} in world ${loaded.version}`);
  const stages: { route: StageRoute; auction?: Awaited<ReturnType<typeof holdAuction>> }[] = [];
  const bids: PingResult[] = [];
  let leftOut = false;
  const asked = lead.test ? onTestUrls(known) : known;
  for (const stage of campaign.routing) {
    const whole = routeFor(deps, asked, { stage, stages });
    const route = lead.test ? ofTests(asked, whole) : whole;
    if (route.order.length < whole.order.length) leftOut = true;
    const auction = await auctionFor(deps, asked, { stage, route });
    stages.push({ route, ...(auction && { auction }) });
    bids.push(...(auction?.pings ?? []));
    const prices = candidatesOf(route, auction).map(({ priceCents }) => priceCents);
    const [first] = isLotted(route) ? prices.toSorted((a, b) => a - b) : prices;
    if (first !== undefined) {
      const payoutCents: Cents = payoutFor(source.payout, first, 0);
      return { quote: { kind: 'bid', payoutCents }, bids };
    }
  }
  // Whoever was left out might have bid on a real ping.
  const reason = leftOut ? 'test_lead' : unsoldReasonOf({ stages, offers: [] });
  return { quote: { kind: 'no_bid', reason }, bids };
}

/** The route without the contracts that a test may not ask. */
function ofTests(known: Case, route: StageRoute): StageRoute {
  if (route.method !== 'ping_post') return route;
  return { ...route, order: route.order.filter((id) => takesTests(contractOf(known, id))) };
}

function routeFor(
  { desk, now }: ActivityDeps,
  { lead, campaign, loaded }: Case,
  { stage, stages }: { stage: Stage; stages: readonly { route: StageRoute }[] },
): StageRoute {
  const vertical = loaded.world.verticals[campaign.vertical];
  if (!vertical) throw new Error(`no vertical ${campaign.vertical}`);
  const atMs = now();
  const { score } = scoreLead({ lead, vertical, atMs, isDisposable });
  const came = reasonsSoFar({ stages, offers: [] });
  return routeStage(loaded, stage, { lead, score, live: desk, atMs, came, isPing: true });
}

async function auctionFor(
  deps: ActivityDeps,
  known: Case,
  { stage, route }: { stage: Stage; route: StageRoute },
) {
  if (stage.method !== 'ping_post' || route.order.length === 0) return undefined;
  const key = { leadId: known.lead.id, round: 1, stage: stage.name };
  const { order, terms } = route;
  return holdAuction(deps, { key, known, stage, order, ...(terms && { terms }) });
}

/** A turn is drawn among its contracts, in a waterfall among those of its first tier. */
const isLotted = ({ method, tier }: StageRoute) => isRotating(method) || tier !== undefined;
