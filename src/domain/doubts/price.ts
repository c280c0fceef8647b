// A price that a buyer names when it takes a lead, or later: which price is charged then.

import { type Cents, dollars } from '../money.ts';
import type { PriceReason } from '../reasons.ts';

/** keep: the price stands. take: the named one is charged. ask: an operator decides. */
export const PRICE_CHOICES = ['keep', 'take', 'ask'] as const;
export type PriceChoice = (typeof PRICE_CHOICES)[number];

/** What a contract does with a price that is not the one that stands. */
export interface PostPrice {
  readonly whenLower: PriceChoice;
  readonly whenHigher: PriceChoice;
  /** A difference up to this is none. */
  readonly toleranceCents: Cents;
  /** No lower price is taken; the floors hold besides. */
  readonly minCents: Cents;
}

/** The prices between which a named one may be taken, both included. */
export interface PriceBounds {
  readonly leastCents: Cents;
  readonly mostCents: Cents;
}

export type PriceVerdict =
  /** None was named, or the one that stands. */
  { readonly kind: 'same' } | { readonly kind: 'keep' | 'take' | 'ask'; readonly why: PriceReason };

/**
 * What becomes of a named price. It is taken whole or not at all, never moved to a bound: a price
 * that nobody named would be charged. Without a policy the price stands.
 */
export function judgePrice(
  policy: PostPrice | undefined,
  price: { readonly standsCents: Cents; readonly namedCents: Cents | null },
  { leastCents, mostCents }: PriceBounds,
): PriceVerdict {
  const { standsCents, namedCents } = price;
  if (namedCents === null || namedCents === standsCents) return { kind: 'same' };
  if (!policy) return { kind: 'keep', why: 'price_kept' };
  if (Math.abs(namedCents - standsCents) <= policy.toleranceCents) {
    return { kind: 'keep', why: 'price_within_tolerance' };
  }
  switch (namedCents < standsCents ? policy.whenLower : policy.whenHigher) {
    case 'keep':
      return { kind: 'keep', why: 'price_kept' };
    case 'ask':
      return { kind: 'ask', why: 'price_asked' };
    case 'take':
      if (namedCents > mostCents) return { kind: 'keep', why: 'price_over_ceiling' };
      // Nothing is what a buyer names that has no price in its answer.
      if (namedCents === 0 || namedCents < leastCents) {
        return { kind: 'keep', why: 'price_below_least' };
      }
      return { kind: 'take', why: 'price_taken' };
  }
}

/** A price that a buyer named in the answer to its post, beside the one that was agreed. */
export interface PriceSaid {
  readonly agreedCents: Cents;
  readonly namedCents: Cents;
  readonly why: PriceReason;
}

/** Both prices, for people. */
export function describeNamed(namedCents: Cents, standsCents: Cents): string {
  return `${dollars(namedCents)} instead of ${dollars(standsCents)}`;
}
