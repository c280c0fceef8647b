// What is wrong with caps, said when a world is applied: where, what, and what to write instead.

import { expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { spoil } from './world-document.ts';

const APEX = 'contracts.apex_auto.caps';
const BOLT = 'contracts.bolt_auto';

const mistakes: [says: string, cap: object[], path: string, message: string][] = [
  [
    'a first day of a day',
    [{ per: 'day', starts: 'sun', leads: 1 }],
    '[0].starts',
    'a day has no first day',
  ],
  ['hours of a day', [{ per: 'day', hours: 4, leads: 1 }], '[0].hours', 'a day has its own length'],
  ['a rolling cap without hours', [{ per: 'rolling', leads: 1 }], '[0].hours', 'is missing'],
  [
    'a paced total',
    [{ per: 'total', leads: 1, pacing: 'even' }],
    '[0].pacing',
    'total has no open hours to spread over',
  ],
  [
    'a paced hour',
    [{ per: 'hour', leads: 1, pacing: 'even' }],
    '[0].pacing',
    'hour has no open hours to spread over',
  ],
  [
    'a paced rolling cap',
    [{ per: 'rolling', hours: 2, leads: 1, pacing: 'even' }],
    '[0].pacing',
    'rolling has no open hours to spread over',
  ],
  [
    'each of nothing known',
    [{ per: 'day', leads: 1, each: 'stat' }],
    '[0].each',
    '"stat" is no fact of these leads',
  ],
  [
    'each of a personal field',
    [{ per: 'day', leads: 1, each: 'phone' }],
    '[0].each',
    '"phone" is personal, and keys of caps stand in histories',
  ],
  [
    'a filter without a name',
    [{ per: 'day', leads: 1, when: { field: 'state', is: 'TX' } }],
    '[0].name',
    'is missing',
  ],
  [
    'a filter about nothing',
    [{ per: 'day', leads: 1, name: 'x', when: { field: 'stat', is: 'TX' } }],
    '[0].when.field',
    '"stat" is neither a field of the vertical nor one of score, source, sub_source, flagged, ' +
      'age, state, local_hour, local_weekday, phone_type, email_type, zip_in_state',
  ],
  [
    'a name that is a period',
    [{ per: 'day', leads: 1, name: 'week' }],
    '[0].name',
    '"week" stands for a period',
  ],
  [
    'one key twice',
    [
      { per: 'rolling', hours: 2, leads: 1 },
      { per: 'rolling', hours: 2, leads: 2 },
    ],
    '[1]',
    'leads per rolling has a limit already',
  ],
  [
    'one key twice for each state',
    [
      { per: 'day', leads: 1, each: 'state' },
      { per: 'day', leads: 2, each: 'state' },
    ],
    '[1]',
    'leads per day for each state has a limit already',
  ],
];
test.for(mistakes)('%s', ([, caps, at, says]) => {
  for (const place of [APEX, 'buyers.apex.caps']) {
    const parsed = parseWorld(spoil(place, caps));
    expect(parsed).toMatchObject({ ok: false, errors: [{ path: `${place}${at}`, says }] });
  }
});

test('cents of leads that cost nothing', () => {
  const document = spoil(`${BOLT}.caps`, [{ per: 'day', cents: 100 }]);
  const free = spoil(`${BOLT}.price_cents`, 0);
  Object.assign((free['contracts'] as Record<string, object>)['bolt_auto'] ?? {}, {
    caps: [{ per: 'day', cents: 100 }],
  });
  expect(parseWorld(document)).toMatchObject({ ok: true });
  expect(parseWorld(free)).toMatchObject({
    ok: false,
    errors: [{ path: `${BOLT}.caps[0].cents`, fix: 'use leads' }],
  });
});

test('a buyer’s cap may ask about the fields of its campaigns, and only of those', () => {
  const each = [{ per: 'day', leads: 1, each: 'state' }];
  expect(parseWorld(spoil('buyers.apex.caps', each))).toMatchObject({ ok: true });
  expect(parseWorld(spoil('buyers.idle', { caps: each }))).toMatchObject({
    ok: false,
    errors: [{ path: 'buyers.idle.caps[0].each' }],
  });
});

test('caps that differ in what makes their key stand beside each other', () => {
  const caps = [
    { per: 'day', leads: 1 },
    { per: 'day', cents: 1 },
    { per: 'day', leads: 1, each: 'state' },
    { per: 'day', leads: 1, each: 'source' },
    { per: 'day', leads: 1, name: 'texas', when: { field: 'state', is: 'TX' } },
    { per: 'week', leads: 1 },
    { per: 'week', leads: 1, starts: 'sun' },
    { per: 'rolling', hours: 2, leads: 1 },
    { per: 'rolling', hours: 24, leads: 1 },
  ];
  expect(parseWorld(spoil(APEX, caps))).toMatchObject({ ok: true });
});
