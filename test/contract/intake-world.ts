// A small world as the domain sees it, for tests of intake and of the API.

import { createHash } from 'node:crypto';

import { cents, ZERO } from '../../src/domain/money.ts';
import type { Campaign } from '../../src/domain/world/campaign.ts';
import type { Door } from '../../src/domain/world/door.ts';
import type { Signature } from '../../src/domain/world/platform.ts';
import type { Contract } from '../../src/domain/world/contract.ts';
import type { Field, FieldType, World } from '../../src/domain/world/world.ts';

export const keys = {
  acme: 'sk_test_acme',
  other: 'sk_test_other',
  paused: 'sk_test_paused',
  operator: 'ok_test_operator',
  door: 'door_test_acme',
};

/** What the references of the world's doors come to. */
export const secrets: Readonly<Record<string, string>> = {
  'env:HOOK_SECRET': 'hook secret',
  'env:META_SECRET': 'app_secret',
  'env:META_VERIFY': 'verify me',
  'env:LINKEDIN_SECRET': 'client_secret',
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
  lookups: {},
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

const doors: Record<string, Door> = {
  prosper: {
    format: 'leadprosper',
    campaign: 'auto_insurance',
    account: '77/1234',
    keys: [hashed(keys.door)],
    fields: { cars: 'vehicles' },
  },
  google: doorOf('google', '*', { keys: [hashed(keys.door)], fields: { budget: 'vehicles' } }),
  zap: doorOf('webhook', 'zap', {
    keys: [hashed(keys.door)],
    webhook: {
      paths: { phone: '$.data.contact.phone', zip: 'data.zip', external_id: '$.data.id' },
      ...{ signature: null, answer: 'outcome' },
    },
  }),
  tiktok: doorOf('webhook', 'tiktok', {
    webhook: { paths: {}, signature: tiktokSignature(), answer: 'received' },
  }),
};

const thanks = 'https://www.example.com/thanks';
const free = { thanksUrl: null, refusedUrl: null, origins: [], consentText: null };
const ofMeta = {
  ...{ appSecretRef: 'env:META_SECRET', verifyTokenRef: 'env:META_VERIFY' },
  pageTokenRef: 'env:META_TOKEN',
};
const ofLinkedin = {
  ...{ clientSecretRef: 'env:LINKEDIN_SECRET', tokenRef: 'env:LINKEDIN_TOKEN' },
  ...{ version: '202511', baseUrl: 'https://api.linkedin.com' },
};
Object.assign(doors, {
  site: doorOf('form', 'site', {
    form: {
      ...{ thanksUrl: thanks, refusedUrl: null, origins: ['https://www.example.com'] },
      consentText: 'I agree to be called by "A & B"',
    },
  }),
  plain: doorOf('form', 'plain', { form: free }),
  page: doorOf('meta', '100000000000001', { meta: ofMeta }),
  page_form: doorOf('meta', '100000000000001/900000000000999', { meta: ofMeta }),
  linkedin: doorOf('linkedin', 'urn:li:sponsoredAccount:7', {
    linkedin: ofLinkedin,
  }),
  linkedin_kept: doorOf('linkedin', 'urn:li:sponsoredAccount:8', {
    linkedin: { ...ofLinkedin, tokenRef: null },
  }),
  elsewhere: doorOf('form', 'elsewhere', {
    form: { ...free, thanksUrl: thanks, refusedUrl: 'https://www.example.com/again' },
  }),
});

function doorOf(format: Door['format'], account: string, more: Partial<Door>): Door {
  return { format, campaign: 'auto_insurance', account, keys: [], fields: {}, ...more };
}

function tiktokSignature(): Signature {
  const [secretRef, header] = ['env:HOOK_SECRET', 'tiktok-signature'];
  const more = { algorithm: 'sha256', encoding: 'hex', scheme: 'timed' } as const;
  return { secretRef, header, prefix: '', ...more };
}

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
