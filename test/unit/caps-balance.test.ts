// A buyer that pays ahead: holds count against what was paid in and the credit, and a deposit
// counts once, however often and in whatever order it is told.

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { applyOps, type CapOp, type CapWindow } from '../../src/domain/caps/caps.ts';
import { balanceKeyOf, isBalanceKey } from '../../src/domain/caps/keys.ts';
import { moodOf } from '../../src/domain/caps/mood.ts';
import { listUses } from '../../src/domain/caps/uses.ts';
import { hold, kinds, NOON, release, seeded, used } from './caps-ops.ts';

const KEY = balanceKeyOf('apex');
const charge = (amount: number, limit = 0): CapWindow => ({
  key: KEY,
  amount,
  limit,
  endsAtMs: null,
});
const deposit = (upTo: number, totalCents: number): CapOp => ({
  ...{ op: 'deposit', id: `deposit/${upTo}`, key: KEY, totalCents, upTo },
});

const keys: [key: string, is: boolean][] = [
  [KEY, true],
  ['buyer/apex/day/2026-11-22/cents', false],
  ['contract/balance/total/cents', false],
  ['buyer/apex/state=x/balance/cents', false],
];
test.for(keys)('%s is a balance: %s', ([key, is]) => expect(isBalanceKey(key)).toBe(is));

test('without a deposit nothing is sold, and exactly what was paid in is', () => {
  const state = seeded();
  expect(kinds(state, [hold('a', [charge(1)])])).toEqual(['denied']);
  const ops = [deposit(1, 300), hold('b', [charge(200)]), hold('c', [charge(101)])];
  expect(kinds(state, [...ops, hold('d', [charge(100)])])).toEqual([
    ...['done', 'granted', 'denied', 'granted'],
  ]);
  expect(used(state, KEY)).toBe(0);
});

test('credit lets the balance go below nothing, that far and no cent further', () => {
  const state = seeded();
  const ops = [hold('a', [charge(500, 500)]), hold('b', [charge(1, 500)])];
  expect(kinds(state, ops)).toEqual(['granted', 'denied']);
});

test('a released hold gives its cents back below nothing: a deposit is no use', () => {
  const state = seeded();
  kinds(state, [deposit(1, 300), hold('a', [charge(200)]), release('a')]);
  expect(used(state, KEY)).toBe(-300);
  expect(moodOf(state, NOON)).toBe('open');
});

test('a withdrawal lowers the sum, and nothing more is sold on it', () => {
  const state = seeded();
  kinds(state, [deposit(1, 300), hold('a', [charge(200)]), deposit(2, 100)]);
  expect(used(state, KEY)).toBe(100);
  expect(kinds(state, [hold('b', [charge(1)]), release('a'), hold('c', [charge(100)])])).toEqual([
    ...['denied', 'done', 'granted'],
  ]);
});

test('a seed that knows a deposit and the word of it count it once', () => {
  const deposits = { key: KEY, totalCents: 500, upTo: 7 };
  const state = seeded({ used: [{ key: KEY, by: 120, endsAtMs: null }], deposits });
  kinds(state, [deposit(7, 500), deposit(6, 400)]);
  expect(used(state, KEY)).toBe(-380);
  kinds(state, [deposit(8, 600)]);
  expect(used(state, KEY)).toBe(-480);
});

test('deposits told in any order, any number of times, come to their sum', () => {
  const told = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(told, (numbers) => {
      const state = seeded();
      applyOps(
        state,
        numbers.map((upTo) => deposit(upTo, upTo * 100)),
        NOON,
      );
      expect(used(state, KEY)).toBe(-Math.max(...numbers) * 100);
    }),
  );
});

test('what is used and the limit are told with what was paid in', () => {
  const state = seeded();
  kinds(state, [deposit(1, 1_000), hold('a', [charge(950, 50)])]);
  const [use] = listUses(state, NOON, 9).fullest;
  expect(use).toEqual({ key: KEY, used: 950, limit: 1_050, paidIn: 1_000, endsAtMs: null });
});

const moods: [spent: number, mood: string][] = [
  [0, 'open'],
  [944, 'open'],
  [945, 'near'],
  [1_049, 'near'],
  [1_050, 'full'],
];
test.for(moods)('%i cents spent of 1,050 are %s', ([spent, mood]) => {
  const state = seeded();
  kinds(state, [deposit(1, 1_000), hold('a', [charge(spent, 50)])]);
  expect(moodOf(state, NOON)).toBe(mood);
});
