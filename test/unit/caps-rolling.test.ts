// Rolling caps: what was granted in any N hours never passes the limit, each grant gives its room
// back one period later and at most a sixtieth of it too late, and all of it is used on demand.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { applyOps, type CapsState, type CapWindow } from '../../src/domain/caps/caps.ts';
import { listUses } from '../../src/domain/caps/uses.ts';
import { bucketAt } from '../../src/domain/caps/rolling.ts';
import { carried, hold, HOUR, keep, kinds, MINUTE, NOON, release, seeded } from './caps-ops.ts';

const KEY = 'contract/apex_auto/rolling/24h/leads';
const DAY_MS = 24 * HOUR;
/** A sixtieth of 24 hours. */
const BUCKET = 24 * MINUTE;

const rolling = (limit: number, atMs = NOON, hours = 24): CapWindow => ({
  key: KEY,
  amount: 1,
  limit,
  endsAtMs: bucketAt(atMs, hours * HOUR),
  rolling: hours * HOUR,
});

const ask = (state: CapsState, id: string, [atMs, limit = 1]: [atMs: number, limit?: number]) =>
  kinds(state, [hold(id, [rolling(limit, atMs)], { atMs })], atMs)[0];

describe('a grant', () => {
  const ends: [says: string, atMs: number, endsAtMs: number][] = [
    ['at the start of a bucket', NOON, NOON + BUCKET + DAY_MS],
    ['at its last millisecond', NOON + BUCKET - 1, NOON + BUCKET + DAY_MS],
    ['at the start of the next', NOON + BUCKET, NOON + 2 * BUCKET + DAY_MS],
  ];
  test.for(ends)('%s counts for a period after the end of its bucket', ([, atMs, endsAtMs]) => {
    expect(bucketAt(atMs, DAY_MS)).toBe(endsAtMs);
  });

  test('keeps its room until the last millisecond, and not one longer', () => {
    const state = seeded();
    expect(ask(state, 'a', [NOON])).toBe('granted');
    expect(ask(state, 'b', [NOON + DAY_MS + BUCKET - 1])).toBe('denied');
    expect(ask(state, 'c', [NOON + DAY_MS + BUCKET])).toBe('granted');
  });

  test('that comes late counts from when it came, not from its plan', () => {
    const state = seeded();
    const late = hold('a', [rolling(1)], { atMs: NOON });
    expect(kinds(state, [late], NOON + 50 * MINUTE)).toEqual(['granted']);
    expect(ask(state, 'b', [NOON + DAY_MS + BUCKET])).toBe('denied');
    expect(ask(state, 'c', [NOON + DAY_MS + 3 * BUCKET])).toBe('granted');
  });

  test('that is released gives its room back in the bucket it was taken from', () => {
    const state = seeded();
    ask(state, 'a', [NOON, 2]);
    ask(state, 'b', [NOON + HOUR, 2]);
    kinds(state, [release('a', NOON)], NOON + HOUR);
    expect(state.windows[KEY]).toMatchObject({
      used: 1,
      buckets: { [bucketAt(NOON + HOUR, DAY_MS)]: 1 },
    });
  });

  test('released after its bucket has left harms nothing', () => {
    const state = seeded({}, NOON);
    const short = (atMs: number) => rolling(1, atMs, 1);
    kinds(state, [hold('a', [short(NOON)])]);
    const later = NOON + HOUR + MINUTE;
    kinds(state, [hold('b', [short(later)], { atMs: later })], later);
    kinds(state, [release('a', later)], later);
    expect(state.windows[KEY]?.used).toBe(1);
  });
});

test('a denial says when the oldest use leaves', () => {
  const state = seeded();
  ask(state, 'a', [NOON, 2]);
  ask(state, 'b', [NOON + HOUR, 2]);
  const at = NOON + 2 * HOUR;
  const [denied] = applyOps(state, [hold('c', [rolling(2, at)], { atMs: at })], at);
  expect(denied).toMatchObject({
    kind: 'denied',
    room: { left: 0, endsAtMs: bucketAt(NOON, DAY_MS) },
  });
});

test('a seed brings the buckets, and holds that give back to theirs', () => {
  const [old, young] = [bucketAt(NOON - 20 * HOUR, DAY_MS), bucketAt(NOON, DAY_MS)];
  const used = [
    { key: KEY, by: 2, endsAtMs: old, rolling: DAY_MS },
    { key: KEY, by: 1, endsAtMs: young, rolling: DAY_MS },
  ];
  const windows = [{ key: KEY, amount: 1, endsAtMs: young }];
  const state = seeded({ used, holds: [{ id: 'a', windows, planned: false }] });
  expect(ask(state, 'b', [NOON, 3])).toBe('denied');
  kinds(state, [release('a')]);
  expect(state.windows[KEY]?.buckets).toEqual({ [old]: 2 });
  expect(listUses(state, old - 1, 5).fullest).toMatchObject([{ used: 2, endsAtMs: old }]);
  expect(listUses(state, old, 5).fullest).toMatchObject([{ used: 0, limit: 3 }]);
});

test('a window whose uses have all left is forgotten an hour later', () => {
  const state = seeded();
  ask(state, 'a', [NOON]);
  const left = bucketAt(NOON, DAY_MS);
  kinds(state, [keep('nobody')], left + HOUR);
  expect(state.windows[KEY]).toBeDefined();
  kinds(state, [keep('nobody')], left + HOUR + 1);
  expect(state.windows).toEqual({});
});

test('in any N hours no more than the limit is granted, and all of it is when asked for', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 * MINUTE }), {
    minLength: 20,
    maxLength: 150,
  });
  const cases = fc.record({ gaps, limit: fc.integer({ min: 1, max: 5 }), hours: fc.nat(3) });
  fc.assert(
    fc.property(cases, ({ gaps: between, limit, hours: more }) => {
      const [span, granted] = [(1 + more) * HOUR, [] as number[]];
      let state = seeded();
      let at = NOON;
      between.forEach((gap, index) => {
        at += gap;
        if (index % 7 === 0) state = carried(state);
        const op = hold(`lead/${index}`, [rolling(limit, at, 1 + more)], { atMs: at });
        const [kind] = kinds(state, [op], at);
        // What left a bucket ago is certainly free again.
        const counts = (ms: number, slack: number) => ms + span + slack > at;
        const surely = granted.filter((ms) => counts(ms, 0)).length;
        const perhaps = granted.filter((ms) => counts(ms, span / 60)).length;
        if (surely >= limit) expect(kind).toBe('denied');
        if (perhaps < limit) expect(kind).toBe('granted');
        if (kind === 'granted') granted.push(at);
      });
      for (const from of granted) {
        const within = granted.filter((ms) => ms >= from && ms < from + span);
        expect(within.length).toBeLessThanOrEqual(limit);
      }
    }),
    { numRuns: 200 },
  );
});
