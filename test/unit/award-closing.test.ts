// Closing an auction early: never when an answer still to come could change who has the lead, at
// which price, alone or shared. A table of edges, then any answers in any number.

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
import { anyContract, anyRules, bid, legsOf, rulesOf } from './award-bids.ts';

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
