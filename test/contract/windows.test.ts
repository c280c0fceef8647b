// Cap windows: the keys, and that periods tile time in every zone: each instant is in one period,
// and each period ends where the next begins. Expected instants are written with their offset.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { cents } from '../../src/domain/money.ts';
import { CAP_PERIODS, type Cap, type CapPeriod, WEEKDAYS } from '../../src/domain/world/cap.ts';
import { periodAt, type Calendar } from '../../src/eligibility/periods.ts';
import { compileCaps, openingWindows, windowsOf } from '../../src/eligibility/windows.ts';

const CHICAGO = 'America/Chicago';
const at = (iso: string) => Date.parse(iso);
const noon = at('2026-11-22T12:00:00-06:00'); // A Sunday.

const cap = (per: CapPeriod, measure: Cap['measure'], limit: number | null): Cap => ({
  per,
  measure,
  limit,
});
const TERMS = { contractId: 'apex_auto', buyerId: 'apex', timeZone: CHICAGO };
const windowsAt = (contractCaps: Cap[], buyerCaps: Cap[] = []) =>
  windowsOf(compileCaps({ ...TERMS, contractCaps, buyerCaps }), {
    facts: new Map(),
    atMs: noon,
    priceCents: cents(1480),
  });

test('a window for each cap: the contract’s, then the buyer’s', () => {
  const windows = windowsAt([cap('day', 'leads', 50)], [cap('month', 'cents', 500_000)]);
  expect(windows).toEqual([
    {
      key: 'contract/apex_auto/day/2026-11-22/leads',
      amount: 1,
      limit: 50,
      endsAtMs: at('2026-11-23T00:00:00-06:00'),
    },
    {
      key: 'buyer/apex/month/2026-11/cents',
      amount: 1480,
      limit: 500_000,
      endsAtMs: at('2026-12-01T00:00:00-06:00'),
    },
  ]);
});

test('T39: null sets no window, 0 is a window without room', () => {
  expect(windowsAt([cap('day', 'leads', null)])).toEqual([]);
  expect(windowsAt([cap('day', 'leads', 0)])).toMatchObject([{ limit: 0 }]);
});

test('caps of the hours count per opening', () => {
  const window = {
    ...{ name: 'window/2026-11-22T08:00', priceCents: null },
    ...{ startsAtMs: at('2026-11-22T08:00:00-06:00'), endsAtMs: at('2026-11-22T18:00:00-06:00') },
    caps: [
      { measure: 'leads', limit: 10 },
      { measure: 'cents', limit: 0 },
    ] as const,
  };
  const key = 'contract/apex_auto/window/2026-11-22T08:00';
  expect(openingWindows('apex_auto', window, cents(1480))).toEqual([
    { key: `${key}/leads`, amount: 1, limit: 10, endsAtMs: window.endsAtMs },
    { key: `${key}/cents`, amount: 1480, limit: 0, endsAtMs: window.endsAtMs },
  ]);
});

const names: [per: Calendar, iso: string, name: string, from: string, to: string | null][] = [
  [
    'hour',
    '2026-11-22T12:34:56-06:00',
    'hour/2026-11-22T12-0600',
    '2026-11-22T12:00:00-06:00',
    '2026-11-22T13:00:00-06:00',
  ],
  [
    'day',
    '2026-11-22T00:00:00-06:00',
    'day/2026-11-22',
    '2026-11-22T00:00:00-06:00',
    '2026-11-23T00:00:00-06:00',
  ],
  [
    'week',
    '2026-11-22T23:59:59-06:00',
    'week/2026-W47',
    '2026-11-16T00:00:00-06:00',
    '2026-11-23T00:00:00-06:00',
  ],
  [
    'week',
    '2026-11-23T00:00:00-06:00',
    'week/2026-W48',
    '2026-11-23T00:00:00-06:00',
    '2026-11-30T00:00:00-06:00',
  ],
  [
    'week',
    '2027-01-03T12:00:00-06:00',
    'week/2026-W53',
    '2026-12-28T00:00:00-06:00',
    '2027-01-04T00:00:00-06:00',
  ],
  [
    'week/sun',
    '2026-11-22T00:00:00-06:00',
    'week/sun/2026-11-22',
    '2026-11-22T00:00:00-06:00',
    '2026-11-29T00:00:00-06:00',
  ],
  [
    'week/sat',
    '2026-11-22T00:00:00-06:00',
    'week/sat/2026-11-21',
    '2026-11-21T00:00:00-06:00',
    '2026-11-28T00:00:00-06:00',
  ],
  [
    'month',
    '2026-12-31T23:59:59-06:00',
    'month/2026-12',
    '2026-12-01T00:00:00-06:00',
    '2027-01-01T00:00:00-06:00',
  ],
];
test.for(names)('the %s of %s is %s', ([per, iso, name, from, to]) => {
  expect(periodAt(CHICAGO, per, at(iso))).toEqual({
    name,
    startsAtMs: at(from),
    endsAtMs: to && at(to),
  });
});

