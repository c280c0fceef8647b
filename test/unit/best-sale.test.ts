// Whom to offer the lead to next: one exclusive sale against several shared ones. The choice is
// compared with a search through all combinations that shares no code with it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { nextOffer, type Offerable, type SaleRules } from '../../src/domain/routing/best-sale.ts';
import { cents } from '../../src/domain/money.ts';

const alone = (contractId: string, price: number): Offerable => ({
  contractId,
  priceCents: cents(price),
});
const share = (contractId: string, price: number): Offerable => ({
  ...alone(contractId, price),
  shared: true,
});
const byTotal = (places: number, firstSale = 0): SaleRules => ({
  places,
  pick: 'total',
  firstSaleCents: cents(firstSale),
});

/** The offers in order, where `declines` says no and everyone else accepts. */
function walk(offers: readonly Offerable[], rules: SaleRules, declines: readonly string[] = []) {
  const [order, sold]: [string[], Offerable[]] = [[], []];
  let left = [...offers];
  for (;;) {
    const soFar = { sharesTaken: sold.length, hasSale: sold.length > 0 };
    const next = nextOffer(left, rules, soFar);
    if (!next) return { order, sold };
    order.push(next.contractId);
    left = left.filter(({ contractId }) => contractId !== next.contractId);
    if (declines.includes(next.contractId)) continue;
    sold.push(next);
    if (!next.shared) return { order, sold };
  }
}

describe('by total', () => {
  // One exclusive at $20; four shares at 8, 6, 5 and 4: $23 together.
  const pool = [
    alone('solo', 2000),
    share('a', 800),
    share('b', 600),
    share('c', 500),
    share('d', 400),
  ];

  test('shares that are worth more together go first', () => {
    expect(walk(pool, byTotal(4)).order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a decline before any acceptance may turn the choice', () => {
    // Without a, the shares come to $15.
    expect(walk(pool, byTotal(4), ['a']).order).toEqual(['a', 'solo']);
  });

  test('after one acceptance exclusive is out for good', () => {
    expect(walk(pool, byTotal(4), ['b', 'c', 'd']).order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('an exclusive that is worth as much goes first, and the shares after its decline', () => {
    const even = [alone('solo', 1400), share('a', 800), share('b', 600)];
    expect(walk(even, byTotal(2)).order).toEqual(['solo']);
    expect(walk(even, byTotal(2), ['solo']).order).toEqual(['solo', 'a', 'b']);
  });

  test('one contract is offered one of its prices only', () => {
    const legs = [alone('a', 1000), share('a', 500), share('b', 400)];
    expect(walk(legs, byTotal(2), ['a']).order).toEqual(['a', 'b']);
  });

  test('an offer in doubt keeps its place, and exclusive out', () => {
    expect(nextOffer(pool, byTotal(2), { sharesTaken: 1, hasSale: false })?.contractId).toBe('a');
    expect(nextOffer(pool, byTotal(2), { sharesTaken: 2, hasSale: false })).toBeUndefined();
  });

  test('counts what an offer ranks by, not what it pays', () => {
    const ranked = [{ ...alone('solo', 1000), rankCents: 2000 }, share('a', 900), share('b', 900)];
    expect(walk(ranked, byTotal(2)).order).toEqual(['solo']);
  });
});

describe('a first sale that must earn the payout', () => {
  test('comes before lower shares, whatever they rank', () => {
    const offers = [{ ...share('a', 600), rankCents: 1500 }, share('b', 1000)];
    expect(walk(offers, byTotal(2, 1000)).order).toEqual(['b', 'a']);
    expect(walk(offers, { ...byTotal(2, 1000), pick: 'price' }).order).toEqual(['b', 'a']);
  });

  test('takes a place among the shares although others rank higher', () => {
    const offers = [
      { ...share('a', 600), rankCents: 1500 },
      { ...share('c', 500), rankCents: 1400 },
      share('b', 1000),
    ];
    expect(walk(offers, byTotal(2, 1000)).order).toEqual(['b', 'a']);
  });

  test('is missing when the one that carries it declines', () => {
    expect(walk([share('b', 1000), share('a', 600)], byTotal(2, 1000), ['b']).order).toEqual(['b']);
  });
});

const anyOffers = fc
  .array(
    fc.record({
      contract: fc.integer({ min: 0, max: 4 }),
      price: fc.integer({ min: 1, max: 30 }),
      shared: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((bids) =>
    bids
      .map(({ contract, price, shared }) => ({
        ...(shared ? share : alone)(`c${contract}`, price),
        // Each contract has a multiplier of its own.
        rankCents: price * ([2, 4, 1, 3, 6][contract] ?? 1),
      }))
      .sort((a, b) => b.rankCents - a.rankCents || (a.contractId < b.contractId ? -1 : 1)),
  );

/** The best total of all sets of offers that may be sold together. */
function bruteForce(offers: readonly Offerable[], { places, firstSaleCents }: SaleRules): number {
  let best = 0;
  for (let set = 1; set < 2 ** offers.length; set += 1) {
    const chosen = offers.filter((_, index) => (set >> index) & 1);
    const contracts = new Set(chosen.map(({ contractId }) => contractId));
    const fits = chosen.every(({ shared }) => shared)
      ? chosen.length <= places
      : chosen.length === 1;
    const opens = chosen.some(({ priceCents }) => priceCents >= firstSaleCents);
    if (!fits || !opens || contracts.size !== chosen.length) continue;
    best = Math.max(
      best,
      chosen.reduce((sum, { rankCents = 0 }) => sum + rankCents, 0),
    );
  }
  return best;
}

test('comes to the best total of all combinations when everyone accepts', () => {
  const anyRules = fc
    .record({ places: fc.integer({ min: 1, max: 4 }), firstSale: fc.constantFrom(0, 10, 25) })
    .map(({ places, firstSale }) => byTotal(places, firstSale));
  fc.assert(
    fc.property(anyOffers, anyRules, (offers, rules) => {
      const { sold } = walk(offers, rules);
      const total = sold.reduce((sum, { rankCents = 0 }) => sum + rankCents, 0);
      expect(total).toBe(bruteForce(offers, rules));
    }),
    { numRuns: 400 },
  );
});

test('after any declines comes to the best total of what is left', () => {
  fc.assert(
    fc.property(anyOffers, fc.integer({ min: 1, max: 3 }), fc.nat(31), (offers, places, mask) => {
      const rules = byTotal(places);
      const declines = [0, 1, 2, 3, 4]
        .filter((each) => (mask >> each) & 1)
        .map((each) => `c${each}`);
      const { order, sold } = walk(offers, rules, declines);
      expect(new Set(order).size).toBe(order.length);
      const began = sold.length > 0;
      // Until the first acceptance each choice is the best one without those that declined.
      const first = order.findIndex((id) => !declines.includes(id));
      const gone = order.slice(0, first < 0 ? order.length : first);
      const left = offers.filter(({ contractId }) => !gone.includes(contractId));
      if (!began) {
        expect(left).toEqual([]);
        return;
      }
      const [next] = order.slice(first);
      expect(walk(left, rules).order[0]).toBe(next);
      expect(walk(left, rules).sold.reduce((sum, each) => sum + (each.rankCents ?? 0), 0)).toBe(
        bruteForce(left, rules),
      );
    }),
    { numRuns: 300 },
  );
});
