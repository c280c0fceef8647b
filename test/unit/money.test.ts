// Money comes in as text from buyers and must leave as exact cents, or not at all.

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { cents, dollars, parseDollars, shareOf } from '../../src/domain/money.ts';

const readable: [text: string, amount: number][] = [
  ['14.8', 1480],
  ['14.80', 1480],
  ['$14.80', 1480],
  ['$ 14', 1400],
  [' 0.01 ', 1],
  ['0', 0],
  ['1,200', 120_000],
  ['$1,200.05', 120_005],
  ['999999999', 99_999_999_900],
];
test.for(readable)('reads %s as %i cents', ([text, amount]) => {
  expect(parseDollars(text)).toBe(amount);
});

// T21: what a buyer may write instead of an amount. None of it may become money.
const unclear = [
  '',
  'free',
  '12,50',
  '1.234,50',
  '14.805',
  '-3',
  '1e3',
  'Infinity',
  'NaN',
  '.5',
  '5.',
  '1,20,0',
  '€14',
  '14 USD',
  '1234567890',
];
test.for(unclear)('T21: does not guess what %j is', (text) => {
  expect(parseDollars(text)).toBeUndefined();
});

const shown: [amount: number, text: string][] = [
  [0, '$0.00'],
  [5, '$0.05'],
  [1480, '$14.80'],
  [120_000, '$1,200.00'],
  [123_456_789, '$1,234,567.89'],
  [-300, '-$3.00'],
];
test.for(shown)('shows %i cents as %s', ([amount, text]) => expect(dollars(amount)).toBe(text));

test('T22: every amount survives being shown and read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (amount) => {
      expect(parseDollars(dollars(amount))).toBe(amount);
    }),
  );
});

test.for([1.5, -1, Number.NaN, 2 ** 53])('refuses %d as cents', (amount) => {
  expect(() => cents(amount)).toThrow('not cents');
});

test('a share is the exact fraction rounded down, for any amount', () => {
  const amounts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 10_000 }), (amount, basisPoints) => {
      const exact = BigInt(amount) * BigInt(basisPoints);
      const share = BigInt(shareOf(cents(amount), basisPoints));
      expect(share * 10_000n <= exact && exact < (share + 1n) * 10_000n).toBe(true);
    }),
  );
});
