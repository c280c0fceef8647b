// What a source earns by a sale, and the least price that leaves a margin.

import { describe, expect, test } from 'vitest';

import { cents } from '../../src/domain/money.ts';
import { marginFloors, payoutFor } from '../../src/domain/routing/pricing.ts';
import type { MinMargin } from '../../src/domain/world/campaign.ts';
import type { Payout } from '../../src/domain/world/world.ts';

const share = (basisPoints: number): Payout => ({ kind: 'share', basisPoints });
const fixed = (amount: number): Payout => ({ kind: 'fixed', cents: cents(amount) });

const facts: [says: string, payout: Payout, price: number, earlier: number, earns: number][] = [
  ['80 % of $14.80', share(8_000), 1480, 0, 1184],
  ['a share of every sale of a shared lead', share(8_000), 1000, 2, 800],
  ['a share rounded down', share(7_250), 999, 0, 724],
  ['nothing of a share of 0', share(0), 1480, 0, 0],
  ['everything of a share of 100 %', share(10_000), 1481, 0, 1481],
  ['a fixed sum for the first sale', fixed(900), 1480, 0, 900],
  ['a fixed sum even above the price', fixed(900), 500, 0, 900],
  ['no second fixed sum', fixed(900), 1480, 1, 0],
];
test.for(facts)('pays %s', ([, payout, price, earlier, earns]) => {
  expect(payoutFor(payout, cents(price), earlier)).toBe(earns);
});

describe('the least price that leaves', () => {
  const inCents = (amount: number): MinMargin => ({ kind: 'cents', cents: cents(amount) });
  const percent = (basisPoints: number): MinMargin => ({ kind: 'percent', basisPoints });

  const floors: [says: string, Payout, MinMargin | null, every: number, first: number][] = [
    ['no margin is none', fixed(900), null, 0, 0],
    ['$1 over a fixed sum is held by the first sale', fixed(900), inCents(100), 0, 1000],
    ['20 % of the price over a fixed sum', fixed(900), percent(2_000), 0, 1125],
    ['a third over a fixed sum, rounded up', fixed(1_000), percent(3_333), 0, 1500],
    ['nothing over a fixed sum of nothing', fixed(0), percent(10_000), 0, 0],
    ['$1 over a share is held by every sale', share(8_000), inCents(100), 500, 0],
    ['$1 over a share, rounded up', share(7_000), inCents(100), 334, 0],
    ['20 % over a share asks for nothing: the share leaves it', share(8_000), percent(2_000), 0, 0],
  ];
  test.for(floors)('%s', ([, payout, margin, everySaleCents, firstSaleCents]) => {
    expect(marginFloors(payout, margin)).toEqual({ everySaleCents, firstSaleCents });
  });

  test('is exact: a cent less leaves too little', () => {
    for (const basisPoints of [1, 999, 3_333, 5_000, 9_999]) {
      const { everySaleCents } = marginFloors(share(basisPoints), inCents(137));
      const left = (price: number) => price * (1 - basisPoints / 10_000);
      expect(left(everySaleCents)).toBeGreaterThanOrEqual(137 - 1e-9);
      expect(left(everySaleCents - 1)).toBeLessThan(137);
    }
  });

  test('does not exist where the share takes everything', () => {
    expect(() => marginFloors(share(10_000), inCents(1))).toThrow('no price leaves 1');
  });
});
