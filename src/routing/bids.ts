// What an auction makes of the answers to its pings: which bids count, who is first, what each
// would pay. Pure, so that recorded pings can be ranked again.

import type { Outstanding, Standing } from '../domain/routing/auction.ts';
import {
  type Award,
  type AuctionRules,
  awardBids,
  contractsOf,
  type Entry,
  type Refusal,
} from '../domain/routing/award.ts';
import type { ContractId } from '../domain/ids.ts';
import type { Auction, Lead, Leg, PingResult, PricedOffer, StageRoute } from '../domain/lead.ts';
import { type Cents, dollars, highest, ZERO } from '../domain/money.ts';
import { lotOf } from '../domain/routing/lot.ts';
import type { Campaign, Stage } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import { contractIn, leastOf } from './stage.ts';

/** A stage that asks for bids. */
export type PingPost = Stage & { method: 'ping_post' };

/** One lead in one auction. */
export interface AuctionPlace {
  readonly world: World;
  readonly campaign: Campaign;
  readonly stage: PingPost;
  readonly lead: Pick<Lead, 'id' | 'sourceId' | 'campaignId' | 'askingCents'>;
}

/** The rules of an auction, with the floors that hold for every contract in it. */
export function auctionRules({ world, campaign, stage, lead }: AuctionPlace): AuctionRules {
  const { everySaleCents, firstSaleCents } = leastOf(world, lead);
  const sourceFloor = world.sources[lead.sourceId]?.floorCents ?? ZERO;
  const floors = [stage.floorCents, campaign.floorCents, sourceFloor, everySaleCents];
  const { pricing, pick, minBidders } = stage;
  return {
    floorCents: highest(...floors),
    ...{ firstSaleCents, places: campaign.maxSales, pricing, pick, minBidders },
  };
}

/** How a contract stands in the ranking for this lead, whatever it bids. */
export function standingOf(place: AuctionPlace, contractId: ContractId): Outstanding {
  const { world, lead, stage } = place;
  const contract = contractIn(world, contractId);
  const { multiplierBasisPoints, floorCents, maxBidCents, adjustments } = contract;
  const adjustment = adjustments.find(({ source }) => source === lead.sourceId);
  return {
    ...{ contractId, multiplierBasisPoints, maxBidCents },
    priority: stage.ties === 'spread' ? lotOf(lead.id, contractId) : contract.priority,
    floorCents: highest(floorCents, world.buyers[contract.buyer]?.floorCents ?? ZERO),
    ...(adjustment && { adjustment }),
  };
}

/** A fixed price is a bid that needs no asking. */
export function fixedBid(
  contractId: ContractId,
  { priceCents }: Pick<Contract, 'priceCents'>,
): PingResult {
  return { contractId, kind: 'bid', priceCents: priceCents ?? ZERO, ms: 0 };
}

/**
 * A bid that could be read; a no-bid where it is above what the contract may bid. Of several prices
 * those that are not above it stay.
 */
export function heldToCeiling(
  bid: PingResult & { kind: 'bid' },
  { maxBidCents }: Pick<Contract, 'maxBidCents'>,
): PingResult {
  const { contractId, priceCents, ms, legs } = bid;
  const detail = `at most ${dollars(maxBidCents)}`;
  const over = { contractId, kind: 'no_bid', reason: 'bid_over_ceiling', detail, ms } as const;
  if (!legs) return priceCents <= maxBidCents ? bid : { ...over, priceCents };
  const kept = legs.filter((leg) => leg.priceCents <= maxBidCents);
  if (kept.length === legs.length) return bid;
  if (kept.length === 0) return { ...over, priceCents };
  return { ...bid, priceCents: highestOf(kept), legs: kept };
}

/** The highest price of an answer that names several. */
export function highestOf(legs: readonly Leg[]): Cents {
  return highest(...legs.map(({ priceCents }) => priceCents));
}

/** A ping's answer as the bids that it takes part with. */
export function entriesOf(
  { world }: AuctionPlace,
  ping: PingResult,
  standing: Standing,
): readonly Entry[] {
  if (ping.kind !== 'bid') return [];
  const contract = contractIn(world, ping.contractId);
  const legs: readonly Leg[] = ping.legs ?? [ping];
  return legs.map(({ priceCents, shared = !contract.exclusive, bidId }) => ({
    ...standing,
    priceCents,
    ...(shared && { shared }),
    ...(bidId !== undefined && { bidId }),
    ...(contract.priceCents !== null && { fixed: true }),
  }));
}

