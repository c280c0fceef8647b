// What an operator may set of a rotation: shares of money instead of leads, and how much a contract
// may catch up.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { cents } from '../../src/domain/money.ts';
import {
  creditLimitOf,
  drawTurn,
  RATIO_ONE,
  type Credits,
  type Member,
} from '../../src/domain/routing/rotation.ts';

const membersOf = (weights: readonly number[]): Member[] =>
  weights.map((weight, index) => ({ contractId: `c${String(index).padStart(2, '0')}`, weight }));

/** Draws `turns` times and tells who was drawn. */
function draw(members: readonly Member[], turns: number) {
  const drawn: string[] = [];
  let credits: Credits = {};
  for (let turn = 0; turn < turns; turn += 1) {
    const next = drawTurn(credits, members);
    drawn.push(next.order[0] ?? 'nobody');
    credits = next.credits;
  }
  return { drawn };
}

describe('shares of money', () => {
  const priced = (terms: readonly (readonly [weight: number, price: number])[]): Member[] =>
    terms.map(([weight, price], index) => ({
      ...{ contractId: `c${String(index).padStart(2, '0')}`, weight },
      priceCents: cents(price),
    }));

  test('draw the dearer one less often: equal money, half the leads', () => {
    const { drawn } = draw(
      priced([
        [1, 2000],
        [1, 1000],
      ]),
      300,
    );
    expect(drawn.filter((id) => id === 'c00')).toHaveLength(100);
  });

  test('keep everyone’s money within its own price of its part', () => {
    const terms = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20_000 })),
      { minLength: 2, maxLength: 12 },
    );
    fc.assert(
      fc.property(terms, fc.integer({ min: 1, max: 500 }), (vector, turns) => {
        const rates = vector.map(([weight, price]) => weight / price);
        const total = rates.reduce((sum, rate) => sum + rate, 0);
        const { drawn } = draw(priced(vector), turns);
        vector.forEach(([, price], index) => {
          const id = `c${String(index).padStart(2, '0')}`;
          const spent = drawn.filter((each) => each === id).length * price;
          const due = ((turns * (rates[index] ?? 0)) / total) * price;
          expect(Math.abs(spent - due)).toBeLessThan(price * 1.000001);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the limit of catching up', () => {
  const away: Credits = { c00: 4 * RATIO_ONE, c01: -4 * RATIO_ONE };

  test.for([
    [1, 6],
    [2, 7],
    [4, 8],
  ])('of %d leads lets one that is owed have %d of the next eight', ([limit = 0, turns = 0]) => {
    let credits = away;
    const drawn: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const next = drawTurn(credits, membersOf([1, 1]), creditLimitOf(limit));
      drawn.push(next.order[0] ?? '');
      credits = next.credits;
    }
    expect(drawn.filter((id) => id === 'c00').length).toBe(turns);
  });

  test('never lets a credit past it', () => {
    const { credits } = drawTurn(away, membersOf([1, 1]), creditLimitOf(2));
    expect(credits).toEqual({ c00: 2 * RATIO_ONE, c01: -2 * RATIO_ONE });
  });
});
