// Whose turn it is. The promise with fixed members is a theorem (Tijdeman): never a whole lead away
// from one's share, after any number of draws. With members that come and go it is measured here.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  CREDIT_LIMIT,
  drawTurn,
  RATIO_ONE,
  type Credits,
  type Member,
} from '../../src/domain/routing/rotation.ts';

const membersOf = (weights: readonly number[]): Member[] =>
  weights.map((weight, index) => ({ contractId: `c${String(index).padStart(2, '0')}`, weight }));

/** Draws `turns` times and tells who was drawn. */
function draw(members: readonly Member[], turns: number, from: Credits = {}) {
  const drawn: string[] = [];
  let credits = from;
  for (let turn = 0; turn < turns; turn += 1) {
    const next = drawTurn(credits, members);
    drawn.push(next.order[0] ?? 'nobody');
    credits = next.credits;
  }
  return { drawn, credits };
}

const sumOf = (credits: Credits) => Object.values(credits).reduce((sum, each) => sum + each, 0);

describe('one turn', () => {
  test('goes round equal members, by id', () => {
    expect(draw(membersOf([1, 1, 1]), 7).drawn.join(' ')).toBe('c00 c01 c02 c00 c01 c02 c00');
  });

  test('does not depend on the order in which members are given', () => {
    const members = membersOf([5, 3, 2, 1]);
    expect(draw(members.toReversed(), 50)).toEqual(draw(members, 50));
  });

  test('spreads a heavy member instead of letting it go first at once', () => {
    expect(draw(membersOf([2, 1]), 6).drawn.join(' ')).toBe('c00 c01 c00 c00 c01 c00');
  });

  test('orders the others as the next ones to try after a rejection', () => {
    const { order } = drawTurn({}, membersOf([1, 1, 1, 1]));
    expect(order).toEqual(['c00', 'c01', 'c02', 'c03']);
  });

  test('a single member is always drawn and owes nothing for it', () => {
    expect(draw(membersOf([7]), 3)).toEqual({ drawn: ['c00', 'c00', 'c00'], credits: { c00: 0 } });
  });

  test('weight 0 is never drawn and stands in no order', () => {
    const { order, credits } = drawTurn({}, membersOf([1, 0, 1]));
    expect(order).toEqual(['c00', 'c02']);
    expect(credits).not.toHaveProperty('c01');
  });

  test.for([[[]], [membersOf([0, 0])]])('changes nothing without members', ([members]) => {
    expect(drawTurn({ a: 5 }, members ?? [])).toEqual({ order: [], credits: { a: 5 } });
  });

  test('leaves the credit of those who are not members as it was', () => {
    const credits = { away: 12_345, c00: 0 };
    expect(drawTurn(credits, membersOf([1, 1])).credits['away']).toBe(12_345);
  });

  test('deals out exactly one lead, whatever the weights', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 30 }), (weights) => {
        const { credits } = draw(membersOf(weights), 20);
        expect(sumOf(credits)).toBe(0);
        for (const credit of Object.values(credits))
          expect(Number.isSafeInteger(credit)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('fixed members', () => {
  const weights = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 20 }),
    fc.array(fc.constantFrom(1, 3, 10, 20), { minLength: 2, maxLength: 20 }),
    fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 20 }),
  );

  test('are never a whole lead away from their share', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 2000 }), (vector, turns) => {
        expect(worstDistance(vector, turns)).toBeLessThan(1);
      }),
      { numRuns: 20 },
    );
  });

  // Weights on which smooth weighted round robin is off by 1.39, 1.23 and 1.0 leads.
  test.for([
    [Array.from({ length: 32 }, (_, index) => [1, 3, 10, 20][index % 4] ?? 1)],
    [[1, 3, 10, 20, 1, 3, 10, 20, 1, 3, 10, 20]],
    [[1, 1, 1, 6, 6]],
  ])('stay within a lead where the usual rotation does not: %j', ([vector]) => {
    expect(worstDistance(vector ?? [], 2000)).toBeLessThan(1);
  });

  test('T32: 100 leads over 4 equal members are 25 each', () => {
    const { drawn } = draw(membersOf([1, 1, 1, 1]), 100);
    const counts = [...new Set(drawn)].map((id) => drawn.filter((each) => each === id).length);
    expect(counts).toEqual([25, 25, 25, 25]);
  });

  test('T30: the order goes on from stored credits as if nothing had happened', () => {
    const members = membersOf([5, 3, 1]);
    const half = draw(members, 137);
    const stored = JSON.parse(JSON.stringify(half.credits)) as Credits;
    const rest = draw(members, 63, stored);
    expect([...half.drawn, ...rest.drawn]).toEqual(draw(members, 200).drawn);
  });
});

