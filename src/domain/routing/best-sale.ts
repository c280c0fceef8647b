// Whom to offer a lead to next: down the ranking, or by the larger total where one exclusive sale
// competes with several shared ones.

import type { ContractId } from '../ids.ts';
import type { Cents } from '../money.ts';

/** One price at which a contract may be offered the lead; it may have several. */
export interface Offerable {
  readonly contractId: ContractId;
  /** What it would pay. */
  readonly priceCents: Cents;
  /** Others may have the lead as well. */
  readonly shared?: boolean;
  /** What it counts for in a total, in cents, where that is not its price. */
  readonly rankCents?: number;
}

export interface SaleRules {
  /** How many shared sales the lead may have. */
  readonly places: number;
  readonly pick: 'price' | 'total';
  /** No lower price for the first sale of the lead. */
  readonly firstSaleCents: Cents;
}

/** What has become of the lead. */
export interface SoldSoFar {
  /** Shared places that are gone: sold, or possibly sold. An exclusive one ends the search. */
  readonly sharesTaken: number;
  /** A sale is certain, so the first one is behind us. */
  readonly hasSale: boolean;
}

/**
 * The next to be offered the lead among those that were not offered it yet, given best first; or
 * undefined when nobody may have it any more. Call it again after each answer, without the contract
 * that gave it: what was accepted stays, and the rest is chosen anew.
 *
 * After one shared sale only shared ones are left. By total, an exclusive bid goes first if it is
 * worth as much as the best shares that could fill the lead: one sale is surer than several.
 */
export function nextOffer<O extends Offerable>(
  offers: readonly O[],
  rules: SaleRules,
  soFar: SoldSoFar,
): O | undefined {
  const { places, pick, firstSaleCents } = rules;
  const canBegin = (offer: O) => soFar.hasSale || offer.priceCents >= firstSaleCents;
  const room = places - soFar.sharesTaken;
  if (room <= 0) return undefined;
  if (soFar.sharesTaken > 0) return offers.find((offer) => offer.shared && canBegin(offer));
  if (pick === 'price') return offers.find(canBegin);
  const alone = offers.find((offer) => !offer.shared && canBegin(offer));
  const together = bestShares(offers, room, canBegin);
  if (alone && worthOfAll([alone]) >= worthOfAll(together)) return alone;
  return together.find(canBegin);
}

/**
 * The shares of the best total, best first: one for each contract, as many as there is room for, at
 * least one of them such that the first sale may be its. Empty if there is none.
 */
export function bestShares<O extends Offerable>(
  offers: readonly O[],
  room: number,
  canBegin: (offer: O) => boolean,
): readonly O[] {
  const seen = new Set<ContractId>();
  const shares = offers.filter(({ contractId, shared }) => {
    if (!shared || seen.has(contractId)) return false;
    seen.add(contractId);
    return true;
  });
  const best = shares.slice(0, room);
  if (best.some(canBegin)) return best;
  const opener = shares.find(canBegin);
  return opener ? [...best.slice(0, -1), opener] : [];
}

/** What offers count for together, in cents. */
export function worthOfAll(offers: readonly Offerable[]): number {
  return offers.reduce((sum, { priceCents, rankCents }) => sum + (rankCents ?? priceCents), 0);
}

/** Who would have the lead, in the order of offers, if everyone accepted. */
export function winnersOf<O extends Offerable>(offers: readonly O[], rules: SaleRules): O[] {
  const winners: O[] = [];
  let left = offers;
  for (;;) {
    const soFar = { sharesTaken: winners.length, hasSale: winners.length > 0 };
    const next = nextOffer(left, rules, soFar);
    if (!next) return winners;
    winners.push(next);
    if (!next.shared) return winners;
    left = left.filter(({ contractId }) => contractId !== next.contractId);
  }
}
