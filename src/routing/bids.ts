// What an auction makes of the answers to its pings: which bids count, and who is first. Pure, so
// that recorded pings can be ranked again.

import { type Bid, rankBids, type Standing } from '../domain/routing/auction.ts';
import type { ContractId } from '../domain/ids.ts';
import type { Auction, PingResult } from '../domain/lead.ts';
import { type Cents, dollars, ZERO } from '../domain/money.ts';
import type { Campaign, Stage } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import { contractIn } from './stage.ts';

/** A stage that asks for bids. */
export type PingPost = Stage & { method: 'ping_post' };

/** The floor of an auction; a contract's own may raise it for that contract. */
export function auctionFloor(stage: PingPost, campaign: Campaign): Cents {
  return stage.floorCents > campaign.floorCents ? stage.floorCents : campaign.floorCents;
}

/** A fixed price is a bid that needs no asking. */
export function fixedBid(contractId: ContractId, { priceCents }: Contract): PingResult {
  return { contractId, kind: 'bid', priceCents: priceCents ?? ZERO, ms: 0 };
}

/** A bid that could be read; a no-bid where it is above what the contract may bid. */
export function heldToCeiling(
  bid: PingResult & { kind: 'bid' },
  { maxBidCents }: Contract,
): PingResult {
  const { contractId, priceCents, ms } = bid;
  if (priceCents <= maxBidCents) return bid;
  const detail = `at most ${dollars(maxBidCents)}`;
  return { contractId, kind: 'no_bid', reason: 'bid_over_ceiling', detail, priceCents, ms };
}

/**
 * Ranks what was bid, best first. A bid below the floor is told as a no-bid with its price, never
 * raised. The table is in order of contract id.
 */
export function rankPings(
  world: World,
  pings: readonly PingResult[],
  floorCents: Cents,
): Pick<Auction, 'ranked' | 'pings' | 'floorCents'> {
  const bids = pings.flatMap((ping): Bid[] => {
    if (ping.kind !== 'bid') return [];
    const { contractId, priceCents } = ping;
    return [{ ...standingOf(world, contractId), priceCents }];
  });
  const { ranked, belowFloor } = rankBids(bids, floorCents);
  const low = new Map(belowFloor.map((bid) => [bid.contractId, bid.priceCents]));
  return {
    ranked: ranked.map(({ contractId }) => contractId),
    pings: pings.map((ping) => belowFloorOr(ping, low)).sort(byContract),
    floorCents,
  };
}

/** How a contract stands in a ranking, whatever it bids. */
export function standingOf(world: World, contractId: ContractId): Standing {
  const { multiplierBasisPoints, priority, floorCents } = contractIn(world, contractId);
  return { contractId, multiplierBasisPoints, priority, floorCents };
}

function belowFloorOr(ping: PingResult, low: ReadonlyMap<ContractId, Cents>): PingResult {
  const { contractId, ms } = ping;
  const priceCents = low.get(contractId);
  if (priceCents === undefined) return ping;
  return { contractId, kind: 'no_bid', reason: 'below_floor', priceCents, ms };
}

function byContract(a: PingResult, b: PingResult): number {
  return a.contractId < b.contractId ? -1 : 1;
}
