// Every mistake that a world may hold is told at its place. Each case takes a world that is right
// and spoils one thing.

import { describe, expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { POST, spoil } from './world-document.ts';

type Mistake = [
  path: string,
  value: unknown,
  at: string,
  says: string | RegExp,
  fix?: string | RegExp,
];

const APEX = 'contracts.apex_auto';
const ROUTING = 'campaigns.auto.routing';
const mistakes: Mistake[] = [
  // Settings.
  ['sluice', 2, 'sluice', 'wants 1'],
  ['sluice', undefined, 'sluice', 'is missing'],
  ['wrold', 1, 'wrold', 'is not a setting'],
  [
    `${APEX}.prise_cents`,
    1,
    `${APEX}.prise_cents`,
    'is not a setting',
    'did you mean price_cents?',
  ],
  ['buyers.Big One', {}, 'buyers["Big One"]', /^an id begins with a letter/],
  ['buyers.constructor', {}, 'buyers.constructor', 'this id is reserved'],
  ['buyers.apex', null, 'buyers.apex', 'wants a map, not nothing'],
  ['buyers.apex.time_zone', 'Mars/Olympus', 'buyers.apex.time_zone', /^is not a time zone/],
  [`${APEX}.buyer`, undefined, `${APEX}.buyer`, 'is missing'],
  [
    'contracts.bolt_auto.price_cents',
    7.5,
    'contracts.bolt_auto.price_cents',
    'wants a whole number, not a fraction',
  ],
  ['contracts.bolt_auto.price_cents', -1, 'contracts.bolt_auto.price_cents', 'wants at least 0'],
  [`${APEX}.max_bid_cents`, '500', `${APEX}.max_bid_cents`, 'wants a number, not text'],
  [`${APEX}.name`, 12, `${APEX}.name`, 'wants text, not a number', 'put it in quotes'],
  [`${APEX}.min_score`, 101, `${APEX}.min_score`, 'wants at most 100'],
  [`${APEX}.multiplier`, 0, `${APEX}.multiplier`, 'wants at least 0.01'],
  [`${APEX}.post.url`, 'ftp://apex.example', `${APEX}.post.url`, /^wants an http or https URL/],
  [
    `${APEX}.post.url`,
    'https://me:pw@apex.example',
    `${APEX}.post.url`,
    /without user and password$/,
  ],
  [
    `${APEX}.post.timeout`,
    2000,
    `${APEX}.post.timeout`,
    'wants text, not a number',
    'put it in quotes',
  ],
  [`${APEX}.post.timeout`, '2 seconds', `${APEX}.post.timeout`, /^wants a duration such as/],
  [`${APEX}.post.timeout`, '2m', `${APEX}.post.timeout`, 'wants 50ms to 60s'],
  [`${ROUTING}[0].deadline`, '49ms', `${ROUTING}[0].deadline`, 'wants 50ms to 10s'],
  [
    `${ROUTING}[0].method`,
    'auction',
    `${ROUTING}[0].method`,
    'wants waterfall, round_robin, weighted or ping_post',
  ],
  [`${ROUTING}[1].deadline`, '1s', `${ROUTING}[1].deadline`, 'is not a setting'],
  ['campaigns.auto.answer_within', '61s', 'campaigns.auto.answer_within', 'wants 200ms to 60s'],
  [
    'verticals.auto.fields.zip.type',
    'zipcode',
    'verticals.auto.fields.zip.type',
    /^wants text, phone,.* or ip$/,
  ],
  [
    'verticals.auto.fields.service.choices',
    [],
    'verticals.auto.fields.service.choices',
    'a choice wants choices',
  ],
  [
    'verticals.auto.fields.zip.choices',
    ['x'],
    'verticals.auto.fields.zip.choices',
    'only a choice has them',
  ],
  [
    'verticals.auto.fields.score',
    { type: 'number' },
    'verticals.auto.fields.score',
    '"score" is a fact of every lead',
  ],
  ['verticals.auto.fields.age', { type: 'text' }, 'verticals.auto.fields.age', '"age" is a number'],
  [
    'sources.acme.keys[0].sha256',
    'sk_live',
    'sources.acme.keys[0].sha256',
    /^wants the SHA-256 of the key/,
  ],
  [
    'sources.acme.payout',
    {},
    'sources.acme.payout',
    'wants share_percent or fixed_cents, one of them',
  ],
  [
    'sources.acme.payout.share_percent',
    101,
    'sources.acme.payout.share_percent',
    'wants at most 100',
  ],
  ['sources.acme.payout.fixed_cents', 5, 'sources.acme.payout', /one of them$/],
  [
    'buyers.apex.caps',
    [{ per: 'day' }],
    'buyers.apex.caps[0]',
    'wants leads or cents, one of them',
  ],
  [
    'buyers.apex.caps',
    [{ per: 'year', leads: 1 }],
    'buyers.apex.caps[0].per',
    'wants hour, day, week, month, total or rolling',
  ],
  [
    'buyers.apex.caps',
    [
      { per: 'day', leads: 1 },
      { per: 'day', leads: 2 },
    ],
    'buyers.apex.caps[1]',
    'leads per day has a limit already',
  ],
  [`${APEX}.schedule`, { windows: [] }, `${APEX}.schedule.windows`, /^wants at least 1 entries/],
  [
    `${APEX}.schedule`,
    { windows: [{ days: [], open: '08:00', close: '18:00' }] },
    `${APEX}.schedule.windows[0].days`,
    'wants at least 1 entries',
  ],
  [
    `${APEX}.schedule`,
    { windows: [{ days: ['mon'], open: '8:00', close: '18:00' }] },
    `${APEX}.schedule.windows[0].open`,
    'wants a time of day such as "08:00"',
  ],
  // References.
  [
    'campaigns.auto.vertical',
    'aut',
    'campaigns.auto.vertical',
    'there is no vertical "aut"',
    'did you mean auto?',
  ],
  [`${APEX}.buyer`, 'apx', `${APEX}.buyer`, 'there is no buyer "apx"', 'did you mean apex?'],
  [`${APEX}.campaign`, 'home', `${APEX}.campaign`, 'there is no campaign "home"'],
  [
    `${APEX}.sources`,
    { deny: ['acne'] },
    `${APEX}.sources.deny[0]`,
    'there is no source "acne"',
    'did you mean acme?',
  ],
  [
    'sources.acme.campaigns',
    ['auto', 'home'],
    'sources.acme.campaigns[1]',
    'there is no campaign "home"',
  ],
  [
    `${ROUTING}[0].contracts`,
    ['apex'],
    `${ROUTING}[0].contracts[0]`,
    'there is no contract "apex"',
  ],
  [
    'campaigns.auto.duplicates',
    { by: [['phone', 'fone']] },
    'campaigns.auto.duplicates.by[0][1]',
    '"fone" is no field of auto',
    'did you mean phone?',
  ],
  [
    `${APEX}.ping.fields`,
    ['state', 'stat'],
    `${APEX}.ping.fields[1]`,
    '"stat" is no field of the vertical',
    'did you mean state?',
  ],
  [
    'operators.desk.keys[0].sha256',
    'a'.repeat(64),
    'sources.acme.keys[0].sha256',
    'is the key of operators.desk already',
  ],
  // Routing and terms.
  [`${ROUTING}[1].contracts`, [], `${ROUTING}[1].contracts`, 'a stage wants at least one contract'],
  [
    `${ROUTING}[1].contracts`,
    ['apex_auto'],
    `${ROUTING}[1].contracts[0]`,
    'apex_auto stands in stage stage_1 already',
  ],
  [`${ROUTING}[1].name`, 'stage_1', `${ROUTING}[1].name`, 'two stages are called stage_1'],
  [
    `${ROUTING}[0].method`,
    'waterfall',
    `${ROUTING}[0].contracts[0]`,
    'apex_auto has no price_cents, and waterfall asks for no bids',
  ],
  [
    'campaigns.home',
    { vertical: 'auto', routing: [{ method: 'waterfall', contracts: ['bolt_auto'] }] },
    'campaigns.home.routing[0].contracts[0]',
    'bolt_auto is a contract of campaign auto',
  ],
  [
    `${ROUTING}[0].deadline`,
    '6s',
    `${ROUTING}[0].deadline`,
    'is longer than the source waits (5000ms)',
  ],
  [`${APEX}.ping`, undefined, APEX, 'wants price_cents or ping'],
  [
    `${APEX}.price_cents`,
    500,
    `${APEX}.price_cents`,
    'has price_cents and ping: the bid is the price',
  ],
  [
    `${APEX}.floor_cents`,
    50_001,
    `${APEX}.floor_cents`,
    'is above max_bid_cents: no bid can count',
  ],
  [
    `${APEX}.deliveries`,
    [
      { name: 'crm', ...POST },
      { name: 'crm', ...POST },
    ],
    `${APEX}.deliveries[1].name`,
    'two deliveries are called crm',
  ],
];

describe('tells', () => {
  test.for(mistakes)('%s = %j', ([path, value, at, says, fix]) => {
    const parsed = parseWorld(spoil(path, value));
    const errors = parsed.ok ? [] : parsed.errors;
    const matching = (text: string | RegExp): unknown =>
      typeof text === 'string' ? text : expect.stringMatching(text);
    const issue = { path: at, says: matching(says) };
    const expected = fix === undefined ? issue : { ...issue, fix: matching(fix) };
    expect(errors).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
  });
});