/**
 * Ranks what was bid, best first. A bid that does not count is told as a no-bid with its price,
 * never raised. The table is in order of contract id.
 */
export function rankPings(
  place: AuctionPlace,
  pings: readonly PingResult[],
): Pick<Auction, 'ranked' | 'offers' | 'pick' | 'firstSaleCents' | 'pings' | 'floorCents'> {
  const rules = auctionRules(place);
  const bids = pings.flatMap((ping) =>
    ping.kind === 'bid' ? entriesOf(place, ping, standingOf(place, ping.contractId)) : [],
  );
  const { ranked, refused } = awardBids(bids, rules);
  const counted = new Set(contractsOf(ranked));
  const why = new Map<ContractId, Refusal>();
  for (const refusal of refused) {
    const { contractId } = refusal.bid;
    if (!counted.has(contractId) && !why.has(contractId)) why.set(contractId, refusal);
  }
  const { floorCents, firstSaleCents } = rules;
  return {
    ranked: [...counted],
    ...offersOf(ranked, { bids, pings, rules }),
    ...(firstSaleCents > 0 && { firstSaleCents }),
    pings: pings.map((ping) => refusedOr(ping, why)).sort(byContract),
    floorCents,
  };
}

/** The bids of a stage as far as they are known without asking. */
export interface KnownBids {
  /** In the order of the route. */
  readonly pings: readonly PingResult[];
  /** Whoever would have to be asked. */
  readonly unknown: readonly ContractId[];
}

/**
 * What the contracts of a route bid, from pings that were recorded, under the terms of this world:
 * fixed prices by the hours in which it was routed, or by the contract; a bid that was read and did
 * not count is judged anew.
 */
export function recallBids(
  world: World,
  { order, terms }: Pick<StageRoute, 'order' | 'terms'>,
  recorded: readonly PingResult[],
): KnownBids {
  const byId = new Map(recorded.map((ping) => [ping.contractId, ping]));
  const pings: PingResult[] = [];
  const unknown: ContractId[] = [];
  for (const contractId of order) {
    const contract = contractIn(world, contractId);
    const ping = byId.get(contractId);
    const priceCents = terms?.[contractId]?.priceCents ?? contract.priceCents;
    if (contract.ping === null) pings.push(fixedBid(contractId, { priceCents }));
    else if (ping) pings.push(judgedAnew(ping, contract));
    else unknown.push(contractId);
  }
  return { pings, unknown };
}

/** A recorded answer under what its contract may bid now. */
export function judgedAnew(ping: PingResult, contract: Contract): PingResult {
  if (ping.kind === 'bid') return heldToCeiling(ping, contract);
  const { contractId, priceCents, ms } = ping;
  if (priceCents === undefined) return ping;
  return heldToCeiling({ contractId, kind: 'bid', priceCents, ms }, contract);
}

/** The priced offers, where price and terms of a bid do not say it all; nothing where they do. */
function offersOf(
  ranked: readonly Award[],
  of: { bids: readonly Entry[]; pings: readonly PingResult[]; rules: AuctionRules },
): Pick<Auction, 'offers' | 'pick'> {
  const { places, pick, pricing, firstSaleCents } = of.rules;
  const byTotal = pick === 'total' && places > 1;
  const isPlain =
    pricing === 'first' &&
    !byTotal &&
    (firstSaleCents === 0 || places === 1) &&
    of.bids.every(({ adjustment }) => !adjustment) &&
    of.pings.every((ping) => ping.kind !== 'bid' || !ping.legs);
  if (isPlain || ranked.length === 0) return {};
  const offers = ranked.map(
    ({ contractId, priceCents, shared, bidId, rankCents }): PricedOffer => ({
      ...{ contractId, priceCents },
      ...(shared && { shared: true }),
      ...(bidId !== undefined && { bidId }),
      ...(rankCents !== priceCents && { rankCents }),
    }),
  );
  return { offers, ...(byTotal && { pick: 'total' as const }) };
}

function refusedOr(ping: PingResult, why: ReadonlyMap<ContractId, Refusal>): PingResult {
  const { contractId, ms } = ping;
  const refusal = why.get(contractId);
  if (!refusal) return ping;
  const { reason, detail, bid } = refusal;
  const { priceCents } = bid;
  return { contractId, kind: 'no_bid', reason, priceCents, ms, ...(detail && { detail }) };
}

function byContract(a: PingResult, b: PingResult): number {
  return a.contractId < b.contractId ? -1 : 1;
}
