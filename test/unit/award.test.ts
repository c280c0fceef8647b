// What an auction comes to: floors, margin, second price, fewer bidders than wanted, and closing
// early. Tables with both sides of every edge, then properties for any bids.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Outstanding } from '../../src/domain/routing/auction.ts';
import {
  type AuctionRules,
  awardBids,
  type Entry,
  isSettled,
} from '../../src/domain/routing/award.ts';
import { winnersOf } from '../../src/domain/routing/best-sale.ts';
import { cents } from '../../src/domain/money.ts';

type Terms = Partial<{
  by: number;
  priority: number;
  floor: number;
  shared: boolean;
  fixed: boolean;
  id: string;
  adjust: readonly [by: number, add: number];
}>;

function bid(contractId: string, price: number, terms: Terms = {}): Entry {
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

const RULES: AuctionRules = {
  floorCents: cents(0),
  firstSaleCents: cents(0),
  places: 1,
  pricing: 'first',
  pick: 'price',
  minBidders: 1,
};
const rulesOf = (changes: Partial<Record<keyof AuctionRules, unknown>>): AuctionRules => ({
  ...RULES,
  ...(changes as Partial<AuctionRules>),
});
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

const anyTerms = fc.record({
  by: fc.constantFrom(0.5, 1, 1.01, 2),
  priority: fc.integer({ min: 0, max: 2 }),
  floor: fc.constantFrom(0, 1005),
  fixed: fc.boolean(),
  adjust: fc.option(fc.tuple(fc.constantFrom(0.9, 1, 1.1), fc.integer({ min: -9, max: 9 })), {
    nil: undefined,
  }),
});
const anyLegs = fc.array(
  fc.record({ price: fc.integer({ min: 990, max: 1010 }), shared: fc.boolean() }),
  { minLength: 1, maxLength: 3 },
);
const anyContract = fc.record({ terms: anyTerms, legs: anyLegs });
const anyContracts = fc.array(anyContract, { maxLength: 7 });
type AnyContract = typeof anyContract extends fc.Arbitrary<infer One> ? One : never;
const legsOf = (contractId: string, { terms, legs }: AnyContract): Entry[] =>
  legs.map(({ price, shared }, leg) =>
    bid(contractId, price, { ...(terms as Terms), shared, id: `${contractId}/${leg}` }),
  );
const anyRules = fc
  .record({
    floorCents: fc.constantFrom(0, 1000),
    firstSaleCents: fc.constantFrom(0, 1003),
    places: fc.integer({ min: 1, max: 4 }),
    pricing: fc.constantFrom('first', 'second'),
    pick: fc.constantFrom('price', 'total'),
    minBidders: fc.integer({ min: 1, max: 3 }),
  })
  .map(rulesOf);

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

describe('closing early', () => {
  const winners = (bids: readonly Entry[], rules: AuctionRules) =>
    winnersOf(awardBids(bids, rules).ranked, rules).map(({ contractId, priceCents, shared }) => [
      contractId,
      priceCents,
      Boolean(shared),
    ]);

  test('never changes who has the lead, at which price, alone or shared', () => {
    const answers = fc.array(fc.tuple(anyContract, fc.boolean()), { maxLength: 7 });
    let closed = 0;
    fc.assert(
      fc.property(answers, anyRules, (contracts, rules) => {
        const [soFar, later, outstanding]: [Entry[], Entry[], Outstanding[]] = [[], [], []];
        contracts.forEach(([each, hasAnswered], index) => {
          const legs = legsOf(`c${index}`, each);
          (hasAnswered ? soFar : later).push(...legs);
          const maxBidCents = cents(Math.max(...legs.map(({ priceCents }) => priceCents)));
          if (!hasAnswered)
            outstanding.push({ ...(legs[0] as Entry), fixed: false, maxBidCents } as Outstanding);
        });
        if (!isSettled(soFar, outstanding, rules)) return;
        closed += 1;
        expect(winners([...soFar, ...later], rules)).toEqual(winners(soFar, rules));
      }),
      { numRuns: 600 },
    );
    expect(closed).toBeGreaterThan(30);
  });

  const most = (contractId: string, maxBid: number): Outstanding => ({
    ...bid(contractId, 0),
    maxBidCents: cents(maxBid),
  });
  const share = (id: string, price: number) => bid(id, price, { shared: true });
  const facts: [
    string,
    Entry[],
    Outstanding[],
    Partial<Record<keyof AuctionRules, unknown>>,
    boolean,
  ][] = [
    ['nobody outstanding can come first', [bid('a', 900)], [most('b', 899)], {}, true],
    ['no bid has come', [], [most('b', 899)], {}, false],
    [
      'one outstanding could raise the second price',
      [bid('a', 900)],
      [most('b', 899)],
      { pricing: 'second' },
      false,
    ],
    ['none could', [bid('a', 900), bid('b', 899)], [most('c', 898)], { pricing: 'second' }, true],
    ['a share is still free for one', [share('a', 900)], [most('b', 100)], { places: 2 }, false],
    [
      'the shares are taken by better ones',
      [share('a', 900), share('b', 800)],
      [most('c', 700)],
      { places: 2 },
      true,
    ],
    [
      'more shares could outweigh the exclusive',
      [bid('a', 900), share('b', 600)],
      [most('c', 400)],
      { places: 2, pick: 'total' },
      false,
    ],
    [
      'they could not',
      [bid('a', 900), share('b', 600)],
      [most('c', 300)],
      { places: 2, pick: 'total' },
      true,
    ],
    ['a bidder is missing', [bid('a', 900)], [most('b', 100)], { minBidders: 2 }, false],
    [
      'enough bidders are there',
      [bid('a', 900), bid('b', 200)],
      [most('c', 100)],
      { minBidders: 2 },
      true,
    ],
  ];
  test.for(facts)('is right when %s', ([, bids, outstanding, rules, settled]) => {
    expect(isSettled(bids, outstanding, rulesOf(rules))).toBe(settled);
  });
});
