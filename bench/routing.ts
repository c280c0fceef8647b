// The scenario of the pure decision: one lead before stages of many contracts with filters,
// hours, caps and minimum scores, as `routeLead` decides it. No servers are started.

import type { Lead } from '../src/domain/lead.ts';
import { toLeadId } from '../src/domain/ids.ts';
import type { Campaign } from '../src/domain/world/campaign.ts';
import { createEligibility, type FullCap, type Live } from '../src/eligibility/explain.ts';
import { type Rules, routeStage } from '../src/routing/stage.ts';
import { parseWorld } from '../src/world/parse.ts';
import { percentiles, round } from './figures.ts';
import type { BenchOptions } from './options.ts';

export type RoutingReport = ReturnType<typeof measureRouting>;

const STATES = 'AL AZ CA CO FL GA IL MI NC NY OH PA TN TX VA WA'.split(' ');
const ZONES = ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'];
const WARM_UP_LEADS = 300;
const LEADS = 3_000;
/** Every so many contracts has a full cap, as on a busy afternoon. */
const FULL_EVERY = 10;

/** Measures each number of contracts; the figures are milliseconds for one lead. */
export function measureRouting({ contracts }: Pick<BenchOptions, 'contracts'>) {
  const runs = contracts.map(measureOne);
  const [first] = runs;
  const last = runs.at(-1);
  if (!first || !last) throw new Error('no number of contracts');
  return {
    scenario: 'routing' as const,
    p50Ms: first.p50Ms,
    p99Ms: first.p99Ms,
    ...(runs.length > 1 && {
      /** How much longer the largest takes than the smallest; linear is the ratio of contracts. */
      growth: {
        p50: round((last.p50Ms ?? 0) / (first.p50Ms ?? 1), 1),
        p99: round((last.p99Ms ?? 0) / (first.p99Ms ?? 1), 1),
      },
      linear: last.contracts / first.contracts,
    }),
    runs,
  };
}

function measureOne(contracts: number) {
  const begunAt = performance.now();
  const rules = createRules(contracts);
  const compileMs = round(performance.now() - begunAt, 0);
  const campaign: Campaign | undefined = rules.world.campaigns['auto'];
  if (!campaign) throw new Error('the world has no campaign');
  const full = { detail: '50/50', endsAtMs: null };
  // As the cap desk does, it remembers what is full, and nothing else.
  const fullKeys = new Map(
    Array.from({ length: Math.ceil(contracts / FULL_EVERY) }, (_, n) => [
      `contract/c${n * FULL_EVERY}/day/2026-11-24/leads`,
      full,
    ]),
  );
  const live: Live = { deniedKey: (key): FullCap | undefined => fullKeys.get(key) };
  const startMs = Date.parse('2026-11-24T15:00:00Z');
  const ms: number[] = [];
  let eligible = 0;
  for (let n = -WARM_UP_LEADS; n < LEADS; n += 1) {
    // One lead a second: hours, schedules and the names of windows change on the way.
    const atMs = startMs + n * 1_000;
    const asked = {
      lead: leadNo(n + WARM_UP_LEADS, atMs),
      score: 40 + (n & 31),
      live,
      atMs,
    };
    const from = performance.now();
    const routes = campaign.routing.map((stage) => routeStage(rules, stage, asked));
    if (n < 0) continue;
    ms.push(performance.now() - from);
    eligible += routes.reduce((sum, { order }) => sum + order.length, 0);
  }
  const latency = percentiles(ms);
  return {
    ...{ contracts, leads: LEADS, compileMs },
    eligibleMean: round(eligible / LEADS, 1),
    ...{ p50Ms: latency(50), p99Ms: latency(99), maxMs: latency(100) },
  };
}

function createRules(count: number): Rules {
  const names = Array.from({ length: count }, (_, n) => `c${n}`);
  const buyers = Math.max(1, Math.ceil(count / 4));
  const parsed = parseWorld({
    sluice: 1,
    verticals: {
      auto: {
        fields: {
          state: { type: 'state', required: true },
          zip: { type: 'zip' },
          date_of_birth: { type: 'date' },
          homeowner: { type: 'boolean' },
        },
      },
    },
    campaigns: {
      auto: {
        vertical: 'auto',
        routing: stagesOf(names),
      },
    },
    sources: {
      acme: {
        keys: [{ sha256: 'a'.repeat(64) }],
        campaigns: ['auto'],
        payout: { share_percent: 80 },
      },
    },
    buyers: Object.fromEntries(
      Array.from({ length: buyers }, (_, n) => [
        `b${n}`,
        {
          time_zone: ZONES[n % ZONES.length],
          caps: [{ per: 'month', leads: 900 }],
        },
      ]),
    ),
    contracts: Object.fromEntries(names.map((name, n) => [name, contractNo(n, buyers)])),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors.slice(0, 3)));
  return { world: parsed.world, eligibility: createEligibility(parsed.world) };
}

/** As many contracts in a stage as a world may name. */
const STAGE_CONTRACTS = 1_000;

function stagesOf(names: readonly string[]) {
  const count = Math.ceil(names.length / STAGE_CONTRACTS);
  return Array.from({ length: count }, (_, n) => ({
    name: `stage_${n + 1}`,
    method: 'waterfall',
    contracts: names.slice(n * STAGE_CONTRACTS, (n + 1) * STAGE_CONTRACTS),
  }));
}

/** Half take three states; the others the whole country, of some age or a home of their own. */
function contractNo(n: number, buyers: number) {
  const states = [0, 5, 11].map((step) => STATES[(n + step) % STATES.length]);
  const somewhere = { field: 'state', in: states };
  const anywhere = {
    any: [
      { field: 'homeowner', is: true },
      {
        all: [
          { field: 'age', at_least: 25 },
          { field: 'zip', starts_with: String(n % 10) },
        ],
      },
    ],
  };
  return {
    buyer: `b${n % buyers}`,
    campaign: 'auto',
    priority: n,
    price_cents: 1_000 + (n % 90) * 10,
    min_score: n % 3 === 0 ? 50 : 0,
    filter: n % 2 === 0 ? somewhere : anywhere,
    schedule: {
      windows: [
        {
          days: ['mon', 'tue', 'wed', 'thu', 'fri'],
          open: '08:00',
          close: '20:00',
        },
      ],
    },
    caps: [
      { per: 'day', leads: 50 },
      { per: 'hour', leads: 10 },
    ],
    post: { url: 'https://buyer.example/leads' },
  };
}

function leadNo(n: number, receivedAtMs: number): Lead {
  return {
    id: toLeadId(String(n).padStart(26, '0')),
    campaignId: 'auto',
    sourceId: 'acme',
    subSource: null,
    externalId: null,
    worldVersion: 1,
    test: false,
    fields: {
      state: STATES[n % STATES.length] ?? 'TX',
      zip: String(10_000 + ((n * 7_919) % 89_999)),
      date_of_birth: `${1950 + (n % 55)}-03-02`,
      homeowner: n % 3 === 0,
    },
    problems: [],
    behaviour: {},
    consent: null,
    askingCents: null,
    receivedAtMs,
  };
}
