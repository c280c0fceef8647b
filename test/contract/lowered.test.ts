// A limit that a new world sets below what is used of it already is told, with its place, until
// when nothing is sold, and what to write instead; every other limit is not even asked about.

import { describe, expect, test } from 'vitest';

import { listLowered, warnOfLowered } from '../../src/world/lowered.ts';
import { spoil, worldOf } from './world-document.ts';

const NOON = Date.parse('2026-11-24T12:00:00-06:00'); // A Tuesday, in the zone of bolt.

type Counts = Readonly<Record<string, number>>;

/** What is said of a world with `after` at a place where `before` was. */
function warned(path: string, [before, after]: readonly [unknown, unknown], used: Counts = {}) {
  const at = (value: unknown) => worldOf(spoil(path, value));
  const lowered = listLowered(at(before), at(after), NOON);
  const counts = Object.entries(used).map(([key, counted]) => ({ key, counted }));
  return warnOfLowered(lowered, counts, [{ buyerId: 'bolt', totalCents: 38_000 }]);
}

const CAPS = 'contracts.bolt_auto.caps';
const KEY = 'contract/bolt_auto/day/2026-11-24/leads';
const day = (leads: number | null, more: object = {}) => [{ per: 'day', leads, ...more }];

describe('a cap', () => {
  test('below its use is told with its place, until when, and what to do', () => {
    const used = { [KEY]: 57, 'contract/bolt_auto/day/2026-11-23/leads': 99 };
    expect(warned(CAPS, [day(100), day(40)], used)).toEqual([
      {
        path: 'contracts.bolt_auto.caps[0].leads',
        says:
          '40 is below the 57 sold or under way today; ' +
          'nothing more is sold until 2026-11-25 00:00 America/Chicago',
        fix: 'set more than 57 to go on selling at once',
      },
    ]);
  });

  const quiet: [says: string, before: unknown, after: unknown][] = [
    ['at its use', day(100), day(57)],
    ['raised, although it is below its use', day(30), day(40)],
    ['left as it is', day(40), day(40)],
    ['taken out', day(40), []],
    ['without a limit', day(100), day(null)],
  ];
  test.for(quiet)('%s is not', ([, before, after]) => {
    expect(warned(CAPS, [before, after], { [KEY]: 57 })).toEqual([]);
  });

  test('that was not there is: it may have been before', () => {
    expect(warned(CAPS, [[], day(40)], { [KEY]: 57 })).toHaveLength(1);
    expect(warned(CAPS, [day(null), day(40)], { [KEY]: 57 })).toHaveLength(1);
  });

  const others: [says: string, path: string, caps: [object, object], key: string, said: RegExp][] =
    [
      [
        'of a buyer, in cents',
        'buyers.bolt.caps',
        [day(9, { leads: undefined, cents: 90_000 }), day(9, { leads: undefined, cents: 10_000 })],
        'buyer/bolt/day/2026-11-24/cents',
        /^\$100\.00 is below the \$200\.00 sold or under way today/,
      ],
      [
        'in total',
        CAPS,
        [[{ per: 'total', leads: 9_999_999 }], [{ per: 'total', leads: 100 }]],
        'contract/bolt_auto/total/leads',
        /100 is below the 20000 sold or under way so far; nothing more is sold with it$/,
      ],
      [
        'over rolling hours',
        CAPS,
        [[{ per: 'rolling', hours: 6, leads: 99_999 }], [{ per: 'rolling', hours: 6, leads: 5 }]],
        'contract/bolt_auto/rolling/6h/leads',
        /in the last 6 h; nothing more is sold until enough of it is past$/,
      ],
      [
        'for some leads',
        CAPS,
        [
          day(99_999, { name: 'west', when: { field: 'state', is: 'CA' } }),
          day(5, { name: 'west', when: { field: 'state', is: 'NV' } }),
        ],
        'contract/bolt_auto/west/day/2026-11-24/leads',
        /^5 is below the 20000 sold or under way today/,
      ],
      [
        'for each value',
        CAPS,
        [day(99_999, { each: 'state' }), day(5, { each: 'state' })],
        'contract/bolt_auto/state=TX/day/2026-11-24/leads',
        /today for TX; nothing more is sold for TX until/,
      ],
    ];
  test.for(others)('%s', ([, path, caps, key, said]) => {
    const [only, ...more] = warned(path, caps, { [key]: 20_000 });
    expect(more).toEqual([]);
    expect(only?.says).toMatch(said);
    expect(only?.path).toMatch(/caps\[0\]\.(leads|cents)$/);
  });

  test('for each value is told once, by its fullest', () => {
    const of = (state: string) => `contract/bolt_auto/state=${state}/day/2026-11-24/leads`;
    const used = { [of('TX')]: 7, [of('')]: 9, [of('NV')]: 5 };
    const caps = [day(10, { each: 'state' }), day(5, { each: 'state' })] as const;
    expect(warned(CAPS, caps, used).map(({ says }) => says)).toEqual([
      expect.stringMatching(/^5 is below the 9 .* for leads without one \(1 more like it\)/),
    ]);
  });

  test('of the hours that are open', () => {
    const window = (leads: number) => ({
      windows: [
        { days: ['mon'], open: '08:00', close: '18:00', caps: [{ leads: 1 }] },
        { days: ['tue'], open: '08:00', close: '18:00', caps: [{ leads }] },
      ],
    });
    const used = { 'contract/bolt_auto/window/2026-11-24T08:00/leads': 7 };
    const at = 'contracts.bolt_auto.schedule';
    expect(warned(at, [window(9), window(6)], used)).toMatchObject([
      {
        path: 'contracts.bolt_auto.schedule.windows[1].caps[0].leads',
        says: expect.stringMatching(
          /7 sold or under way since it opened; .* until 2026-11-24 18:00/,
        ),
      },
    ]);
  });

  test('of a team and of its member stand at their places', () => {
    const team = (leads: number) => ({
      ...{ in_house: true, caps: day(leads) },
      members: { ann: { caps: day(leads) }, bob: {} },
    });
    const used = {
      'buyer/sales/day/2026-11-24/leads': 8,
      'buyer/sales.ann/day/2026-11-24/leads': 7,
    };
    expect(warned('buyers.sales', [team(9), team(6)], used).map(({ path }) => path)).toEqual([
      'buyers.sales.members.ann.caps[0].leads',
      'buyers.sales.caps[0].leads',
    ]);
  });
});

describe('a credit', () => {
  const key = 'buyer/bolt/balance/cents';
  const credit = (...cents: [number, number]) =>
    cents.map((credit_cents) => ({ credit_cents })) as [object, object];

  test('below what the buyer owes is told with what it would have to pay', () => {
    expect(warned('buyers.bolt.balance', credit(20_000, 5_000), { [key]: 50_000 })).toEqual([
      {
        path: 'buyers.bolt.balance.credit_cents',
        says:
          '$50.00 is below the $120.00 that it owes ' +
          '($500.00 sold or under way, $380.00 paid in); ' +
          'nothing more is sold until it has paid',
        fix: 'deposit more than $70.00, or set more than 12000',
      },
    ]);
  });

  test('of exactly that, or raised, or that deposits cover, is not', () => {
    const at = (...cents: [number, number]) => [
      ...warned('buyers.bolt.balance', credit(...cents), { [key]: 50_000 }),
    ];
    expect(at(20_000, 12_000)).toEqual([]);
    expect(at(20_000, 11_999)).toHaveLength(1);
    expect(at(1_000, 2_000)).toEqual([]);
    expect(warned('buyers.bolt.balance', credit(9, 0), { [key]: 38_000 })).toEqual([]);
  });
});
