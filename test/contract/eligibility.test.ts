// Why a contract may not have a lead: every reason on both sides of its edge, and the order in
// which reasons win.

import { describe, expect, test } from 'vitest';

import type { Lead } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import type { World } from '../../src/domain/world/world.ts';
import { createEligibility, type Live } from '../../src/eligibility/explain.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { sampleLead } from '../support/sample-lead.ts';

const NOW = Date.parse('2026-11-22T12:00:00-06:00'); // A Sunday.

const DOCUMENT = {
  sluice: 1,
  time_zone: 'America/Chicago',
  verticals: {
    auto: {
      fields: {
        phone: { type: 'phone', required: true },
        state: { type: 'state', required: true },
        date_of_birth: { type: 'date' },
        homeowner: { type: 'boolean' },
      },
    },
  },
  campaigns: { auto: { vertical: 'auto', routing: [] } },
  sources: {
    acme: { keys: [{ sha256: 'a'.repeat(64) }], campaigns: ['auto'], payout: { fixed_cents: 1 } },
    beacon: { keys: [{ sha256: 'b'.repeat(64) }], campaigns: ['auto'], payout: { fixed_cents: 1 } },
  },
  buyers: { apex: { caps: [{ per: 'month', cents: 500_000 }] } },
};

const TERMS = {
  buyer: 'apex',
  campaign: 'auto',
  price_cents: 1000,
  post: { url: 'https://apex.example/post' },
};

/** The world of `DOCUMENT` with one contract, `apex_auto`, and other parts replaced. */
function worldWith(terms: object, parts: object = {}): World {
  const contracts = { apex_auto: { ...TERMS, ...terms } };
  const parsed = parseWorld({ ...DOCUMENT, ...parts, contracts });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.world;
}

const leadAt = (changes: Partial<Lead> = {}) => sampleLead({ receivedAtMs: NOW, ...changes });
const open: Live = { deniedKey: () => undefined };

function explain(world: World, { lead = leadAt(), score = 50, live = open } = {}) {
  return createEligibility(world).explain('apex_auto', { lead, score, live, atMs: NOW });
}

const NO_CAPS = { buyers: { apex: {} } };

const prepaid = (credit_cents: number) =>
  worldWith({}, { buyers: { apex: { balance: { credit_cents } } } });

const refused = (reason: string, detail: string, until?: string) => ({
  kind: 'refused',
  reason,
  detail,
  ...(until !== undefined && { untilMs: Date.parse(until) }),
});
const shut = { windows: [{ days: ['mon'], open: '08:00', close: '18:00' }] };

