// What an auction comes to: floors, margin, second price, fewer bidders than wanted. Tables with
// both sides of every edge, then properties for any bids.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type AuctionRules, awardBids, type Entry } from '../../src/domain/routing/award.ts';
import { cents } from '../../src/domain/money.ts';
import { anyContracts, anyRules, bid, legsOf, RULES, rulesOf } from './award-bids.ts';

const pays = (bids: readonly Entry[], rules: AuctionRules) =>
  awardBids(bids, rules).ranked.map(({ contractId, priceCents }) => [contractId, priceCents]);
const refusals = (bids: readonly Entry[], rules: AuctionRules) =>
  awardBids(bids, rules).refused.map(({ bid: { contractId }, reason, detail }) => [
    contractId,
    reason,
    detail,
  ]);

describe('an adjustment for the source', () => {
  test('ranks by it and charges the bid', () => {
    const bids = [bid('a', 1000, { adjust: [0.9, -100] }), bid('b', 801)];
    expect(pays(bids, RULES)).toEqual([
      ['b', 801],
      ['a', 1000],
    ]);
  });

  test('is a tie at exactly the adjusted worth', () => {
    const bids = [bid('a', 1000, { adjust: [0.9, -100], priority: 0 }), bid('b', 800)];
    expect(pays(bids, RULES)[0]).toEqual(['a', 1000]);
  });

  test('comes after the multiplier, and adds cents after both', () => {
    // 1000 × 1.2 × 0.5 + 7 = 607.
    const [award] = awardBids([bid('a', 1000, { by: 1.2, adjust: [0.5, 7] })], RULES).ranked;
    expect(award?.rankCents).toBe(607);
  });
});

describe('second price', () => {
  const second = rulesOf({ pricing: 'second', floorCents: cents(500) });
  const facts: [says: string, bids: Entry[], pay: [string, number][]][] = [
    [
      'is a cent above the bid behind',
      [bid('a', 1500), bid('b', 1200)],
      [
        ['a', 1201],
        ['b', 500],
      ],
    ],
    ['is the floor for the only bidder', [bid('a', 1500)], [['a', 500]]],
    [
      'is never above the bid',
      [bid('a', 1200), bid('b', 1200)],
      [
        ['a', 1200],
        ['b', 500],
      ],
    ],
    ['is the contract’s own floor, if higher', [bid('a', 1500, { floor: 900 })], [['a', 900]]],
    [
      'is divided by the own multiplier',
      [bid('a', 1000, { by: 1.5 }), bid('b', 1200)],
      [
        ['a', 801],
        ['b', 500],
      ],
    ],
    [
      'undoes the own adjustment',
      [bid('a', 1500, { adjust: [1, -100] }), bid('b', 1200)],
      [
        ['a', 1301],
        ['b', 500],
      ],
    ],
    [
      'leaves a fixed price as it is',
      [bid('a', 1500, { fixed: true }), bid('b', 1200)],
      [
        ['a', 1500],
        ['b', 500],
      ],
    ],
    [
      'goes by the next contract, not by the own second leg',
      [bid('a', 1500), bid('a', 1400, { shared: true }), bid('b', 900)],
      [
        ['a', 901],
        ['a', 901],
        ['b', 500],
      ],
    ],
  ];
  test.for(facts)('%s', ([, bids, pay]) => expect(pays(bids, second)).toEqual(pay));

  test('is a cent where there is neither floor nor rival', () => {
    expect(pays([bid('a', 1500)], rulesOf({ pricing: 'second' }))).toEqual([['a', 1]]);
  });
});

