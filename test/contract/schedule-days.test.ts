// Days that differ from the week: own hours, closed dates, holidays, a start and an end; what a
// refusal says of them, and when the hours open next. Expected instants carry their offset.

import { describe, expect, test } from 'vitest';

import type { Schedule } from '../../src/domain/world/schedule.ts';
import { deliverNotBefore, isOpen, nextOpening } from '../../src/eligibility/schedule.ts';
import { ALL_DAYS, at, clocks, day, hours, scheduleOf, WORKDAYS } from './schedule-of.ts';

const CHICAGO = 'America/Chicago';
const office = { windows: [hours(WORKDAYS, '08:00', '18:00')] };
const night = { windows: [hours([5], '22:00', '02:00')] };
const only = (date: string) => ({ fromDay: day(date), toDay: day(date) });

// Thanksgiving is Thursday, 26 November 2026; Independence Day of 2026 is a Saturday.
const off = scheduleOf({ ...office, holidays: 'us_federal' });
const christmas = scheduleOf({
  ...office,
  closedOn: [{ fromDay: day('2026-12-24'), toDay: day('2026-12-27') }],
  openOn: [
    { day: day('2026-12-28'), ...clocks('12:00', '13:00') },
    { day: day('2026-12-28'), ...clocks('10:00', '11:00') },
    { day: day('2027-01-02'), ...clocks('09:00', '10:00') },
  ],
});
const openOnHoliday = scheduleOf({
  ...office,
  holidays: 'us_federal',
  openOn: [{ day: day('2026-11-26'), ...clocks('09:00', '12:00') }],
});

const facts: [says: string, schedule: Schedule, iso: string, open: boolean][] = [
  ['a holiday is closed', off, '2026-11-26T12:00:00-06:00', false],
  ['the day after it is not', off, '2026-11-27T12:00:00-06:00', true],
  ['the day on which one is observed is closed', off, '2026-07-03T12:00:00-05:00', false],
  ['own hours open a holiday', openOnHoliday, '2026-11-26T09:00:00-06:00', true],
  ['and close it when they end', openOnHoliday, '2026-11-26T12:00:00-06:00', false],
  ['the day before a closed range', christmas, '2026-12-23T17:59:59-06:00', true],
  ['the first day of a closed range', christmas, '2026-12-24T08:00:00-06:00', false],
  ['own hours replace those of the week', christmas, '2026-12-28T08:00:00-06:00', false],
  ['the first of two own hours', christmas, '2026-12-28T10:59:59-06:00', true],
  ['between two own hours', christmas, '2026-12-28T11:30:00-06:00', false],
  ['the second of two own hours', christmas, '2026-12-28T12:00:00-06:00', true],
  ['own hours on a day without a window', christmas, '2027-01-02T09:30:00-06:00', true],
  [
    'a closed Saturday leaves the window that opened on Friday',
    scheduleOf({ ...night, closedOn: [only('2026-11-21')] }),
    '2026-11-21T01:59:59-06:00',
    true,
  ],
  [
    'a closed Friday closes it, past midnight as well',
    scheduleOf({ ...night, closedOn: [only('2026-11-20')] }),
    '2026-11-21T01:00:00-06:00',
    false,
  ],
];
test.for(facts)('%s', ([, schedule, iso, open]) => {
  expect(isOpen(schedule, CHICAGO, at(iso)).open).toBe(open);
});

describe('start and end', () => {
  const always = { windows: [hours(ALL_DAYS, '00:00', '00:00')] };
  const term = scheduleOf({
    ...always,
    starts: { kind: 'day', day: day('2026-12-01') },
    ends: { kind: 'day', day: day('2026-12-31') },
  });
  const precise = scheduleOf({
    ...always,
    starts: { kind: 'instant', atMs: at('2026-12-01T12:30:00Z') },
    ends: { kind: 'instant', atMs: at('2026-12-31T12:30:00Z') },
  });
  const edges: [says: string, schedule: Schedule, first: string, end: string][] = [
    ['dates are whole days of the buyer', term, '2026-12-01T00:00-06:00', '2027-01-01T00:00-06:00'],
    [
      'an instant opens, and another closes',
      precise,
      '2026-12-01T12:30:00Z',
      '2026-12-31T12:30:00Z',
    ],
  ];
  test.for(edges)('%s', ([, schedule, first, end]) => {
    const open = (ms: number) => isOpen(schedule, CHICAGO, ms).open;
    expect([open(at(first) - 1), open(at(first))]).toEqual([false, true]);
    expect([open(at(end) - 1), open(at(end))]).toEqual([true, false]);
    expect(isOpen(schedule, CHICAGO, at(end) - 1).untilMs).toBe(at(end));
  });
});

