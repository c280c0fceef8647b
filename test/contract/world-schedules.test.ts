// Schedules as operators write them: what they are read into, every mistake at its place, and what
// is odd at a moment.

import { describe, expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { day } from './schedule-of.ts';
import { POST, spoil, worldOf } from './world-document.ts';

const SCHEDULE = 'contracts.bolt_auto.schedule';
const week = (days: string[], open: string, close: string) => ({ days, open, close });
const mornings = week(['mon', 'tue'], '08:00', '12:00');
const on = (date: string, open = '09:00', close = '12:00') => ({ date, open, close });

test('a schedule is read with days, prices, caps and term', () => {
  const { contracts } = worldOf(
    spoil(SCHEDULE, {
      windows: [{ ...mornings, price_cents: 900, caps: [{ leads: 10 }, { cents: 5000 }] }],
      open_on: [on('2026-12-24')],
      closed_on: ['2026-12-25', { from: '2026-12-28', to: '2026-12-31' }],
      holidays: 'us_federal',
      starts: '2026-12-01',
      ends: '2027-03-31T18:00:00-05:00',
    }),
  );
  expect(contracts['bolt_auto']?.schedule).toEqual({
    windows: [
      {
        ...{ days: [1, 2], openMinute: 480, closeMinute: 720, priceCents: 900 },
        caps: [
          { measure: 'leads', limit: 10 },
          { measure: 'cents', limit: 5000 },
        ],
      },
    ],
    openOn: [
      { day: day('2026-12-24'), openMinute: 540, closeMinute: 720, priceCents: null, caps: [] },
    ],
    closedOn: [
      { fromDay: day('2026-12-25'), toDay: day('2026-12-25') },
      { fromDay: day('2026-12-28'), toDay: day('2026-12-31') },
    ],
    holidays: 'us_federal',
    starts: { kind: 'day', day: day('2026-12-01') },
    ends: { kind: 'instant', atMs: Date.parse('2027-03-31T23:00:00Z') },
  });
});

test('without windows it is the whole of every day; the hours of a receiver are read alike', () => {
  const holidays = { holidays: 'us_federal' };
  const world = worldOf(spoil(SCHEDULE, holidays));
  const always = { days: [1, 2, 3, 4, 5, 6, 7], openMinute: 0, closeMinute: 0 };
  const read = world.contracts['bolt_auto']?.schedule;
  expect(read?.windows).toEqual([{ ...always, priceCents: null, caps: [] }]);

  const crm = { name: 'crm', ...POST, during: holidays };
  const delivering = worldOf(spoil('contracts.bolt_auto.deliveries', [crm]));
  expect(delivering.contracts['bolt_auto']?.deliveries[0]?.during).toEqual(read);
});

type Mistake = [schedule: object, at: string, says: string | RegExp, fix?: string];

const mistakes: Mistake[] = [
  [
    { windows: [mornings, week(['tue', 'wed'], '11:59', '13:00')] },
    'windows[1]',
    'overlaps windows[0] at tue 11:59',
    'close one before the other opens',
  ],
  [
    { windows: [week(['mon'], '09:00', '10:00'), week(['mon'], '08:00', '12:00')] },
    'windows[1]',
    'overlaps windows[0] at mon 09:00',
  ],
  [
    { windows: [week(['fri'], '22:00', '02:00'), week(['sat'], '01:00', '03:00')] },
    'windows[1]',
    'overlaps windows[0] at sat 01:00',
  ],
  [
    { windows: [week(['mon'], '00:00', '08:00'), week(['sun'], '20:00', '00:01')] },
    'windows[1]',
    'overlaps windows[0] at mon 00:00',
  ],
  [
    { windows: [week(['mon'], '08:00', '08:00')] },
    'windows[0].close',
    'is the time at which it opens',
    'the whole day is "00:00" to "24:00"',
  ],
  [{ windows: [week(['mon'], '24:00', '08:00')] }, 'windows[0].open', /^wants a time of day/],
  [{ windows: [] }, 'windows', 'wants at least 1 entries, or open_on'],
  [{ windows: [{ ...mornings, caps: [{}] }] }, 'windows[0].caps[0]', /^wants leads or cents/],
  [
    { windows: [{ ...mornings, caps: [{ leads: 1 }, { leads: 2 }] }] },
    'windows[0].caps[1]',
    'leads has a limit already',
  ],
  [
    { open_on: [on('2026-12-24')], closed_on: ['2026-12-24'] },
    'open_on[0].date',
    '2026-12-24 stands in closed_on, too',
    'leave it out of one of them',
  ],
  [
    { open_on: [on('2026-12-24')], closed_on: [{ from: '2026-12-20', to: '2026-12-26' }] },
    'open_on[0].date',
    '2026-12-24 stands in closed_on, too',
  ],
  [
    { open_on: [on('2026-12-24'), on('2026-12-24', '11:00', '13:00')] },
    'open_on[1]',
    'overlaps open_on[0]',
  ],
  [
    // Christmas Eve is a Thursday.
    { windows: [week(['fri'], '00:00', '09:00')], open_on: [on('2026-12-24', '20:00', '02:00')] },
    'open_on[0]',
    'overlaps windows[0]',
  ],
  [{ closed_on: [{ from: '2026-12-26', to: '2026-12-24' }] }, 'closed_on[0].to', /^is before/],
  [{ closed_on: ['2026-02-29'] }, 'closed_on[0]', /^is no date of the calendar/],
  [{ closed_on: [{ from: '2026-02-29', to: '2026-03-01' }] }, 'closed_on[0]', /date/],
  [{ open_on: [on('2026-13-01')] }, 'open_on[0].date', /^is no date of the calendar/],
  [{ starts: '2026-04-31' }, 'starts', /^is no date of the calendar/],
  [{ ends: '26-12-01' }, 'ends', /^is no date of the calendar/],
  [{ ends: '2026-12-01T08:00:00' }, 'ends', /^wants a date, or an instant with its offset/],
  [{ ends: '2026-12-01T25:00:00Z' }, 'ends', /^wants a date, or an instant with its offset/],
  [{ starts: '2026-12-02', ends: '2026-12-01' }, 'ends', 'is not after `starts`'],
  [
    // Chicago is six hours behind: the first of December begins there at 06:00Z.
    { starts: '2026-12-01', ends: '2026-12-01T06:00:00Z' },
    'ends',
    'is not after `starts`',
  ],
  [{ holidays: 'us' }, 'holidays', 'wants us_federal'],
  [{ closed_om: [] }, 'closed_om', 'is not a setting', 'did you mean closed_on?'],
];

describe('tells', () => {
  const errorsOf = (path: string, value: unknown) => {
    const parsed = parseWorld(spoil(path, value));
    return parsed.ok ? [] : parsed.errors;
  };
  const issueOf = (at: string, says: string | RegExp, fix?: string): unknown => {
    const saying: unknown = typeof says === 'string' ? says : expect.stringMatching(says);
    const issue = { path: at, says: saying, ...(fix !== undefined && { fix }) };
    return expect.arrayContaining([expect.objectContaining(issue)]);
  };

  test.for(mistakes)('%j', ([schedule, at, says, fix]) => {
    expect(errorsOf(SCHEDULE, schedule)).toEqual(issueOf(`${SCHEDULE}.${at}`, says, fix));
  });

  test('what is wrong with the hours of a receiver, which have no price and no term', () => {
    const place = 'contracts.bolt_auto.deliveries';
    const crm = (during: object) => [{ name: 'crm', ...POST, during }];
    const overlapping = { windows: [mornings, mornings] };
    const said = errorsOf(place, crm(overlapping));
    expect(said).toEqual(issueOf(`${place}[0].during.windows[1]`, /^overlaps windows\[0\]/));
    const priced = errorsOf(place, crm({ windows: [{ ...mornings, price_cents: 1 }] }));
    expect(priced).toEqual(
      issueOf(`${place}[0].during.windows[0].price_cents`, 'is not a setting'),
    );
    const over = errorsOf(place, crm({ ends: '2026-12-01' }));
    expect(over).toEqual(issueOf(`${place}[0].during.ends`, 'is not a setting'));
  });

  test('a price in the hours of a contract that is asked for bids', () => {
    const priced = { open_on: [{ ...on('2026-12-24'), price_cents: 900 }] };
    expect(errorsOf('contracts.apex_auto.schedule', priced)).toEqual(
      issueOf(
        'contracts.apex_auto.schedule.open_on[0].price_cents',
        'the contract has a ping: the bid is the price',
        'leave it out',
      ),
    );
  });
});

const NOW = Date.parse('2026-11-24T12:00:00-06:00');
const right: [says: string, schedule: object][] = [
  ['windows that touch', { windows: [mornings, week(['mon'], '12:00', '08:00')] }],
  [
    'Sunday night and Monday morning that touch',
    { windows: [week(['sun'], '20:00', '02:00'), week(['mon'], '02:00', '08:00')] },
  ],
  ['the whole of every day', { windows: [week(['mon', 'tue'], '00:00', '24:00')] }],
  [
    'own hours that replace those they would overlap',
    { windows: [week(['thu'], '08:00', '18:00')], open_on: [on('2026-12-24')] },
  ],
  ['dates only', { windows: [], open_on: [on('2026-12-24'), on('2026-12-31')] }],
  ['an end today', { ends: '2026-11-24' }],
];
test.for(right)('takes %s without a word', ([, schedule]) => {
  expect(parseWorld(spoil(SCHEDULE, schedule), NOW)).toMatchObject({ ok: true, warnings: [] });
});

const odd: [says: string, schedule: object, path: string, warning: string][] = [
  ['a contract that is over', { ends: '2026-11-23' }, '.ends', 'is in the past: it never opens'],
  [
    'one that is over at noon',
    { ends: '2026-11-24T12:00:00-06:00' },
    '.ends',
    'is in the past: it never opens',
  ],
  [
    'dates that are all gone',
    { windows: [], open_on: [on('2026-11-23')] },
    '',
    'never opens from now on',
  ],
  [
    'a term without a window in it',
    { windows: [week(['mon'], '08:00', '09:00')], starts: '2026-12-01', ends: '2026-12-05' },
    '',
    'never opens from now on',
  ],
];
test.for(odd)('warns of %s', ([, schedule, path, says]) => {
  const warnings = [{ path: `${SCHEDULE}${path}`, says }];
  expect(parseWorld(spoil(SCHEDULE, schedule), NOW)).toMatchObject({ ok: true, warnings });
  // A version that was applied long ago is read again without a clock.
  expect(parseWorld(spoil(SCHEDULE, schedule))).toMatchObject({ ok: true, warnings: [] });
});