describe('the margin', () => {
  const margin = (places: number) => rulesOf({ firstSaleCents: cents(1000), places });
  const share = (id: string, price: number) => bid(id, price, { shared: true });

  test('refuses a bid a cent below it, and keeps one exactly at it', () => {
    expect(refusals([bid('a', 999), bid('b', 1000)], margin(1))).toEqual([
      ['a', 'under_margin', 'at least $10.00 for the first sale'],
    ]);
  });

  test('lets a low share count beside one that can be the first sale', () => {
    expect(pays([share('a', 1000), share('b', 300)], margin(2))).toHaveLength(2);
  });

  test.for<[string, Entry[], number]>([
    ['nobody else carries the first sale', [share('a', 999), share('b', 300)], 2],
    ['only an exclusive bid does', [bid('a', 1000), share('b', 300)], 2],
    ['the lead is sold once', [share('a', 1000), share('b', 300)], 1],
  ])('refuses a low share when %s', ([, bids, places]) => {
    expect(refusals(bids, margin(places)).map(([id]) => id)).toContain('b');
  });

  test('keeps a second price at what the first sale needs', () => {
    const rules = { ...margin(1), pricing: 'second' as const };
    expect(pays([bid('a', 1500), bid('b', 300)], rules)).toEqual([['a', 1000]]);
  });
});

describe('fewer bidders than wanted', () => {
  const two = rulesOf({ minBidders: 2, floorCents: cents(500) });

  test('leave the lead to nobody, each with the count', () => {
    const { ranked } = awardBids([bid('a', 900), bid('b', 499)], two);
    expect(ranked).toEqual([]);
    expect(refusals([bid('a', 900), bid('b', 499)], two)).toEqual([
      ['b', 'below_floor', undefined],
      ['a', 'too_few_bidders', '1 of at least 2'],
    ]);
  });

  test('are counted by contract, not by price', () => {
    expect(pays([bid('a', 900), bid('a', 800, { shared: true })], two)).toEqual([]);
    expect(pays([bid('a', 900), bid('b', 500)], two)).toHaveLength(2);
  });
});

test('says which floor of its own a bid is below', () => {
  expect(refusals([bid('a', 700, { floor: 701 })], rulesOf({ floorCents: cents(500) }))).toEqual([
    ['a', 'below_floor', 'at least $7.01'],
  ]);
});

test('comes to the same in every order of arrival', () => {
  const arrivals = anyContracts.chain((contracts) => {
    const bids = contracts.flatMap((each, index) => legsOf(`c${index}`, each));
    return fc.tuple(fc.constant(bids), fc.shuffledSubarray(bids, { minLength: bids.length }));
  });
  fc.assert(
    fc.property(arrivals, anyRules, ([bids, shuffled], rules) => {
      expect(awardBids(shuffled, rules)).toEqual(awardBids(bids, rules));
    }),
  );
});

test('second price keeps the rank, costs at most the bid and at least the floor', () => {
  fc.assert(
    fc.property(anyContracts, (contracts) => {
      const bids = contracts.map((each, index) => ({
        ...(legsOf(`c${index}`, each)[0] as Entry),
        fixed: false,
      }));
      const rules = rulesOf({ pricing: 'second', floorCents: cents(1000) });
      const { ranked } = awardBids(bids, rules);
      const byId = new Map(bids.map((each) => [each.contractId, each]));
      ranked.forEach(({ contractId, priceCents }, rank) => {
        const own = byId.get(contractId) as Entry;
        expect(priceCents).toBeLessThanOrEqual(own.priceCents);
        expect(priceCents).toBeGreaterThanOrEqual(Math.max(1000, own.floorCents));
        const others = bids.filter((each) => each !== own);
        const asPaid = awardBids([...others, { ...own, priceCents }], RULES).ranked;
        const place = asPaid
          .filter((each) => ranked.some((one) => one.contractId === each.contractId))
          .findIndex((each) => each.contractId === contractId);
        expect(place).toBeGreaterThanOrEqual(0);
        // Whoever stood behind still does.
        const behind = ranked.slice(rank + 1).map((each) => each.contractId);
        const before = asPaid.slice(
          0,
          asPaid.findIndex((each) => each.contractId === contractId),
        );
        expect(before.filter((each) => behind.includes(each.contractId))).toEqual([]);
      });
    }),
  );
});
