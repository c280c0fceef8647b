// Weekly hours in the buyer's zone: both sides of every edge, and the days on which clocks change.
// Expected instants are written with their offset, so that no time-zone code checks itself.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Schedule, WeeklyWindow } from '../../src/domain/world/schedule.ts';
import { createOpening, isOpen } from '../../src/eligibility/schedule.ts';
import { ALL_DAYS, at, hours, scheduleOf } from './schedule-of.ts';

const on = (...windows: WeeklyWindow[]): Schedule => scheduleOf({ windows });

const NEW_YORK = 'America/New_York';
const office = on(hours([1, 2, 3, 4, 5], '08:00', '18:00'));
// Friday 22:00 to Saturday 02:00.
const night = on(hours([5], '22:00', '02:00'));
const always = on(hours(ALL_DAYS, '00:00', '00:00'));

const facts: [says: string, schedule: Schedule | null, iso: string, open: boolean][] = [
  ['no schedule is open', null, '2026-11-22T03:00:00-05:00', true],
  ['no windows are closed', on(), '2026-11-23T12:00:00-05:00', false],
  ['a millisecond before opening', office, '2026-11-23T07:59:59.999-05:00', false],
  ['the moment of opening', office, '2026-11-23T08:00:00-05:00', true],
  ['a millisecond before closing', office, '2026-11-23T17:59:59.999-05:00', true],
  ['the moment of closing', office, '2026-11-23T18:00:00-05:00', false],
  ['the same hours on a Sunday', office, '2026-11-22T12:00:00-05:00', false],
  ['Friday before a window past midnight', night, '2026-11-20T21:59:59-05:00', false],
  ['Friday in it', night, '2026-11-20T22:00:00-05:00', true],
  ['Saturday after midnight, as it began on Friday', night, '2026-11-21T01:59:59-05:00', true],
  ['Saturday at its close', night, '2026-11-21T02:00:00-05:00', false],
  ['Friday after midnight, as Thursday has none', night, '2026-11-20T01:00:00-05:00', false],
  ['T44: 00:00 to 00:00 at midnight', always, '2026-11-22T00:00:00-05:00', true],
  ['T44: 00:00 to 00:00 at noon', always, '2026-11-22T12:00:00-05:00', true],
  [
    'T44: equal ends last a day from their day on',
    on(hours([1], '08:00', '08:00')),
    '2026-11-24T07:59:59-05:00',
    true,
  ],
  ['T44: and end then', on(hours([1], '08:00', '08:00')), '2026-11-24T08:00:00-05:00', false],
];
test.for(facts)('%s', ([, schedule, iso, open]) => {
  expect(isOpen(schedule, NEW_YORK, at(iso)).open).toBe(open);
});

test('the hours are those of the buyer, wherever the server is', () => {
  const noon = at('2026-11-23T12:00:00Z');
  expect(isOpen(office, 'Europe/Berlin', noon).open).toBe(true);
  expect(isOpen(office, 'America/Los_Angeles', noon).open).toBe(false);
});

describe('until when', () => {
  const until: [says: string, schedule: Schedule, iso: string, change: string][] = [
    ['to the close', office, '2026-11-23T09:00:00-05:00', '2026-11-23T18:00:00-05:00'],
    [
      'to the opening, over the weekend',
      office,
      '2026-11-20T18:00:00-05:00',
      '2026-11-23T08:00:00-05:00',
    ],
    [
      'over windows that touch',
      on(hours([1], '08:00', '12:00'), hours([1], '12:00', '15:00')),
      '2026-11-23T09:00:00-05:00',
      '2026-11-23T15:00:00-05:00',
    ],
    [
      'over windows that overlap',
      on(hours([1], '08:00', '16:00'), hours([1], '12:00', '15:00')),
      '2026-11-23T13:00:00-05:00',
      '2026-11-23T16:00:00-05:00',
    ],
    [
      'to the opening in a week',
      on(hours([1], '08:00', '09:00')),
      '2026-11-23T09:00:00-05:00',
      '2026-11-30T08:00:00-05:00',
    ],
  ];
  test.for(until)('%s', ([, schedule, iso, change]) => {
    expect(isOpen(schedule, NEW_YORK, at(iso)).untilMs).toBe(at(change));
  });

  test('a refusal says when it opens, in the buyer’s words', () => {
    const detail = 'closed until Mon 2026-11-23 08:00 America/New_York';
    expect(isOpen(office, NEW_YORK, at('2026-11-22T10:00:00Z'))).toMatchObject({ detail });
  });

  test('no schedule never changes', () => {
    expect(isOpen(null, NEW_YORK, 0)).toEqual({ open: true, untilMs: null, window: null });
  });
});