describe('a contract', () => {
  test('that asks for nothing takes every lead', () => {
    expect(explain(worldWith({}))).toEqual({ kind: 'eligible' });
  });

  test('whose buyer pays ahead, without credit, is open until its balance is known as spent', () => {
    expect(explain(prepaid(0))).toEqual({ kind: 'eligible' });
    const key = 'buyer/apex/balance/cents';
    const spent = { detail: '$0.00 left', endsAtMs: null };
    const live: Live = {
      deniedKey: (asked, limit) => (asked === key && limit === 0 ? spent : undefined),
    };
    expect(explain(prepaid(0), { live })).toEqual(refused('cap_reached', `${key}: $0.00 left`));
  });

  const reasons: [says: string, world: World, reason: string, detail: string, until?: string][] = [
    ['everything', worldWith({}, { paused: true }), 'paused', 'everything is paused'],
    [
      'its campaign',
      worldWith({}, { campaigns: { auto: { ...DOCUMENT.campaigns.auto, paused: true } } }),
      'paused',
      'campaign auto is paused',
    ],
    [
      'its buyer',
      worldWith({}, { buyers: { apex: { paused: true } } }),
      'paused',
      'buyer apex is paused',
    ],
    ['the contract itself', worldWith({ paused: true }), 'paused', 'the contract is paused'],
    [
      'the source',
      worldWith(
        {},
        { sources: { ...DOCUMENT.sources, acme: { ...DOCUMENT.sources.acme, paused: true } } },
      ),
      'paused',
      'source acme is paused',
    ],
    [
      'a denied source',
      worldWith({ sources: { deny: ['acme'] } }),
      'source_not_allowed',
      'acme is denied',
    ],
    [
      'a source that is not allowed',
      worldWith({ sources: { allow: ['beacon'] } }),
      'source_not_allowed',
      'acme is not among the allowed sources',
    ],
    [
      'allowing nobody',
      worldWith({ sources: { allow: [] } }),
      'source_not_allowed',
      'acme is not among the allowed sources',
    ],
    [
      'a field that its post lists',
      worldWith({ post: { url: 'https://apex.example/post', fields: ['state', 'homeowner'] } }),
      'field_required',
      'the lead has no homeowner',
    ],
    [
      'its filter',
      worldWith({ filter: { field: 'state', in: ['OK', 'NM'] } }),
      'filter_not_met',
      'state is "TX", wants one of OK, NM',
    ],
    [
      'its filter on a personal field',
      worldWith({ filter: { field: 'phone', starts_with: '+1505' } }),
      'filter_not_met',
      'phone does not fit (its value is personal), wants text that starts with "+1505"',
    ],
    [
      'its filter on the derived age',
      worldWith({ filter: { field: 'age', at_least: 43 } }),
      'filter_not_met',
      'age is 42, wants at least 43',
    ],
    [
      'its minimum score',
      worldWith({ min_score: 51 }),
      'score_too_low',
      'the score is 50, wants at least 51',
    ],
    [
      'its schedule',
      worldWith({ schedule: shut }),
      'outside_schedule',
      'closed until Mon 2026-11-23 08:00 America/Chicago',
      '2026-11-23T14:00:00Z',
    ],
    [
      'T39: a cap of 0',
      worldWith({ caps: [{ per: 'day', leads: 0 }] }),
      'cap_reached',
      'a limit of 0 takes nothing',
    ],
    [
      'a cap of 0 of its buyer',
      worldWith({}, { buyers: { apex: { caps: [{ per: 'day', cents: 0 }] } } }),
      'cap_reached',
      'a limit of 0 takes nothing',
    ],
  ];
  test.for(reasons)('is left out by %s', ([, world, reason, detail, until]) => {
    expect(explain(world)).toEqual(refused(reason, detail, until));
  });

  const fits: [says: string, terms: object][] = [
    ['an allowed source', { sources: { allow: ['acme'] } }],
    ['another source denied', { sources: { deny: ['beacon'] } }],
    ['all fields that its post lists', { post: { url: 'https://x.example', fields: ['state'] } }],
    ['a filter that holds', { filter: { field: 'age', is: 42 } }],
    ['a score at the minimum', { min_score: 50 }],
    [
      'hours that are open',
      { schedule: { windows: [{ days: ['sun'], open: '12:00', close: '12:01' }] } },
    ],
    ['no limit', { caps: [{ per: 'day', leads: null }] }],
  ];
  test.for(fits)('takes a lead with %s', ([, terms]) => {
    expect(explain(worldWith(terms))).toEqual({ kind: 'eligible' });
  });

  test('is left out while one of its windows, or its buyer’s, is remembered as full', () => {
    const world = worldWith({ caps: [{ per: 'day', leads: 40 }] });
    const asked: string[] = [];
    const live: Live = {
      deniedKey(key) {
        asked.push(key);
        const endsAtMs = Date.parse('2026-12-01T06:00:00Z');
        return key.startsWith('buyer/') ? { detail: '$5.00 of $5.00', endsAtMs } : undefined;
      },
    };
    expect(explain(world, { live })).toEqual(
      refused(
        'cap_reached',
        'buyer/apex/month/2026-11/cents: $5.00 of $5.00',
        '2026-12-01T06:00:00Z',
      ),
    );
    expect(asked).toEqual([
      'contract/apex_auto/day/2026-11-22/leads',
      'buyer/apex/month/2026-11/cents',
    ]);
  });

  const bids = { ping: { url: 'https://apex.example/ping' }, price_cents: undefined };
  const leasts: [what: string, terms: object, floorCents: number | undefined, least: unknown][] = [
    ['its price', { price_cents: 900 }, undefined, 900],
    ['its price, whatever bids have to reach', { price_cents: 900 }, 800, 900],
    ['what bids have to reach', bids, 800, 800],
    ['anything, where it bids and there is no floor', bids, undefined, undefined],
  ];
  test.for(leasts)('is passed by where too little is left for %s', ([, terms, floor, least]) => {
    const told: unknown[] = [];
    const live: Live = { deniedKey: (_, __, leastCents) => void told.push(leastCents) };
    const floorCents = floor === undefined ? {} : { floorCents: cents(floor) };
    const rules = createEligibility(worldWith({ caps: [{ per: 'day', cents: 40 }], ...terms }));
    rules.explain('apex_auto', { lead: leadAt(), score: 50, live, atMs: NOW, ...floorCents });
    expect(told[0]).toBe(least);
  });

  test('is asked for the windows of the day, also when the day has turned', () => {
    const rules = createEligibility(worldWith({ caps: [{ per: 'day', leads: 40 }] }, NO_CAPS));
    const midnight = Date.parse('2026-11-23T00:00:00-06:00');
    const days = [midnight - 1, midnight, midnight - 1].map((atMs) => {
      const live: Live = { deniedKey: (key) => ({ detail: key, endsAtMs: null }) };
      return rules.explain('apex_auto', { lead: leadAt(), score: 50, live, atMs });
    });
    const detailOf = (day: string) => {
      const key = `contract/apex_auto/day/${day}/leads`;
      return refused('cap_reached', `${key}: ${key}`);
    };
    expect(days).toEqual(['2026-11-22', '2026-11-23', '2026-11-22'].map(detailOf));
  });

  test('tells the first reason in the documented order', () => {
    // Everything is wrong; each step mends the reason that was told.
    const all = {
      paused: true,
      sources: { deny: ['acme'] },
      post: { url: 'https://apex.example/post', fields: ['homeowner'] },
      filter: { field: 'state', is: 'OK' },
      min_score: 60,
      schedule: shut,
      caps: [{ per: 'day', leads: 0 }],
    };
    const mends: [reason: string, mend: object][] = [
      ['paused', { paused: false }],
      ['source_not_allowed', { sources: {} }],
      ['field_required', { post: TERMS.post }],
      ['filter_not_met', { filter: null }],
      ['score_too_low', { min_score: 0 }],
      ['outside_schedule', { schedule: null }],
      ['cap_reached', { caps: [] }],
    ];
    let terms = all;
    for (const [reason, mend] of mends) {
      expect(explain(worldWith(terms))).toMatchObject({ kind: 'refused', reason });
      terms = { ...terms, ...mend };
    }
    expect(explain(worldWith(terms))).toEqual({ kind: 'eligible' });
  });

  test('that is not in the world is a bug, also by a name that every object knows', () => {
    const rules = createEligibility(worldWith({}));
    const asked = { lead: leadAt(), score: 50, live: open, atMs: NOW };
    expect(() => rules.explain('apex', asked)).toThrow('no contract apex');
    expect(() => rules.explain('constructor', asked)).toThrow('no contract constructor');
  });
});
