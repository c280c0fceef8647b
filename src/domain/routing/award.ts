// What an auction comes to: the bids that count, at the price each would pay, and the reason of
// each that does not; and whether that could still change.

import type { ContractId } from '../ids.ts';
import { type Cents, dollars, highest } from '../money.ts';
import {
  type Bid,
  canStillWin,
  type Outstanding,
  rankBids,
  WORTH_OF_CENT,
  worthOf,
} from './auction.ts';
import { type Offerable, type SaleRules, winnersOf } from './best-sale.ts';
import { secondPrice } from './second-price.ts';

export interface AuctionRules extends SaleRules {
  /** The highest floor that holds for every bid. */
  readonly floorCents: Cents;
  readonly pricing: 'first' | 'second';
  /** With fewer counting bidders nobody is offered the lead. */
  readonly minBidders: number;
}

/** A bid as it takes part; `fixed`: a price list, which is paid as it is. */
export interface Entry extends Bid {
  readonly fixed?: boolean;
}

export type Award = Offerable & Pick<Bid, 'bidId'> & { readonly rankCents: number };

export interface Refusal {
  readonly bid: Entry;
  readonly reason: 'below_floor' | 'under_margin' | 'too_few_bidders';
  readonly detail?: string;
}

export interface Awards {
  /** Best first. A contract that bid several prices may stand here several times. */
  readonly ranked: readonly Award[];
  readonly refused: readonly Refusal[];
}

/** Judges all bids of an auction. Does not depend on the order in which they came. */
export function awardBids(bids: readonly Entry[], rules: AuctionRules): Awards {
  const { floorCents, firstSaleCents, minBidders } = rules;
  const { ranked, belowFloor } = rankBids(bids, floorCents);
  const refused: Refusal[] = belowFloor.map((bid) => ({
    bid,
    reason: 'below_floor',
    ...(bid.floorCents > floorCents && { detail: `at least ${dollars(bid.floorCents)}` }),
  }));
  const covered = ranked.filter((bid) => isCovered(bid, ranked, rules));
  if (covered.length < ranked.length) {
    const detail = `at least ${dollars(firstSaleCents)} for the first sale`;
    const kept = new Set(covered);
    const rest = ranked.filter((bid) => !kept.has(bid));
    refused.push(...rest.map((bid) => ({ bid, reason: 'under_margin' as const, detail })));
  }
  const bidders = new Set(covered.map(({ contractId }) => contractId)).size;
  if (bidders < minBidders) {
    const detail = `${bidders} of at least ${minBidders}`;
    refused.push(...covered.map((bid) => ({ bid, reason: 'too_few_bidders' as const, detail })));
    return { ranked: [], refused };
  }
  return {
    ranked: covered.map((bid, rank) => awardOf(bid, nextBehind(covered, rank), rules)),
    refused,
  };
}

/**
 * Whether a bid may be sold with the margin kept: by itself, or as a further share beside one that
 * can be the first sale.
 */
function isCovered(bid: Entry, ranked: readonly Entry[], rules: AuctionRules): boolean {
  const { firstSaleCents, places } = rules;
  if (bid.priceCents >= firstSaleCents) return true;
  if (!bid.shared || places === 1) return false;
  return ranked.some(
    ({ contractId, shared, priceCents }) =>
      shared && priceCents >= firstSaleCents && contractId !== bid.contractId,
  );
}

function awardOf(bid: Entry, next: Entry | undefined, rules: AuctionRules): Award {
  const { contractId, shared, bidId } = bid;
  return {
    contractId,
    priceCents: rules.pricing === 'second' ? loweredPrice(bid, next, rules) : bid.priceCents,
    rankCents: Number(worthOf(bid) / WORTH_OF_CENT),
    ...(shared && { shared }),
    ...(bidId !== undefined && { bidId }),
  };
}

/** The first bid of another contract behind a rank. */
function nextBehind(ranked: readonly Entry[], rank: number): Entry | undefined {
  const own = ranked[rank]?.contractId;
  for (let at = rank + 1; at < ranked.length; at += 1) {
    if (ranked[at]?.contractId !== own) return ranked[at];
  }
  return undefined;
}

function loweredPrice(bid: Entry, next: Entry | undefined, rules: AuctionRules): Cents {
  if (bid.fixed) return bid.priceCents;
  const { floorCents, firstSaleCents } = rules;
  // One that could be the first sale stays able to be it.
  const opens = bid.priceCents >= firstSaleCents && firstSaleCents > floorCents;
  return secondPrice(bid, next, opens ? firstSaleCents : floorCents);
}

/**
 * True when no answer that is still to come could change who would have the lead, at which price,
 * alone or shared. Judged by letting everyone outstanding bid the most it may, alone and shared:
 * whoever changes nothing by that changes nothing by less.
 */
export function isSettled(
  bids: readonly Entry[],
  outstanding: readonly Outstanding[],
  rules: AuctionRules,
): boolean {
  if (isWonByOne(rules)) {
    const floor = highest(rules.floorCents, rules.firstSaleCents);
    const [best] = rankBids(bids, floor).ranked;
    return best !== undefined && !canStillWin(outstanding, best, floor);
  }
  const most = outstanding.flatMap((buyer): Entry[] => {
    const bid = { ...buyer, priceCents: buyer.maxBidCents };
    return [bid, { ...bid, shared: true }];
  });
  const now = outcomeOf(bids, rules);
  return now !== '' && now === outcomeOf([...bids, ...most], rules);
}

/** The bids that `isSettled` still has to look at: a long auction need not rank all of them. */
export function decisive(bids: readonly Entry[], rules: AuctionRules): readonly Entry[] {
  if (!isWonByOne(rules)) return bids;
  return rankBids(bids, highest(rules.floorCents, rules.firstSaleCents)).ranked.slice(0, 1);
}

/** Whether only the first of the ranking matters. */
function isWonByOne({ pricing, places, minBidders }: AuctionRules): boolean {
  return pricing === 'first' && places === 1 && minBidders <= 1;
}

/** Who would have the lead at which price, as text to compare. */
function outcomeOf(bids: readonly Entry[], rules: AuctionRules): string {
  const { ranked } = awardBids(bids, rules);
  return winnersOf(ranked, rules)
    .map(({ contractId, priceCents, shared }) => `${contractId} ${priceCents} ${Boolean(shared)}`)
    .join(', ');
}

/** The contracts of awards, each once, best first. */
export function contractsOf(awards: readonly Award[]): ContractId[] {
  return [...new Set(awards.map(({ contractId }) => contractId))];
}
