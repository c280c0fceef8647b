// The auction's rules: which bids count, who is first, and when waiting longer cannot change what
// comes of it.

import type { ContractId } from '../ids.ts';
import { ZERO, type Cents } from '../money.ts';

/** What a contract's bids are worth for leads of one source; for ranking only. */
export interface Adjustment {
  /** On top of the contract's multiplier; 10000 = as it is. */
  readonly multiplierBasisPoints: number;
  /** Added after both multipliers; may be negative. */
  readonly addCents: number;
}

/** How a contract stands in a ranking, whatever it bids. */
export interface Standing {
  readonly contractId: ContractId;
  /** Scales the price for ranking only; 10000 = as bid. */
  readonly multiplierBasisPoints: number;
  /** Lower goes first among equal bids. */
  readonly priority: number;
  /** The contract's own floor. */
  readonly floorCents: Cents;
  readonly adjustment?: Adjustment;
}

/** One price of one contract. A buyer that names several has one bid for each. */
export interface Bid extends Standing {
  readonly priceCents: Cents;
  /** Others may have the lead as well; without it a sale takes every place. */
  readonly shared?: boolean;
  /** The buyer's own reference of this price. */
  readonly bidId?: string;
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
 * Ranks bids, best first, apart from those below the floor: higher price after multiplier and
 * adjustment, then lower priority number, then contract id; of one contract's equal prices the
 * exclusive one, then by the buyer's reference. The order is total on purpose: a tie left to
 * arrival would rank differently on a re-run, and nobody could tell a buyer why they lost.
 *
 * `floor` is the higher of stage and campaign floor; the contract's own may raise it further.
 * Floors are held against the price, since the price is what is paid; a bid exactly at the floor
 * counts.
 */
export function rankBids<B extends Bid>(bids: readonly B[], floor: Cents): Ranking<B> {
  // Worked out once for each bid, not once for each comparison.
  const inOrder = bids
    .map((bid) => ({ bid, worth: worthOf(bid) }))
    .sort((a, b) => compareWorth(a.worth, b.worth) || compareTied(a.bid, b.bid))
    .map(({ bid }) => bid);
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

/** The ranking's order: negative if `a` goes before `b`. */
export function compareBids(a: Bid, b: Bid): number {
  return compareWorth(worthOf(a), worthOf(b)) || compareTied(a, b);
}

/** Parts of a cent in which bids are compared: two multipliers of four decimals each. */
export const WORTH_OF_CENT = 100_000_000n;

/**
 * What a bid ranks by, in `WORTH_OF_CENT`. Exact: a large bid times its multipliers may leave the
 * whole numbers that a double can hold.
 */
export function worthOf(bid: Bid): bigint {
  return BigInt(bid.priceCents) * worthPerCentOf(bid) + addedWorthOf(bid);
}

/** What one more cent of price adds to what a bid ranks by. */
export function worthPerCentOf({ multiplierBasisPoints, adjustment }: Standing): bigint {
  return BigInt(multiplierBasisPoints) * BigInt(adjustment?.multiplierBasisPoints ?? 10_000);
}

/** What a bid ranks by beside its price. */
export function addedWorthOf({ adjustment }: Standing): bigint {
  return adjustment ? BigInt(adjustment.addCents) * WORTH_OF_CENT : 0n;
}

function compareWorth(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}

function compareTied(a: Bid, b: Bid): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (a.contractId !== b.contractId) return a.contractId < b.contractId ? -1 : 1;
  if (a.priceCents !== b.priceCents) return b.priceCents - a.priceCents;
  if (Boolean(a.shared) !== Boolean(b.shared)) return a.shared ? 1 : -1;
  const [idA, idB] = [a.bidId ?? '', b.bidId ?? ''];
  if (idA === idB) return 0;
  return idA < idB ? -1 : 1;
}
