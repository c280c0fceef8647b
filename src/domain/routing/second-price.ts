// Second price: each bidder pays the least that keeps its rank, never more than it bid.

import { type Cents, cents } from '../money.ts';
import { addedWorthOf, type Bid, floorOf, worthOf, worthPerCentOf } from './auction.ts';

/**
 * What the bidder at a rank would pay: enough to rank a cent above the bid behind it, at least the
 * floor (a cent, where there is none), at most its bid. `next` is the bid ranked right behind, by
 * another contract; undefined for the last.
 *
 * The cent is added also where a tie would have been won: a price that depends on who wins ties
 * could not be told in one sentence.
 */
export function secondPrice(bid: Bid, next: Bid | undefined, floor: Cents): Cents {
  const least = BigInt(Math.max(1, floorOf(bid, floor)));
  const needed = next === undefined ? least : atLeast(least, priceAbove(bid, worthOf(next)));
  const most = BigInt(bid.priceCents);
  return cents(Number(needed < most ? needed : most));
}

/** The lowest whole price at which the bidder would rank above a worth. */
function priceAbove(bid: Bid, worth: bigint): bigint {
  const beyond = worth - addedWorthOf(bid);
  return beyond < 0n ? 0n : beyond / worthPerCentOf(bid) + 1n;
}

function atLeast(least: bigint, amount: bigint): bigint {
  return amount > least ? amount : least;
}
