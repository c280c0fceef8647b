// Windows that touch tile time in every zone, whatever its clocks do: each instant is in exactly
// one opening, and each opening ends where the next begins. Named cases stand on the days on which
// clocks change; expected instants carry their offset.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Schedule } from '../../src/domain/world/schedule.ts';
import { createOpening, isOpen, type Occurrence } from '../../src/eligibility/schedule.ts';
import { ALL_DAYS, at, hours, scheduleOf } from './schedule-of.ts';

const TILES = scheduleOf({
  windows: [
    hours(ALL_DAYS, '22:00', '01:45'),
    hours(ALL_DAYS, '01:45', '02:15'),
    hours(ALL_DAYS, '02:15', '10:00'),
    hours(ALL_DAYS, '10:00', '22:00'),
  ],
});

function windowAt(schedule: Schedule, zone: string, ms: number): Occurrence {
  const opening = isOpen(schedule, zone, ms);
  if (!opening.open || !opening.window) throw new Error(`${zone} is closed at ${ms}`);
  return opening.window;
}

test('each instant is in one opening, in every zone, from 2010 to 2040', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const instants = fc.integer({ min: at('2010-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
  fc.assert(
    fc.property(zones, instants, (zone, ms) => {
      const one = windowAt(TILES, zone, ms);
      expect(one.startsAtMs).toBeLessThanOrEqual(ms);
      expect(one.endsAtMs).toBeGreaterThan(ms);
      expect(windowAt(TILES, zone, one.startsAtMs)).toEqual(one);
      expect(windowAt(TILES, zone, one.endsAtMs - 1)).toEqual(one);
      const next = windowAt(TILES, zone, one.endsAtMs);
      expect(next.startsAtMs).toBe(one.endsAtMs);
      expect(next.name).not.toBe(one.name);
      expect(windowAt(TILES, zone, one.startsAtMs - 1).endsAtMs).toBe(one.startsAtMs);
    }),
    { numRuns: 400 },
  );
});

describe('on the days on which clocks change, the openings are', () => {
  type Case = [says: string, zone: string, from: string, openings: [name: string, ends: string][]];
  const cases: Case[] = [
    [
      'New York, spring: the half hour from 01:45 ends at the skip',
      'America/New_York',
      '2026-03-08T00:00:00-05:00',
      [
        ['2026-03-07T22:00', '2026-03-08T01:45:00-05:00'],
        ['2026-03-08T01:45', '2026-03-08T03:00:00-04:00'],
        ['2026-03-08T02:15', '2026-03-08T10:00:00-04:00'],
      ],
    ],
    [
      'New York, autumn: the hour that comes twice belongs to one',
      'America/New_York',
      '2026-11-01T00:00:00-04:00',
      [
        ['2026-10-31T22:00', '2026-11-01T01:45:00-04:00'],
        ['2026-11-01T01:45', '2026-11-01T02:15:00-05:00'],
        ['2026-11-01T02:15', '2026-11-01T10:00:00-05:00'],
      ],
    ],
    [
      'Cairo, spring: midnight is skipped',
      'Africa/Cairo',
      '2026-04-23T23:00:00+02:00',
      [
        ['2026-04-23T22:00', '2026-04-24T01:45:00+03:00'],
        ['2026-04-24T01:45', '2026-04-24T02:15:00+03:00'],
      ],
    ],
    [
      'Cairo, autumn: the hour before midnight comes twice',
      'Africa/Cairo',
      '2026-10-29T23:30:00+03:00',
      [
        ['2026-10-29T22:00', '2026-10-30T01:45:00+02:00'],
        ['2026-10-30T01:45', '2026-10-30T02:15:00+02:00'],
      ],
    ],
    [
      'Lord Howe, autumn: half an hour comes twice',
      'Australia/Lord_Howe',
      '2026-04-05T00:00:00+11:00',
      [
        ['2026-04-04T22:00', '2026-04-05T01:45:00+11:00'],
        ['2026-04-05T01:45', '2026-04-05T02:15:00+10:30'],
        ['2026-04-05T02:15', '2026-04-05T10:00:00+10:30'],
      ],
    ],
    [
      'Kolkata: nothing changes, at half past the hours of UTC',
      'Asia/Kolkata',
      '2026-03-08T00:00:00+05:30',
      [
        ['2026-03-07T22:00', '2026-03-08T01:45:00+05:30'],
        ['2026-03-08T01:45', '2026-03-08T02:15:00+05:30'],
      ],
    ],
    [
      'Apia: Thursday night ends on Saturday, for there was no Friday',
      'Pacific/Apia',
      '2011-12-29T23:00:00-10:00',
      [
        ['2011-12-29T22:00', '2011-12-31T00:00:00+14:00'],
        ['2011-12-30T22:00', '2011-12-31T01:45:00+14:00'],
        ['2011-12-31T01:45', '2011-12-31T02:15:00+14:00'],
      ],
    ],
  ];
  test.for(cases)('%s', ([, zone, from, openings]) => {
    const seen: [string, string][] = [];
    let ms = at(from);
    for (const _ of openings) {
      const { name, endsAtMs } = windowAt(TILES, zone, ms);
      seen.push([name, new Date(endsAtMs).toISOString()]);
      ms = endsAtMs;
    }
    const expected = openings.map(([name, ends]) => [
      `window/${name}`,
      new Date(at(ends)).toISOString(),
    ]);
    expect(seen).toEqual(expected);
  });
});

test('what is remembered changes with the opening, also where windows touch', () => {
  const openingAt = createOpening(TILES, 'America/New_York');
  const ten = at('2026-11-24T10:00:00-05:00');
  const names = [ten - 1, ten, ten - 1].map((ms) => {
    const opening = openingAt(ms);
    return opening.open ? opening.window?.name : undefined;
  });
  expect(names).toEqual([
    'window/2026-11-24T02:15',
    'window/2026-11-24T10:00',
    'window/2026-11-24T02:15',
  ]);
});

test('a thousand contracts cost a lead a fraction of a millisecond while nothing changes', () => {
  const openings = Array.from({ length: 1_000 }, () => createOpening(TILES, 'America/New_York'));
  const noon = at('2026-11-24T12:00:00-05:00');
  for (const openingAt of openings) openingAt(noon);
  const rounds = Array.from({ length: 20 }, (_, round) => {
    const began = performance.now();
    for (const openingAt of openings) openingAt(noon + round);
    return performance.now() - began;
  });
  expect(Math.min(...rounds)).toBeLessThan(0.5);
});
