// Bids, rules and any number of both, for the tests of what an auction comes to.

import fc from 'fast-check';

import type { AuctionRules, Entry } from '../../src/domain/routing/award.ts';
import { cents } from '../../src/domain/money.ts';

export type Terms = Partial<{
  by: number;
  priority: number;
  floor: number;
  shared: boolean;
  fixed: boolean;
  id: string;
  adjust: readonly [by: number, add: number];
}>;

export function bid(contractId: string, price: number, terms: Terms = {}): Entry {
  const { by = 1, priority = 1, floor = 0, shared, fixed, id, adjust } = terms;
  return {
    contractId,
    priceCents: cents(price),
    multiplierBasisPoints: by * 10_000,
    priority,
    floorCents: cents(floor),
    ...(shared && { shared }),
    ...(fixed && { fixed }),
    ...(id !== undefined && { bidId: id }),
    ...(adjust && {
      adjustment: { multiplierBasisPoints: adjust[0] * 10_000, addCents: adjust[1] },
    }),
  };
}

export const RULES: AuctionRules = {
  floorCents: cents(0),
  firstSaleCents: cents(0),
  places: 1,
  pricing: 'first',
  pick: 'price',
  minBidders: 1,
};
export const rulesOf = (changes: Partial<Record<keyof AuctionRules, unknown>>): AuctionRules => ({
  ...RULES,
  ...(changes as Partial<AuctionRules>),
});
export const anyTerms = fc.record({
  by: fc.constantFrom(0.5, 1, 1.01, 2),
  priority: fc.integer({ min: 0, max: 2 }),
  floor: fc.constantFrom(0, 1005),
  fixed: fc.boolean(),
  adjust: fc.option(fc.tuple(fc.constantFrom(0.9, 1, 1.1), fc.integer({ min: -9, max: 9 })), {
    nil: undefined,
  }),
});
export const anyLegs = fc.array(
  fc.record({ price: fc.integer({ min: 990, max: 1010 }), shared: fc.boolean() }),
  { minLength: 1, maxLength: 3 },
);
export const anyContract = fc.record({ terms: anyTerms, legs: anyLegs });
export const anyContracts = fc.array(anyContract, { maxLength: 7 });
export type AnyContract = typeof anyContract extends fc.Arbitrary<infer One> ? One : never;
export const legsOf = (contractId: string, { terms, legs }: AnyContract): Entry[] =>
  legs.map(({ price, shared }, leg) =>
    bid(contractId, price, { ...(terms as Terms), shared, id: `${contractId}/${leg}` }),
  );
export const anyRules = fc
  .record({
    floorCents: fc.constantFrom(0, 1000),
    firstSaleCents: fc.constantFrom(0, 1003),
    places: fc.integer({ min: 1, max: 4 }),
    pricing: fc.constantFrom('first', 'second'),
    pick: fc.constantFrom('price', 'total'),
    minBidders: fc.integer({ min: 1, max: 3 }),
  })
  .map(rulesOf);
