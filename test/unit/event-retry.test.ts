// When an event is tried again: the schedule, its edges and what a receiver may ask for.

import { expect, test } from 'vitest';
import { retryAfterMs } from '../../src/domain/delivering/retry.ts';
import { RETRY, waitBeforeRetry } from '../../src/domain/events/retry.ts';

const HOUR = 3_600_000;
const wait = (tries: number, more: Partial<Parameters<typeof waitBeforeRetry>[1]> = {}) =>
  waitBeforeRetry(RETRY, { tries, ageMs: 0, random: 0.5, ...more });

test('the schedule is that of Standard Webhooks, a fifth more or less', () => {
  const seconds = Array.from({ length: 9 }, (_, index) => (wait(index + 1) ?? 0) / 1_000);
  expect(seconds).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  expect([wait(1, { random: 0 }), wait(1, { random: 1 })]).toEqual([4_000, 6_000]);
});

test('the last try is made when three days are over, and none after it', () => {
  expect(wait(9, { ageMs: 60 * HOUR })).toBe(12 * HOUR);
  expect(wait(9, { ageMs: 72 * HOUR })).toBeUndefined();
  expect(wait(10)).toBeUndefined();
});

test('a receiver may ask for more time, up to a day, and never for less', () => {
  expect(wait(1, { askedMs: 60_000 })).toBe(60_000);
  expect(wait(2, { askedMs: 60_000 })).toBe(300_000);
  expect(wait(1, { askedMs: 90 * HOUR })).toBe(24 * HOUR);
});

test.each([
  ['120', 120_000],
  ['Fri, 27 Nov 2026 12:00:10 GMT', 10_000],
  ['Fri, 27 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(retryAfterMs(header, Date.parse('2026-11-27T12:00:00Z'))).toBe(expected);
});