// New York: on 8 March 2026 02:00-03:00 is skipped, on 1 November 01:00-02:00 comes twice.
describe('where clocks change', () => {
  const spans: [says: string, window: WeeklyWindow, zone: string, open: string, close: string][] = [
    [
      'an opening in the skipped hour is the skip',
      hours([7], '02:30', '05:00'),
      NEW_YORK,
      '2026-03-08T03:00:00-04:00',
      '2026-03-08T05:00:00-04:00',
    ],
    [
      'a close in the skipped hour is the skip',
      hours([7], '01:00', '02:30'),
      NEW_YORK,
      '2026-03-08T01:00:00-05:00',
      '2026-03-08T03:00:00-04:00',
    ],
    [
      'a day with a skip is 23 hours',
      hours([7], '00:00', '00:00'),
      NEW_YORK,
      '2026-03-08T00:00:00-05:00',
      '2026-03-09T00:00:00-04:00',
    ],
    [
      'an opening that comes twice counts once, the first time',
      hours([7], '01:30', '05:00'),
      NEW_YORK,
      '2026-11-01T01:30:00-04:00',
      '2026-11-01T05:00:00-05:00',
    ],
    [
      'a close that comes twice counts once, the first time',
      hours([7], '00:00', '01:30'),
      NEW_YORK,
      '2026-11-01T00:00:00-04:00',
      '2026-11-01T01:30:00-04:00',
    ],
    [
      'a day with an hour twice is 25 hours',
      hours([7], '00:00', '00:00'),
      NEW_YORK,
      '2026-11-01T00:00:00-04:00',
      '2026-11-02T00:00:00-05:00',
    ],
    [
      'a day without midnight begins at its first hour',
      hours([5], '00:00', '06:00'),
      'Africa/Cairo',
      '2026-04-24T01:00:00+03:00',
      '2026-04-24T06:00:00+03:00',
    ],
    [
      'a change by half an hour',
      hours([7], '01:45', '04:00'),
      'Australia/Lord_Howe',
      '2026-04-05T01:45:00+11:00',
      '2026-04-05T04:00:00+10:30',
    ],
  ];
  test.for(spans)('%s', ([, window, zone, open, close]) => {
    const schedule = on(window);
    const isOpenAt = (ms: number) => isOpen(schedule, zone, ms).open;
    expect([isOpenAt(at(open) - 1), isOpenAt(at(open))]).toEqual([false, true]);
    expect([isOpenAt(at(close) - 1), isOpenAt(at(close))]).toEqual([true, false]);
    expect(isOpen(schedule, zone, at(open)).untilMs).toBe(at(close));
  });

  test('a window that is skipped whole never opens', () => {
    const schedule = on(hours([7], '02:10', '02:40'));
    for (let minute = -120; minute <= 120; minute += 1) {
      const ms = at('2026-03-08T07:00:00Z') + minute * 60_000;
      expect(isOpen(schedule, NEW_YORK, ms).open).toBe(false);
    }
  });

  test('a day that a zone skipped, as Apia on 30 December 2011, has no hours', () => {
    const friday = on(hours([5], '00:00', '00:00'));
    expect(isOpen(friday, 'Pacific/Apia', at('2011-12-29T23:59:00-10:00')).open).toBe(false);
    expect(isOpen(friday, 'Pacific/Apia', at('2011-12-31T00:00:00+14:00')).open).toBe(false);
  });
});

test('what is remembered ends with the hours, and does not answer for an earlier time', () => {
  const openingAt = createOpening(office, NEW_YORK);
  const close = at('2026-11-23T18:00:00-05:00');
  const asked = [close - 1, close, close - 1, close].map((ms) => openingAt(ms).open);
  expect(asked).toEqual([true, false, true, false]);
});

test('what is remembered between leads is what would be read', () => {
  const anyWindow = fc
    .tuple(fc.subarray(ALL_DAYS, { minLength: 1 }), fc.nat(1439), fc.nat(1439))
    .map(([days, openMinute, closeMinute]): WeeklyWindow => {
      return { days, openMinute, closeMinute, priceCents: null, caps: [] };
    });
  const zones = fc.constantFrom(NEW_YORK, 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Cairo');
  const steps = fc.array(fc.integer({ min: -7_200_000, max: 50_000_000 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(anyWindow, { maxLength: 3 }), zones, steps, (windows, zone, moves) => {
      const openingAt = createOpening(on(...windows), zone);
      let ms = at('2026-10-31T12:00:00Z');
      for (const move of moves) {
        ms += move;
        expect(openingAt(ms).open).toBe(isOpen(on(...windows), zone, ms).open);
      }
    }),
    { numRuns: 40 },
  );
});
