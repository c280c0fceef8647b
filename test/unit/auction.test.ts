// The ranking of bids: both sides of every edge as a table, then what must hold for any bids,
// against a ranking by pairwise comparison that shares no code with the real one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  canStillWin,
  rankBids,
  type Bid,
  type Outstanding,
} from '../../src/domain/routing/auction.ts';
import { cents, ZERO } from '../../src/domain/money.ts';

type Terms = Partial<{ by: number; priority: number; floor: number }>;

function bid(contractId: string, price: number, { by = 1, priority = 1, floor = 0 }: Terms = {}) {
  return {
    contractId,
    priceCents: cents(price),
    multiplierBasisPoints: by * 10_000,
    priority,
    floorCents: cents(floor),
  };
}

const floor = cents(1000);
const ids = (bids: readonly Bid[]) => bids.map((each) => each.contractId);
const ranked = (bids: readonly Bid[]) => ids(rankBids(bids, floor).ranked);

const facts: [says: string, bids: Bid[], order: string[]][] = [
  ['puts the higher price first', [bid('a', 1100), bid('b', 1101)], ['b', 'a']],
  ['keeps a bid exactly at the floor', [bid('a', 1000)], ['a']],
  ['drops a bid one cent below the floor', [bid('a', 999)], []],
  ['ranks by price times multiplier', [bid('a', 1200), bid('b', 1050, { by: 1.2 })], ['b', 'a']],
  ['holds the price, not the multiplied bid, to the floor', [bid('a', 999, { by: 2 })], []],
  ['keeps a price at the floor that its multiplier lowers', [bid('a', 1000, { by: 0.5 })], ['a']],
  ['raises the floor by the contract’s own', [bid('a', 1499, { floor: 1500 })], []],
  ['keeps a bid at the contract’s own floor', [bid('a', 1500, { floor: 1500 })], ['a']],
  ['does not lower the floor by the contract’s own', [bid('a', 900, { floor: 500 })], []],
  ['breaks a tie by priority', [bid('a', 1100, { priority: 2 }), bid('b', 1100)], ['b', 'a']],
  ['then by contract id', [bid('b', 1100), bid('a', 1100)], ['a', 'b']],
  ['compares ids by code unit', [bid('a_b', 1100), bid('ab', 1100)], ['a_b', 'ab']],
  [
    'lets the multiplier go before the priority',
    [bid('a', 1100, { priority: 0 }), bid('b', 1100, { by: 1.0001, priority: 9 })],
    ['b', 'a'],
  ],
];
test.for(facts)('%s', ([, bids, order]) => expect(ranked(bids)).toEqual(order));

test('T20: a bid below the floor is told apart, at its own price', () => {
  const low = bid('a', 999);
  expect(rankBids([low, bid('b', 1500)], floor).belowFloor).toEqual([low]);
});

test('is exact where a double is not', () => {
  const large = Number.MAX_SAFE_INTEGER;
  const bids = [bid('a', large - 1, { by: 3 }), bid('b', large, { by: 3 })];
  expect(ranked(bids)).toEqual(['b', 'a']);
});

test('keeps what a bid carries beside its terms', () => {
  expect(rankBids([{ ...bid('a', 1500), bidId: 'x1' }], floor).ranked[0]?.bidId).toBe('x1');
});

const anyBid = fc
  .record({
    price: fc.integer({ min: 990, max: 1010 }),
    by: fc.constantFrom(0.5, 1, 1.01, 2),
    priority: fc.integer({ min: 0, max: 2 }),
    floor: fc.constantFrom(0, 1005),
  })
  .map(({ price, ...terms }) => ({ price, terms }));
const anyBids = fc
  .array(anyBid, { maxLength: 12 })
  .map((bids) => bids.map(({ price, terms }, index) => bid(`c${index}`, price, terms)));

/** How many bids beat this one, asked pair by pair. */
function rankOf(one: Bid, all: readonly Bid[]): number {
  const worth = (of: Bid) => of.priceCents * of.multiplierBasisPoints;
  return all.filter((other) => {
    if (worth(other) !== worth(one)) return worth(other) > worth(one);
    if (other.priority !== one.priority) return other.priority < one.priority;
    return other.contractId < one.contractId;
  }).length;
}

test('T19: gives one ranking for every order of arrival', () => {
  const arrivals = anyBids.chain((bids) =>
    fc.tuple(fc.constant(bids), fc.shuffledSubarray(bids, { minLength: bids.length })),
  );
  fc.assert(
    fc.property(arrivals, ([bids, shuffled]) => {
      expect(rankBids(shuffled, floor)).toEqual(rankBids(bids, floor));
    }),
  );
});

test('agrees with a comparison of all pairs, and loses no bid', () => {
  fc.assert(
    fc.property(anyBids, (bids) => {
      const { ranked: counted, belowFloor } = rankBids(bids, floor);
      expect(counted.length + belowFloor.length).toBe(bids.length);
      counted.forEach((each, index) => expect(rankOf(each, counted)).toBe(index));
    }),
  );
});

describe('closing early', () => {
  const most = (contractId: string, maxBid: number, terms: Terms = {}): Outstanding => ({
    ...bid(contractId, 0, terms),
    maxBidCents: cents(maxBid),
  });
  const best = bid('m', 1200, { priority: 5 });

  const cases: [says: string, outstanding: Outstanding[], still: boolean][] = [
    ['nobody is outstanding', [], false],
    ['a buyer may bid more', [most('z', 1201)], true],
    ['a buyer may bid less at most', [most('a', 1199)], false],
    ['a multiplier may lift a lower bid over it', [most('z', 1100, { by: 1.1 })], true],
    ['an equal bid would win by priority', [most('z', 1200, { priority: 4 })], true],
    ['an equal bid would lose by priority', [most('a', 1200, { priority: 6 })], false],
    ['an equal bid would win by id', [most('a', 1200, { priority: 5 })], true],
    ['an equal bid would lose by id', [most('z', 1200, { priority: 5 })], false],
    ['its most is below its own floor', [most('a', 1300, { floor: 1301 })], false],
    ['one of several may win', [most('a', 900), most('b', 9000)], true],
  ];
  test.for(cases)('is right when %s', ([, outstanding, still]) => {
    expect(canStillWin(outstanding, best)).toBe(still);
  });

  test('waits for anyone while there is no bid, unless it must stay below the floor', () => {
    expect(canStillWin([most('a', 1000)], undefined, floor)).toBe(true);
    expect(canStillWin([most('a', 999)], undefined, floor)).toBe(false);
    expect(canStillWin([], undefined)).toBe(false);
  });

  test('never changes the winner', () => {
    fc.assert(
      fc.property(anyBids, fc.nat(12), (bids, answered) => {
        const soFar = rankBids(bids.slice(0, answered), floor).ranked[0];
        // Every buyer bids the most it may: the worst case for closing early.
        const rest = bids
          .slice(answered)
          .map((each) => ({ ...each, maxBidCents: each.priceCents }));
        const winner = rankBids(bids, floor).ranked[0];
        const changes = winner !== undefined && winner !== soFar;
        expect(canStillWin(rest, soFar, floor)).toBe(changes);
      }),
    );
  });

  test('needs no floor to be given', () => {
    expect(canStillWin([most('a', 1)], undefined)).toBe(
      canStillWin([most('a', 1)], undefined, ZERO),
    );
  });
});
