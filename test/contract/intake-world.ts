// A small world as the domain sees it, for tests of intake and of the API.

import { createHash } from 'node:crypto';

import { cents, ZERO } from '../../src/domain/money.ts';
import type { Campaign } from '../../src/domain/world/campaign.ts';
import type { Contract } from '../../src/domain/world/contract.ts';
import type { Field, FieldType, Source, World } from '../../src/domain/world/world.ts';

export const keys = {
  acme: 'sk_test_acme',
  other: 'sk_test_other',
  paused: 'sk_test_paused',
  operator: 'ok_test_operator',
  door: 'door_test_acme',
};

/** A field of a type, with what differs from an optional public one. */
export function field(type: FieldType, more: Partial<Field> = {}): Field {
  return { type, required: false, personal: false, choices: [], ...more };
}

const required = { required: true };

const unlimited = { takes: 'all', minScore: 0, budgetMs: null, stopAfterRejections: null } as const;

const campaign: Campaign = {
  name: 'Auto insurance',
  vertical: 'auto',
  answerWithinMs: 400,
  pingExpiresMs: 120_000,
  maxSales: 1,
  floorCents: ZERO,
  minMargin: null,
  paused: false,
  duplicates: null,
  scoring: { by: 'rules', aiWaitMs: 0 },
  holdUnsold: null,
  routing: [
    {
      name: 'auction',
      method: 'ping_post',
      contracts: ['apex', 'bolt', 'crest', 'dune'],
      deadlineMs: 300,
      floorCents: cents(500),
      earlyClose: true,
      ...{ pricing: 'first', pick: 'price', minBidders: 1, ties: 'priority', ...unlimited },
    },
    { name: 'rest', method: 'waterfall', contracts: ['last'], ...unlimited },
  ],
};

function contract(buyer: string): Contract {
  const step = {
    adapter: 'json',
    url: 'https://buyer.example/leads',
    secretRef: null,
    fields: null,
    timeoutMs: 1000,
  } as const;
  return {
    name: `Contract of ${buyer}`,
    buyer,
    campaign: 'auto_insurance',
    paused: false,
    priority: 1,
    weight: 1,
    exclusive: true,
    priceCents: null,
    multiplierBasisPoints: 10_000,
    adjustments: [],
    maxBidCents: cents(10_000),
    floorCents: ZERO,
    minScore: 0,
    sources: { allow: null, deny: [] },
    filter: null,
    schedule: null,
    caps: [],
    noRepeats: null,
    ping: step,
    post: step,
    redirectUrl: null,
    deliveries: [],
  };
}

const buyers = ['apex', 'bolt', 'crest', 'dune', 'last'];

const doors: Source['doors'] = {
  prosper: {
    format: 'leadprosper',
    campaign: 'auto_insurance',
    account: '77/1234',
    keys: [hashed(keys.door)],
    fields: { cars: 'vehicles' },
  },
};

export const world: World = {
  name: 'test',
  timeZone: 'America/New_York',
  paused: false,
  operators: { ada: { name: 'Ada', keys: [hashed(keys.operator)] } },
  verticals: {
    auto: {
      name: 'Auto',
      fields: {
        first_name: field('text', { required: true, personal: true }),
        phone: field('phone', { required: true, personal: true }),
        email: field('email', { personal: true }),
        zip: field('zip', required),
        state: field('state'),
        date_of_birth: field('date', { personal: true }),
        vehicles: field('number'),
        homeowner: field('boolean'),
        coverage: field('choice', { choices: ['full', 'liability_only'] }),
      },
    },
  },
  campaigns: { auto_insurance: campaign, home: { ...campaign, routing: [] } },
  sources: {
    acme: { ...source(keys.acme, { campaigns: ['auto_insurance'] }), doors },
    other: source(keys.other, { campaigns: ['auto_insurance', 'home'] }),
    resting: source(keys.paused, { campaigns: ['auto_insurance'], paused: true }),
  },
  buyers: Object.fromEntries(
    buyers.map((id) => [
      id,
      {
        ...{ name: id, timeZone: 'America/Chicago', caps: [], noRepeats: null, balance: null },
        ...{ floorCents: ZERO, paused: false, inHouse: false },
      },
    ]),
  ),
  contracts: Object.fromEntries(buyers.map((id) => [id, contract(id)])),
};

function source(key: string, more: { campaigns: readonly string[]; paused?: boolean }) {
  const payout = { kind: 'share', basisPoints: 8000 } as const;
  const terms = { payout, floorCents: ZERO, paused: false, pingsPerSecond: 50, doors: {} };
  return { name: 'A source', keys: [hashed(key)], ...terms, ...more };
}

function hashed(key: string) {
  return { sha256: createHash('sha256').update(key).digest('hex') };
}