describe('a refusal says why and until when', () => {
  const starts = scheduleOf({ ...office, starts: { kind: 'day', day: day('2026-12-05') } });
  const ends = scheduleOf({ ...office, ends: { kind: 'day', day: day('2026-11-20') } });
  const details: [schedule: Schedule, iso: string, detail: string, until: string | null][] = [
    [
      scheduleOf(office),
      '2026-11-20T18:00:00-06:00',
      'closed until Mon 2026-11-23 08:00 America/Chicago',
      '2026-11-23T08:00:00-06:00',
    ],
    [
      off,
      '2026-11-26T09:00:00-06:00',
      'closed for Thanksgiving Day until Fri 2026-11-27 08:00 America/Chicago',
      '2026-11-27T08:00:00-06:00',
    ],
    [
      off,
      '2026-07-03T09:00:00-05:00',
      'closed for Independence Day (observed) until Mon 2026-07-06 08:00 America/Chicago',
      '2026-07-06T08:00:00-05:00',
    ],
    [
      off,
      '2026-07-04T09:00:00-05:00',
      'closed until Mon 2026-07-06 08:00 America/Chicago',
      '2026-07-06T08:00:00-05:00',
    ],
    [
      christmas,
      '2026-12-25T09:00:00-06:00',
      'closed from 2026-12-24 to 2026-12-27 until Mon 2026-12-28 10:00 America/Chicago',
      '2026-12-28T10:00:00-06:00',
    ],
    [
      scheduleOf({ ...office, closedOn: [only('2026-11-24')] }),
      '2026-11-24T09:00:00-06:00',
      'closed on 2026-11-24 until Wed 2026-11-25 08:00 America/Chicago',
      '2026-11-25T08:00:00-06:00',
    ],
    [
      starts,
      '2026-11-24T09:00:00-06:00',
      'starts on Sat 2026-12-05 00:00 America/Chicago, ' +
        'closed until Mon 2026-12-07 08:00 America/Chicago',
      '2026-12-07T08:00:00-06:00',
    ],
    [
      scheduleOf({ ...office, starts: { kind: 'instant', atMs: at('2026-12-07T16:00:00Z') } }),
      '2026-11-24T09:00:00-06:00',
      'starts on Mon 2026-12-07 10:00 America/Chicago',
      '2026-12-07T10:00:00-06:00',
    ],
    [ends, '2026-11-24T09:00:00-06:00', 'ended on 2026-11-20', null],
    [
      scheduleOf({ ...office, ends: { kind: 'instant', atMs: at('2026-11-24T12:00:00-06:00') } }),
      '2026-11-24T12:00:00-06:00',
      'ended on Tue 2026-11-24 12:00 America/Chicago',
      null,
    ],
    [ends, '2026-11-20T18:00:00-06:00', 'the schedule has no more hours', null],
  ];
  test.for(details)('%#: $2', ([schedule, iso, detail, until]) => {
    const untilMs = until === null ? null : at(until);
    expect(isOpen(schedule, CHICAGO, at(iso))).toEqual({ open: false, untilMs, detail });
    expect(nextOpening(schedule, CHICAGO, at(iso))).toBe(untilMs);
  });
});

describe('the next opening', () => {
  test('is now while it is open, or always', () => {
    const noon = at('2026-11-24T12:00:00-06:00');
    expect(nextOpening(scheduleOf(office), CHICAGO, noon)).toBe(noon);
    expect(nextOpening(null, CHICAGO, noon)).toBe(noon);
  });

  const far: [says: string, schedule: Schedule, next: string | null][] = [
    [
      'lies behind a range of two years',
      scheduleOf({
        ...office,
        closedOn: [{ fromDay: day('2026-11-01'), toDay: day('2028-11-05') }],
      }),
      '2028-11-06T08:00:00-06:00',
    ],
    [
      'is the only date there is, in nine years',
      scheduleOf({ openOn: [{ day: day('2035-05-05'), ...clocks('08:00', '09:00') }] }),
      '2035-05-05T08:00:00-05:00',
    ],
    [
      'comes after two holidays in a row',
      scheduleOf({
        windows: [hours([1], '08:00', '09:00')],
        holidays: 'us_federal',
        closedOn: [{ fromDay: day('2026-11-01'), toDay: day('2028-12-24') }],
      }),
      '2029-01-08T08:00:00-06:00',
    ],
    [
      'never comes after the last date',
      scheduleOf({ openOn: [{ day: day('2026-11-01'), ...clocks('08:00', '09:00') }] }),
      null,
    ],
  ];
  test.for(far)('%s', ([, schedule, next]) => {
    const noon = at('2026-11-24T12:00:00-06:00');
    expect(nextOpening(schedule, CHICAGO, noon)).toBe(next === null ? null : at(next));
  });

  test('is when a push waits for its receiver; nobody waits for hours that never come', () => {
    const noon = at('2026-11-24T12:00:00-06:00');
    const evening = at('2026-11-24T19:00:00-06:00');
    const over = scheduleOf({ openOn: [{ day: day('2026-11-01'), ...clocks('08:00', '09:00') }] });
    const hoursOf = scheduleOf(office);
    expect(deliverNotBefore(hoursOf, CHICAGO, noon)).toBe(noon);
    expect(deliverNotBefore(hoursOf, CHICAGO, evening)).toBe(at('2026-11-25T08:00:00-06:00'));
    expect(deliverNotBefore(over, CHICAGO, evening)).toBe(evening);
    expect(deliverNotBefore(null, CHICAGO, evening)).toBe(evening);
  });
});
