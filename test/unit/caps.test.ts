// The caps, rule by rule: tables of operations with the decision of each, on both sides of every
// edge. Time, seeds and memory are in caps-memory.test.ts; what holds for every order of operations
// is in caps-model.test.ts.

import { describe, expect, test } from 'vitest';

import { moodOf } from '../../src/domain/caps/mood.ts';
import { applyOps, type CapOp, type CapsState } from '../../src/domain/caps/caps.ts';
import {
  adjust,
  DAY,
  day,
  hold,
  keep,
  kinds,
  MIDNIGHT,
  month,
  MONTH,
  NOON,
  release,
  seeded,
  used,
} from './caps-ops.ts';

describe('a limit', () => {
  type Fact = [says: string, ops: CapOp[], decisions: string[], used: number];
  const facts: Fact[] = [
    ['T39: of 0 takes nothing', [hold('a', [day(0)])], ['denied'], 0],
    ['of 1 takes one', [hold('a', [day(1)]), hold('b', [day(1)])], ['granted', 'denied'], 1],
    [
      'T40: counts at once, before any sale, and a rejection uses nothing',
      [hold('a', [day(1)]), hold('b', [day(1)]), release('a'), hold('c', [day(1)])],
      ['granted', 'denied', 'done', 'granted'],
      1,
    ],
    [
      'grants what fills it to the unit, and denies one unit more',
      [
        hold('a', [day(10, { amount: 7 })]),
        hold('b', [day(10, { amount: 4 })]),
        hold('c', [day(10, { amount: 3 })]),
        hold('d', [day(10, { amount: 1 })]),
      ],
      ['granted', 'denied', 'granted', 'denied'],
      10,
    ],
    [
      'raised by a newer world takes the next lead at once',
      [
        hold('a', [day(1)]),
        hold('b', [day(1)]),
        hold('c', [day(2)], { version: 2 }),
        hold('d', [day(2)], { version: 2 }),
      ],
      ['granted', 'denied', 'granted', 'denied'],
      2,
    ],
    [
      'lowered by a newer world below its use grants nothing and takes nothing back',
      [
        hold('a', [day(5)]),
        hold('b', [day(5)]),
        hold('c', [day(1)], { version: 2 }),
        release('a'),
        hold('d', [day(1)], { version: 2 }),
        release('b'),
        hold('e', [day(1)], { version: 2 }),
      ],
      ['granted', 'granted', 'denied', 'done', 'denied', 'done', 'granted'],
      1,
    ],
    [
      'of an older world is ignored once a newer one was seen, higher or lower',
      [
        hold('a', [day(1)], { version: 2 }),
        hold('b', [day(99)], { version: 1 }),
        hold('c', [day(2)], { version: 3 }),
        hold('d', [day(0)], { version: 2 }),
      ],
      ['granted', 'denied', 'granted', 'denied'],
      2,
    ],
    [
      'is learnt from a hold that is denied as well',
      [hold('a', [day(0)], { version: 2 }), hold('b', [day(5)], { version: 1 })],
      ['denied', 'denied'],
      0,
    ],
  ];
  test.for(facts)('%s', ([, ops, decisions, left]) => {
    const state = seeded();
    expect(kinds(state, ops)).toEqual(decisions);
    expect(used(state)).toBe(left);
  });
});

describe('several windows', () => {
  test('count all or none: the full one leaves the others as they were', () => {
    const state = seeded();
    const both = (cents: number) => [day(9), month(cents, 2_000)];
    expect(kinds(state, [hold('a', both(1_200)), hold('b', both(801))])).toEqual([
      'granted',
      'denied',
    ]);
    expect([used(state, DAY), used(state, MONTH)]).toEqual([1, 1_200]);
    expect(kinds(state, [hold('c', both(800))])).toEqual(['granted']);
    expect([used(state, DAY), used(state, MONTH)]).toEqual([2, 2_000]);
  });

  test('a denial names the full window with its room, use, limit and end', () => {
    const state = seeded();
    applyOps(state, [hold('a', [day(9), month(1_200, 2_000)])], NOON);
    expect(applyOps(state, [hold('b', [day(9), month(900, 2_000)])], NOON)).toEqual([
      {
        kind: 'denied',
        room: { key: MONTH, left: 800, endsAtMs: Date.UTC(2026, 11, 1) },
        used: 1_200,
        limit: 2_000,
      },
    ]);
  });

  test('a grant names the room that is left in each', () => {
    const state = seeded();
    expect(applyOps(state, [hold('a', [day(3), month(500, 2_000)])], NOON)).toEqual([
      {
        kind: 'granted',
        rooms: [
          { key: DAY, left: 2, endsAtMs: MIDNIGHT },
          { key: MONTH, left: 1_500, endsAtMs: Date.UTC(2026, 11, 1) },
        ],
      },
    ]);
  });

  test('room is never told as less than none', () => {
    const state = seeded({ used: [{ key: DAY, by: 7, endsAtMs: MIDNIGHT }] });
    expect(applyOps(state, [hold('a', [day(5)])], NOON)).toMatchObject([{ room: { left: 0 } }]);
  });
});