test('a total has one name and no end', () => {
  expect(periodAt(CHICAGO, 'total', noon)).toMatchObject({ name: 'total', endsAtMs: null });
});

test('T38: the day is the buyer’s, not the server’s', () => {
  const ms = at('2026-11-23T03:00:00Z');
  expect(periodAt('America/Los_Angeles', 'day', ms).name).toBe('day/2026-11-22');
  expect(periodAt('Asia/Kolkata', 'day', ms).name).toBe('day/2026-11-23');
});

describe('where clocks change', () => {
  const NEW_YORK = 'America/New_York';
  const HOUR = 3_600_000;
  const lengths: [says: string, zone: string, per: Calendar, iso: string, hours: number][] = [
    ['a spring day has 23 hours', NEW_YORK, 'day', '2026-03-08T12:00:00-04:00', 23],
    ['an autumn day has 25 hours', NEW_YORK, 'day', '2026-11-01T12:00:00-05:00', 25],
    ['a week with a skip has 167', NEW_YORK, 'week', '2026-03-08T12:00:00-04:00', 167],
    ['a day without midnight has 23', 'Africa/Cairo', 'day', '2026-04-24T12:00:00+03:00', 23],
    ['a day of half an hour more', 'Australia/Lord_Howe', 'day', '2026-04-05T12:00:00+10:30', 24.5],
  ];
  test.for(lengths)('%s', ([, zone, per, iso, hours]) => {
    const { startsAtMs, endsAtMs } = periodAt(zone, per, at(iso));
    expect(((endsAtMs ?? 0) - startsAtMs) / HOUR).toBe(hours);
  });

  test('an hour that comes twice is two periods', () => {
    const [first, second] = ['2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'];
    expect(periodAt(NEW_YORK, 'hour', at(first)).name).toBe('hour/2026-11-01T01-0400');
    expect(periodAt(NEW_YORK, 'hour', at(second)).name).toBe('hour/2026-11-01T01-0500');
  });

  test('a change within an hour cuts it short', () => {
    // Pyongyang went from 23:30 to 24:00 on 4 May 2018.
    const change = at('2018-05-04T23:30:00+08:30');
    expect(periodAt('Asia/Pyongyang', 'hour', change - 1).endsAtMs).toBe(change);
    expect(periodAt('Asia/Pyongyang', 'hour', change).name).toBe('hour/2018-05-05T00+0900');
  });

  test('half an hour that comes twice is a period of its own', () => {
    const zone = 'Australia/Lord_Howe';
    const change = at('2026-04-05T02:00:00+11:00');
    expect(periodAt(zone, 'hour', change - 1).endsAtMs).toBe(change);
    expect(periodAt(zone, 'hour', change).name).toBe('hour/2026-04-05T01+1030');
  });

  test('Apia had no 30 December 2011', () => {
    const before = periodAt('Pacific/Apia', 'day', at('2011-12-29T12:00:00-10:00'));
    const after = periodAt('Pacific/Apia', 'day', at('2011-12-31T12:00:00+14:00'));
    expect([before.name, after.name]).toEqual(['day/2011-12-29', 'day/2011-12-31']);
    expect(before.endsAtMs).toBe(after.startsAtMs);
  });
});

const CALENDARS: Calendar[] = [
  ...CAP_PERIODS.flatMap((per) => (per === 'rolling' ? [] : per)),
  ...WEEKDAYS.map((day) => `week/${day}` as const),
];

test('periods tile time in every zone', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const instants = fc.integer({ min: at('2010-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
  fc.assert(
    fc.property(zones, fc.constantFrom(...CALENDARS), instants, (zone, per, ms) => {
      const period = periodAt(zone, per, ms);
      if (period.endsAtMs === null) return;
      expect(period.startsAtMs).toBeLessThanOrEqual(ms);
      expect(period.endsAtMs).toBeGreaterThan(ms);
      expect(periodAt(zone, per, period.endsAtMs - 1).name).toBe(period.name);
      const next = periodAt(zone, per, period.endsAtMs);
      expect(next.name).not.toBe(period.name);
      expect(next.startsAtMs).toBe(period.endsAtMs);
      // Asked from before the period, the memory of another one does not answer.
      expect(periodAt(zone, per, ms)).toEqual(period);
    }),
    { numRuns: 500 },
  );
});

test('ten contracts of one buyer cost microseconds once the period is known', () => {
  const caps = [cap('hour', 'leads', 5), cap('day', 'leads', 50), cap('month', 'cents', 500_000)];
  const compiled = compileCaps({ ...TERMS, contractCaps: caps, buyerCaps: caps });
  const ask = { facts: new Map(), atMs: noon, priceCents: cents(1480) };
  windowsOf(compiled, ask);
  const rounds = Array.from({ length: 20 }, () => {
    const began = performance.now();
    for (let contract = 0; contract < 10; contract += 1) windowsOf(compiled, ask);
    return performance.now() - began;
  });
  expect(Math.min(...rounds)).toBeLessThan(0.5);
});
