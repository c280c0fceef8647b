// What a caps entity remembers, for how long, and where it begins: ids and windows past their time,
// the seed from PostgreSQL, the most open holds, and the state that is carried over.

import { describe, expect, test } from 'vitest';

import { applyOps, emptyCaps, REMEMBER_MS, seedCaps } from '../../src/domain/caps/caps.ts';
import {
  adjust,
  carried,
  DAY,
  day,
  hold,
  HOUR,
  keep,
  kinds,
  MIDNIGHT,
  MINUTE,
  NOON,
  release,
  seeded,
  used,
} from './caps-ops.ts';

describe('time', () => {
  const AFTER = NOON + REMEMBER_MS;

  test('an operation exactly as old as the memory is judged, one millisecond older is stale', () => {
    const state = seeded({}, AFTER);
    expect(kinds(state, [hold('a', [day(5)]), release('b')], AFTER)).toEqual(['granted', 'done']);
    expect(kinds(state, [hold('c', [day(5)]), release('d')], AFTER + 1)).toEqual([
      'stale',
      'stale',
    ]);
  });

  test('a hold folds into its counter after an hour, and not a millisecond sooner', () => {
    const state = seeded();
    kinds(state, [hold('a', [day(5)])]);
    kinds(state, [keep('nobody')], AFTER);
    expect(state).toMatchObject({ open: 1, holds: { a: {} } });
    kinds(state, [keep('nobody')], AFTER + 1);
    expect(state).toMatchObject({ open: 0, holds: {} });
    expect(used(state)).toBe(1);
    expect(kinds(state, [release('a'), hold('a', [day(5)])], AFTER + 1)).toEqual([
      'stale',
      'stale',
    ]);
    expect(used(state)).toBe(1);
  });

  test('what is finished is forgotten after an hour', () => {
    const state = seeded();
    kinds(state, [hold('a', [day(5)]), keep('a'), release('b'), adjust('row/1', 1)]);
    kinds(state, [keep('nobody')], AFTER);
    expect(Object.keys(state.done)).toEqual(['a', 'b', 'row/1']);
    kinds(state, [keep('nobody')], AFTER + 1);
    expect(state.done).toEqual({});
    expect(used(state)).toBe(2);
  });

  test('one id that is released every minute does not keep the others in memory', () => {
    const state = seeded();
    for (let minute = 0; minute < 180; minute += 1) {
      const now = NOON + minute * MINUTE;
      applyOps(state, [release('again', now), release(`lead/${minute}`, now)], now);
    }
    expect(Object.keys(state.done).length).toBeLessThan(70);
  });

  test('a window stays for an hour after its end: a hold planned before midnight counts there', () => {
    const state = seeded({}, MIDNIGHT);
    const late = hold('a', [day(1)], { atMs: MIDNIGHT - 1 });
    const later = hold('b', [day(1)], { atMs: MIDNIGHT - 1 });
    expect(kinds(state, [late], MIDNIGHT + MINUTE)).toEqual(['granted']);
    expect(kinds(state, [later], MIDNIGHT + 30 * MINUTE)).toEqual(['denied']);
    kinds(state, [keep('nobody')], MIDNIGHT + HOUR);
    expect(used(state)).toBe(1);
    kinds(state, [keep('nobody')], MIDNIGHT + HOUR + 1);
    expect(used(state)).toBeUndefined();
  });

  test('a total has no end and is never dropped', () => {
    const state = seeded();
    kinds(state, [hold('a', [day(5, { key: 'buyer/apex/total/leads', endsAtMs: null })])]);
    kinds(state, [keep('nobody')], NOON + 10_000 * HOUR);
    expect(used(state, 'buyer/apex/total/leads')).toBe(1);
  });

  test('a release after its window was dropped is done and harms nothing', () => {
    const state = seeded({}, MIDNIGHT);
    kinds(state, [hold('a', [day(5)], { atMs: MIDNIGHT - 1 })], MIDNIGHT + 50 * MINUTE);
    const now = MIDNIGHT + HOUR + 2;
    expect(kinds(state, [release('a', MIDNIGHT - 1)], now)).toEqual(['done']);
    expect(state).toMatchObject({ open: 0, windows: {} });
  });
});

describe('a seed', () => {
  const atNoon = { key: DAY, by: 3, endsAtMs: MIDNIGHT };
  const held = (id: string, planned = false) => ({
    id,
    windows: [{ key: DAY, amount: 1 }],
    planned,
  });

  test('without it nothing is granted, released or corrected, and nothing is remembered', () => {
    const state = emptyCaps();
    state.epoch = 'first';
    const ops = [hold('a', [day(5)]), release('a'), keep('a'), adjust('row/1', 1)];
    expect(applyOps(state, ops, NOON)).toEqual(
      ops.map(() => ({ kind: 'unseeded', epoch: 'first' })),
    );
    expect(state).toEqual({ ...emptyCaps(), epoch: 'first' });
  });

  test('T35: a window that is known from the seed only obeys the limit of its first hold', () => {
    const state = seeded({ used: [atNoon] });
    expect(kinds(state, [hold('a', [day(4)]), hold('b', [day(4)])])).toEqual(['granted', 'denied']);
  });

  test('counts once per epoch', () => {
    const state = seeded({ used: [atNoon] });
    seedCaps(state, { epoch: 'first', used: [atNoon], holds: [] }, NOON);
    expect(used(state)).toBe(3);
  });

  test('of another epoch is ignored: it was read for an entity that is no more', () => {
    const state = emptyCaps();
    state.epoch = 'second';
    seedCaps(state, { epoch: 'first', used: [atNoon], holds: [] }, NOON);
    expect(state).toMatchObject({ seeded: false, windows: {} });
  });

  test('brings holds that can be released and kept, and are granted to their own repeats', () => {
    const holds = [held('a'), held('b'), held('c')];
    const state = seeded({ used: [atNoon], holds });
    expect(state.open).toBe(3);
    const full = [day(3)];
    expect(kinds(state, [release('a'), keep('b'), hold('c', full), hold('d', full)])).toEqual([
      'done',
      'done',
      'granted',
      'granted',
    ]);
    expect(used(state)).toBe(3);
  });

  test('plans that were never granted are judged when their hold comes', () => {
    const holds = [held('a', true), held('b', true), held('c', true)];
    const state = seeded({ used: [atNoon], holds });
    const full = [day(2)];
    // The plans of b and c still count: too much is safe.
    expect(kinds(state, [hold('a', full), release('b'), hold('c', full), hold('d', full)])).toEqual(
      ['denied', 'done', 'granted', 'granted'],
    );
    expect([used(state), state.open]).toEqual([2, 2]);
  });
});

test('the state is plain JSON: carried over, it decides as before', () => {
  const state = seeded();
  kinds(state, [hold('a', [day(2)]), hold('b', [day(2)]), keep('a'), release('x')]);
  expect(carried(state)).toEqual(state);
  // T16: what was remembered before continue-as-new is remembered after it.
  const ops = [hold('a', [day(2)]), hold('b', [day(2)]), hold('x', [day(2)]), hold('c', [day(2)])];
  expect(kinds(carried(state), ops)).toEqual(['granted', 'granted', 'released', 'denied']);
});
