// Pacing: how much of a limit is allowed by which open minute, and what the entity says of it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { applyOps } from '../../src/domain/caps/caps.ts';
import { nextPacedMinute, pacedLimit } from '../../src/domain/caps/pacing.ts';
import { PACINGS } from '../../src/domain/world/cap.ts';
import { day, DAY, HOUR, hold, kinds, MIDNIGHT, NOON, seeded } from './caps-ops.ts';

const facts: [pacing: 'even' | 'front_loaded', minute: number, allowed: number][] = [
  ['even', 1, 1],
  ['even', 15, 1],
  ['even', 16, 2],
  ['even', 300, 20],
  ['even', 599, 40],
  ['even', 600, 40],
  ['front_loaded', 1, 1],
  ['front_loaded', 300, 30],
  ['front_loaded', 450, 38],
  ['front_loaded', 600, 40],
];
test.for(facts)('%s: by minute %i of 600, %i of 40', ([pacing, minute, allowed]) => {
  expect(pacedLimit(40, pacing, { minute, minutes: 600 })).toBe(allowed);
});

const limits = fc.oneof(fc.nat(200), fc.nat(1_000_000_000_000));
const cases = fc.record({
  limit: limits,
  pacing: fc.constantFrom(...PACINGS),
  minutes: fc.integer({ min: 1, max: 44_640 }),
  n: fc.nat(),
});

test('the allowance never falls, is never nothing, and reaches the limit', () => {
  fc.assert(
    fc.property(cases, ({ limit, pacing, minutes: all, n }) => {
      const minute = 1 + (n % all);
      const allowed = pacedLimit(limit, pacing, { minute, minutes: all });
      const later = pacedLimit(limit, pacing, { minute: minute + 1, minutes: all });
      expect(later).toBeGreaterThanOrEqual(allowed);
      expect(allowed).toBeLessThanOrEqual(limit);
      if (limit > 0) expect(allowed).toBeGreaterThan(0);
      expect(pacedLimit(limit, pacing, { minute: all, minutes: all })).toBe(limit);
      const even = pacedLimit(limit, 'even', { minute, minutes: all });
      expect(pacedLimit(limit, 'front_loaded', { minute, minutes: all })).toBeGreaterThanOrEqual(
        even,
      );
    }),
    { numRuns: 500 },
  );
});

test('the next minute is the first in which more is allowed', () => {
  fc.assert(
    fc.property(cases, ({ limit, pacing, minutes: all, n }) => {
      const minute = 1 + (n % all);
      const at = (one: number) => pacedLimit(limit, pacing, { minute: one, minutes: all });
      const next = nextPacedMinute(limit, pacing, { minute, minutes: all });
      if (next === undefined) {
        expect(at(minute)).toBe(limit);
        return;
      }
      expect(at(next)).toBeGreaterThan(at(minute));
      expect(at(next - 1)).toBe(at(minute));
    }),
    { numRuns: 300 },
  );
});

describe('a paced window', () => {
  const until = NOON + HOUR;
  const paced = (limit: number) => day(40, { paced: { limit, untilMs: until, until: '13:00' } });

  test('is denied at its allowance, until more is allowed, and says so', () => {
    const state = seeded({ used: [{ key: DAY, by: 12, endsAtMs: MIDNIGHT }] });
    const [granted] = applyOps(state, [hold('a', [paced(13)])], NOON);
    expect(granted).toEqual({ kind: 'granted', rooms: [{ key: DAY, left: 0, endsAtMs: until }] });
    const [denied] = applyOps(state, [hold('b', [paced(13)])], NOON);
    const room = { key: DAY, left: 0, endsAtMs: until };
    expect(denied).toEqual({ kind: 'denied', room, used: 13, limit: 40, pacedUntil: '13:00' });
    expect(kinds(state, [hold('c', [paced(14)])])).toEqual(['granted']);
  });

  test('never allows more than its limit, and then ends with its period', () => {
    const state = seeded({ used: [{ key: DAY, by: 40, endsAtMs: MIDNIGHT }] });
    const [denied] = applyOps(state, [hold('a', [paced(60)])], NOON);
    expect(denied).toMatchObject({ kind: 'denied', room: { endsAtMs: MIDNIGHT } });
    expect(denied).not.toHaveProperty('pacedUntil');
  });
});