describe('an id', () => {
  const one = [day(5)];
  const facts: [says: string, ops: CapOp[], decisions: string[], used: number][] = [
    ['held twice counts once', [hold('a', one), hold('a', one)], ['granted', 'granted'], 1],
    [
      'held twice is granted again even when the window is full',
      [hold('a', [day(1)]), hold('a', [day(1)])],
      ['granted', 'granted'],
      1,
    ],
    [
      'released twice gives back once',
      [hold('a', one), hold('b', one), release('a'), release('a')],
      ['granted', 'granted', 'done', 'done'],
      1,
    ],
    [
      'released before its hold arrives is refused, so that nothing is held for ever',
      [release('a'), hold('a', one)],
      ['done', 'released'],
      0,
    ],
    [
      'held, released and held again stays released',
      [hold('a', one), release('a'), hold('a', one)],
      ['granted', 'done', 'released'],
      0,
    ],
    [
      'kept stays counted, whatever comes after',
      [hold('a', one), keep('a'), release('a'), hold('a', one), keep('a')],
      ['granted', 'done', 'kept', 'granted', 'done'],
      1,
    ],
    ['kept without a hold changes nothing', [keep('a'), hold('a', one)], ['done', 'granted'], 1],
    [
      'denied may be asked for again',
      [hold('a', [day(0)]), hold('a', [day(1)], { version: 2 })],
      ['denied', 'granted'],
      1,
    ],
    [
      'denied and released is not given back',
      [hold('x', [day(1)]), hold('a', [day(1)]), release('a')],
      ['granted', 'denied', 'done'],
      1,
    ],
  ];
  test.for(facts)('%s', ([, ops, decisions, left]) => {
    const state = seeded();
    expect(kinds(state, ops)).toEqual(decisions);
    expect(used(state) ?? 0).toBe(left);
  });

  test('an adjustment is made once under its name', () => {
    const state = seeded({ used: [{ key: DAY, by: 5, endsAtMs: MIDNIGHT }] });
    expect(kinds(state, [adjust('row/1', -2), adjust('row/1', -2), adjust('row/2', 1)])).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(used(state)).toBe(4);
  });

  test('no correction and no release brings a use below nothing', () => {
    const state = seeded();
    kinds(state, [hold('a', [day(1)]), adjust('row/1', -5)]);
    expect(used(state)).toBe(0);
    kinds(state, [release('a')]);
    expect(used(state)).toBe(0);
    expect(kinds(state, [hold('b', [day(1)]), hold('c', [day(1)])])).toEqual(['granted', 'denied']);
  });
});

describe('the mood', () => {
  const with_ = (limit: number, by: number): CapsState => {
    const state = seeded({ used: [{ key: DAY, by, endsAtMs: MIDNIGHT }] });
    kinds(state, [hold('probe', [day(limit, { amount: 0 })])]);
    return state;
  };
  const facts: [limit: number, used: number, mood: string][] = [
    [10, 8, 'open'],
    [10, 9, 'near'],
    [10, 10, 'full'],
    [10, 12, 'full'],
    [0, 0, 'full'],
    [1, 0, 'open'],
    [100, 89, 'open'],
    [100, 90, 'near'],
  ];
  test.for(facts)('of limit %i with %i used is %s', ([limit, by, mood]) => {
    expect(moodOf(with_(limit, by), NOON)).toBe(mood);
  });

  test('looks at no window that has ended, and at none without a known limit', () => {
    expect(moodOf(with_(10, 10), MIDNIGHT - 1)).toBe('full');
    expect(moodOf(with_(10, 10), MIDNIGHT)).toBe('open');
    expect(moodOf(seeded({ used: [{ key: DAY, by: 9, endsAtMs: null }] }), NOON)).toBe('open');
  });
});
