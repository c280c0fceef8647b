// The auction's rules: which bids count, who is first, and when waiting longer cannot change that.

import type { ContractId } from '../ids.ts';
import { ZERO, type Cents } from '../money.ts';

/** How a contract stands in a ranking, whatever it bids. */
export interface Standing {
  readonly contractId: ContractId;
  /** Scales the price for ranking only; 10000 = as bid. */
  readonly multiplierBasisPoints: number;
  /** Lower goes first among equal bids. */
  readonly priority: number;
  /** The contract's own floor. */
  readonly floorCents: Cents;
}

export interface Bid extends Standing {
  readonly priceCents: Cents;
}

/** A buyer that has not answered yet, and the most it may bid. */
export interface Outstanding extends Standing {
  readonly maxBidCents: Cents;
}

export interface Ranking<B extends Bid = Bid> {
  /** Best first. */
  readonly ranked: readonly B[];
  readonly belowFloor: readonly B[];
}

/**
 * Ranks bids, best first, apart from those below the floor: higher price after the multiplier, then
 * lower priority number, then contract id. The order is total on purpose: a tie left to arrival
 * would rank differently on a re-run, and nobody could tell a buyer why they lost.
 *
 * `floor` is the higher of stage and campaign floor; the contract's own may raise it further.
 * Floors are held against the price, since the price is what is paid; a bid exactly at the floor
 * counts.
 */
export function rankBids<B extends Bid>(bids: readonly B[], floor: Cents): Ranking<B> {
  const inOrder = bids.toSorted(compareBids);
  return {
    ranked: inOrder.filter((bid) => bid.priceCents >= floorOf(bid, floor)),
    belowFloor: inOrder.filter((bid) => bid.priceCents < floorOf(bid, floor)),
  };
}

/** The floor that a contract's bid is held against: the highest of stage, campaign and contract. */
export function floorOf(standing: Pick<Standing, 'floorCents'>, floor: Cents): Cents {
  return standing.floorCents > floor ? standing.floorCents : floor;
}

/**
 * True while some buyer that has not answered could still come first, so that closing the auction
 * now might change its winner. Judged by the ranking's own order, at the most each may bid.
 */
export function canStillWin(
  outstanding: readonly Outstanding[],
  best: Bid | undefined,
  floor = ZERO,
): boolean {
  return outstanding.some((buyer) => {
    const most: Bid = { ...buyer, priceCents: buyer.maxBidCents };
    if (most.priceCents < floorOf(buyer, floor)) return false;
    return best === undefined || compareBids(most, best) < 0;
  });
}

function compareBids(a: Bid, b: Bid): number {
  const [effectiveA, effectiveB] = [effectiveOf(a), effectiveOf(b)];
  if (effectiveA !== effectiveB) return effectiveA > effectiveB ? -1 : 1;
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (a.contractId === b.contractId) return 0;
  return a.contractId < b.contractId ? -1 : 1;
}

/** Exact: a large bid times its multiplier may leave the whole numbers that a double can hold. */
function effectiveOf({ priceCents, multiplierBasisPoints }: Bid): bigint {
  return BigInt(priceCents) * BigInt(multiplierBasisPoints);
}
