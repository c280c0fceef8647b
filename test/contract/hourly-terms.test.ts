// Prices and caps of the hours: the route takes them from the opening that its instant is in, the
// auction bids at the route's price, and a full opening refuses until it closes.

import { describe, expect, test } from 'vitest';

import { candidatesOf } from '../../src/domain/outcome.ts';
import { createEligibility, type Live } from '../../src/eligibility/explain.ts';
import { routeStage, stageIn } from '../../src/routing/stage.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { at } from './schedule-of.ts';
import { PING, POST, smallDocument, worldOf } from './world-document.ts';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri'];
const HOURS = {
  windows: [
    { days: WEEK, open: '08:00', close: '12:00', price_cents: 900, caps: [{ leads: 10 }] },
    { days: WEEK, open: '12:00', close: '18:00' },
    { days: WEEK, open: '20:00', close: '02:00', price_cents: 500 },
  ],
  open_on: [
    { date: '2026-11-26', open: '09:00', close: '12:00', price_cents: 1500, caps: [{ leads: 0 }] },
    { date: '2026-11-26', open: '13:00', close: '14:00', price_cents: 1500 },
  ],
};
const common = { buyer: 'bolt', campaign: 'auto', post: POST };
const rules = (() => {
  const world = worldOf({
    ...smallDocument(),
    campaigns: {
      auto: {
        vertical: 'auto',
        routing: [{ name: 'only', method: 'ping_post', contracts: ['fixed', 'asked', 'plain'] }],
      },
    },
    contracts: {
      fixed: { ...common, price_cents: 700, schedule: HOURS },
      asked: {
        ...{ ...common, ping: PING },
        schedule: {
          windows: [{ days: WEEK, open: '08:00', close: '12:00', caps: [{ leads: 3 }] }],
        },
      },
      plain: { ...common, price_cents: 650 },
    },
  });
  return { world, eligibility: createEligibility(world) };
})();
const free: Live = { deniedKey: () => undefined };

function routeAt(iso: string, live = free) {
  const campaign = rules.world.campaigns['auto'];
  if (!campaign) throw new Error('no campaign');
  const asked = { lead: sampleLead(), score: 50, atMs: at(iso), live };
  return routeStage(rules, stageIn(campaign, 'only'), asked);
}

const prices: [says: string, iso: string, priceCents: number, isHourly: boolean][] = [
  ['the price of the morning', '2026-11-24T08:00:00-06:00', 900, true],
  ['to its last moment', '2026-11-24T11:59:59.999-06:00', 900, true],
  ['the contract’s where the hours name none', '2026-11-24T12:00:00-06:00', 700, false],
  ['that of the evening on which it opened', '2026-11-25T01:59:59-06:00', 500, true],
  ['that of the date', '2026-11-26T13:00:00-06:00', 1500, true],
];
test.for(prices)('a fixed price is %s', ([, iso, priceCents, isHourly]) => {
  const terms = routeAt(iso).terms?.['fixed'];
  expect(terms).toEqual({ priceCents, ...(isHourly && { routedAtMs: at(iso) }) });
});

test('a contract without a schedule has no moment of its own in a history', () => {
  expect(routeAt('2026-11-24T09:00:00-06:00').terms?.['plain']).toEqual({ priceCents: 650 });
});

test('what was routed in an opening is offered by it, also at the price that was bid', () => {
  const iso = '2026-11-24T09:00:00-06:00';
  const route = routeAt(iso);
  const bid = { contractId: 'asked', kind: 'bid', priceCents: 1200, ms: 1 } as const;
  const auction = { stage: 'only', ranked: ['asked'], pings: [bid], floorCents: 0, ms: 1 };
  const [candidate] = candidatesOf(route, auction as never);
  expect(candidate).toMatchObject({ contractId: 'asked', priceCents: 1200, routedAtMs: at(iso) });
  const window = rules.eligibility.windowAt('asked', at(iso));
  expect(window).toMatchObject({
    name: 'window/2026-11-24T08:00',
    endsAtMs: at('2026-11-24T12:00:00-06:00'),
    caps: [{ measure: 'leads', limit: 3 }],
  });
});

describe('a cap of the hours', () => {
  const key = 'contract/fixed/window/2026-11-24T08:00/leads';
  const endsAtMs = at('2026-11-24T12:00:00-06:00');
  const full: Live = {
    deniedKey: (asked) => (asked === key ? { detail: '10 of 10 leads', endsAtMs } : undefined),
  };
  const refusalAt = (iso: string, live = full) =>
    routeAt(iso, live).refused.find(({ contractId }) => contractId === 'fixed');

  test('that is full refuses until its opening closes, and no other opening', () => {
    expect(refusalAt('2026-11-24T09:00:00-06:00')).toEqual({
      ...{ contractId: 'fixed', reason: 'cap_reached', detail: `${key}: 10 of 10 leads` },
      untilMs: endsAtMs,
    });
    expect(refusalAt('2026-11-24T12:00:00-06:00')).toBeUndefined();
    expect(refusalAt('2026-11-25T09:00:00-06:00')).toBeUndefined();
    expect(refusalAt('2026-11-24T09:00:00-06:00')).toBeDefined();
  });

  test('of nothing takes nothing while it is open', () => {
    expect(refusalAt('2026-11-26T10:00:00-06:00', free)).toEqual({
      ...{ contractId: 'fixed', reason: 'cap_reached' },
      detail: 'contract/fixed/window/2026-11-26T09:00/leads: a limit of 0 takes nothing',
      untilMs: at('2026-11-26T12:00:00-06:00'),
    });
  });
});
