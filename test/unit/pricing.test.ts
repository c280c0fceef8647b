// What a source earns by a sale.

import { expect, test } from 'vitest';

import { cents } from '../../src/domain/money.ts';
import { payoutFor } from '../../src/domain/routing/pricing.ts';
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