/** The largest |count - t * weight / total| of any member after any draw. */
function worstDistance(weights: readonly number[], turns: number): number {
  const members = membersOf(weights);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = new Map(members.map(({ contractId }) => [contractId, 0]));
  let [worst, credits]: [number, Credits] = [0, {}];
  for (let turn = 1; turn <= turns; turn += 1) {
    const next = drawTurn(credits, members);
    credits = next.credits;
    const [winner = ''] = next.order;
    counts.set(winner, (counts.get(winner) ?? 0) + 1);
    for (const { contractId, weight } of members) {
      const distance = (counts.get(contractId) ?? 0) - (turn * weight) / total;
      worst = Math.max(worst, Math.abs(distance));
    }
  }
  return worst;
}

describe('members that come and go', () => {
  test('among those who are owed too much, the one who is owed most goes first', () => {
    // The light member has waited for longer by its own measure, but is owed less than a lead.
    const members = [
      { contractId: 'heavy', weight: 99 },
      { contractId: 'light', weight: 1 },
    ];
    const credits = { heavy: 1.3 * RATIO_ONE, light: 0.6 * RATIO_ONE };
    expect(drawTurn(credits, members).order).toEqual(['heavy', 'light']);
  });

  test('T31: nobody comes back from a pause with a burst of turns', () => {
    const [all, others] = [membersOf([1, 1, 1, 1]), membersOf([1, 1, 1])];
    const before = draw(all, 10);
    const away = draw(others, 1000, before.credits);
    const back = draw(all, 40, away.credits).drawn.filter((id) => id === 'c03');
    expect(back.length).toBeGreaterThanOrEqual(9);
    expect(back.length).toBeLessThanOrEqual(11);
  });

  /** A repeatable chance from 0 to just under 1. */
  function createChance(seed: number) {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }

  type Presence = (turn: number, member: number) => boolean;
  const patterns: [name: string, of: (chance: () => number, count: number) => Presence][] = [
    ['at random', (chance) => () => chance() < 0.6],
    [
      'by pauses',
      (chance, count) => {
        const here = Array.from({ length: count }, () => true);
        return (_, member) => {
          if (chance() < 0.05 / count) here[member] = !here[member];
          return here[member] ?? false;
        };
      },
    ],
    [
      'by filters on five kinds of leads',
      (chance, count) => {
        const kinds = Array.from({ length: 5 }, () =>
          Array.from({ length: count }, () => chance() < 0.5),
        );
        let kind = 0;
        return (_, member) => {
          if (member === 0) kind = Math.floor(chance() * kinds.length);
          return kinds[kind]?.[member] ?? false;
        };
      },
    ],
  ];

  // Measured over 60 worlds and 5,000 leads each: 1.18, 1.18 and 1.26 leads, so nothing was cut
  // off.
  test.for(patterns)('stay within 1.4 leads of their shares: %s', ([, presenceOf]) => {
    const chance = createChance(7);
    let worst = 0;
    for (let world = 0; world < 4; world += 1) {
      const weights = Array.from(
        { length: 2 + Math.floor(chance() * 19) },
        () => [1, 3, 10, 20][Math.floor(chance() * 4)] ?? 1,
      );
      const isHere = presenceOf(chance, weights.length);
      let credits: Credits = {};
      for (let turn = 0; turn < 1000; turn += 1) {
        const here = membersOf(weights).filter((_, member) => isHere(turn, member));
        credits = drawTurn(credits, here).credits;
        worst = Math.max(worst, ...Object.values(credits).map(Math.abs));
      }
      expect(sumOf(credits)).toBe(0);
    }
    expect(worst / RATIO_ONE).toBeLessThan(1.4);
  });

  test('what the limit cuts off one credit is dealt to the others, so the sum stays 0', () => {
    // Two equals at a time: one of them ends half a lead higher. Repeated among the risen, this
    // lifts a credit as far as any pattern of members can, half a lead per doubling of their
    // number.
    let credits: Credits = {};
    let equals = membersOf(Array(32).fill(1));
    while (equals.length > 1) {
      const risen: Member[] = [];
      for (let pair = 0; pair + 1 < equals.length; pair += 2) {
        const turn = drawTurn(credits, equals.slice(pair, pair + 2));
        credits = turn.credits;
        risen.push({ contractId: turn.order[1] ?? '', weight: 1 });
        expect(sumOf(credits)).toBe(0);
      }
      equals = risen;
    }
    const [last] = equals;
    expect(credits[last?.contractId ?? '']).toBe(CREDIT_LIMIT); // Without it: 2.5 leads.
    expect(Math.min(...Object.values(credits))).toBeGreaterThanOrEqual(-CREDIT_LIMIT);
  });
});
