// One stage of a lead decided without a database: the moment, the credits and the pings that a
// verdict keeps are enough to decide it again.

import { expect, test } from 'vitest';
import type { PingResult } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { auctionRules, fixedBid, heldToCeiling, rankPings } from '../../src/routing/bids.ts';
import {
  contractIn,
  drawRoute,
  type Rules,
  routeStage,
  stageIn,
  takesTurn,
} from '../../src/routing/stage.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { PING, POST, smallDocument, worldOf } from './world-document.ts';

const PRICED = { buyer: 'apex', campaign: 'auto', price_cents: 700, post: POST };
const BIDS = { buyer: 'apex', campaign: 'auto', ping: PING, post: POST };

/** A world of one stage over these contracts. */
function rulesOf(stage: object, contracts: Record<string, object>): Rules {
  const world = worldOf({
    ...smallDocument(),
    campaigns: {
      auto: {
        vertical: 'auto',
        floor_cents: 300,
        routing: [{ name: 'only', ...stage, contracts: Object.keys(contracts) }],
      },
    },
    contracts,
  });
  return { world, eligibility: createEligibility(world) };
}

function routeWith(rules: Rules, { test: isTest = false, atMs = 5, isShared = false } = {}) {
  const lead = sampleLead({ test: isTest });
  const campaign = rules.world.campaigns['auto'];
  if (!campaign) throw new Error('no campaign');
  const asked = { lead, score: 50, atMs, live: { deniedKey: () => undefined }, isShared };
  const route = routeStage(rules, stageIn(campaign, 'only'), asked);
  return { route, lead, campaign, stage: stageIn(campaign, 'only') };
}

test('a route says when it was decided, and puts contracts in order of priority', () => {
  const rules = rulesOf(
    { method: 'waterfall' },
    {
      a: { ...PRICED, priority: 2 },
      b: { ...PRICED, priority: 1 },
      c: { ...PRICED, paused: true },
    },
  );
  const { route } = routeWith(rules, { atMs: 1_700_000_000_000 });
  expect(route).toMatchObject({ order: ['b', 'a'], atMs: 1_700_000_000_000 });
  expect(route.refused).toEqual([
    { contractId: 'c', reason: 'paused', detail: 'the contract is paused' },
  ]);
});

test('a drawn route keeps what its members were owed, so that the draw can be repeated', () => {
  const rules = rulesOf(
    { method: 'weighted' },
    { a: { ...PRICED, weight: 3 }, b: { ...PRICED, weight: 1 }, c: { ...PRICED, weight: 0 } },
  );
  const { route, lead, stage } = routeWith(rules);
  expect(takesTurn(route, lead)).toBe(true);
  const first = drawRoute({ world: rules.world, stage }, route, { credits: { gone: 7 }, turn: 1 });
  expect(first.route).toMatchObject({ turn: 1, credits: { a: 0, b: 0 } });
  expect(first.credits).toMatchObject({ gone: 7 });
  const second = drawRoute({ world: rules.world, stage }, route, {
    credits: first.credits,
    turn: 2,
  });
  const { credits = {} } = second.route;
  expect(Object.keys(credits)).toEqual(['a', 'b']);
  expect(credits['a']).not.toBe(0);
  expect(drawRoute({ world: rules.world, stage }, route, { credits, turn: 2 }).route).toEqual(
    second.route,
  );
});

test('a lead that somebody has is for those that share, and takes no turn of the others', () => {
  const rules = rulesOf(
    { method: 'round_robin' },
    { a: { ...PRICED, exclusive: false }, b: PRICED, c: { ...PRICED, paused: true } },
  );
  expect(routeWith(rules).route.order).toEqual(['a', 'b']);
  const { route } = routeWith(rules, { isShared: true });
  expect(route.order).toEqual(['a']);
  expect(route.refused.map(({ contractId, reason }) => [contractId, reason])).toEqual([
    ['b', 'no_place'],
    ['c', 'paused'],
  ]);
});

test('whoever bids is asked about a lead that somebody has: the answer may say that it shares', () => {
  const rules = rulesOf({ method: 'ping_post' }, { a: BIDS, b: PRICED });
  expect(routeWith(rules, { isShared: true }).route.order).toEqual(['a']);
});

test('a test lead takes no turn', () => {
  const rules = rulesOf({ method: 'round_robin' }, { a: PRICED, b: PRICED });
  const { route, lead } = routeWith(rules, { test: true });
  expect(route.order).toEqual(['a', 'b']);
  expect(takesTurn(route, lead)).toBe(false);
});

test('pings are ranked under the higher floor, fixed prices among them', () => {
  const rules = rulesOf(
    { method: 'ping_post', floor_cents: 200 },
    { a: BIDS, b: BIDS, c: { ...PRICED, price_cents: 400 }, d: { ...BIDS, max_bid_cents: 900 } },
  );
  const { campaign, stage, lead } = routeWith(rules);
  if (stage.method !== 'ping_post') throw new Error('no auction');
  const bid = (contractId: string, priceCents: number) =>
    ({ contractId, kind: 'bid', priceCents: cents(priceCents), ms: 3 }) as const;
  const contract = (id: string) => contractIn(rules.world, id);
  const pings: PingResult[] = [
    heldToCeiling(bid('d', 901), contract('d')),
    heldToCeiling(bid('b', 299), contract('b')),
    fixedBid('c', contract('c')),
    heldToCeiling(bid('a', 300), contract('a')),
  ];
  const place = { world: rules.world, campaign, stage, lead };
  expect(auctionRules(place).floorCents).toBe(300);
  const { ranked, pings: table } = rankPings(place, pings);
  expect(ranked).toEqual(['c', 'a']);
  expect(table.map(({ contractId, kind }) => [contractId, kind])).toEqual([
    ['a', 'bid'],
    ['b', 'no_bid'],
    ['c', 'bid'],
    ['d', 'no_bid'],
  ]);
  expect(table[1]).toEqual({
    contractId: 'b',
    kind: 'no_bid',
    reason: 'below_floor',
    priceCents: 299,
    ms: 3,
  });
  expect(table[3]).toMatchObject({ reason: 'bid_over_ceiling', detail: 'at most $9.00' });
});

const GATES: [says: string, least: number, order: string[]][] = [
  ['a lead at the least score of a stage is offered in it', 50, ['apex_auto']],
  ['a lead one point below the least score passes the stage by', 51, []],
];
test.for(GATES)('%s', ([, least, order]) => {
  const rules = rulesOf({ method: 'waterfall', min_score: least }, { apex_auto: PRICED });
  const { route } = routeWith(rules);
  expect(route.order).toEqual(order);
  const reasons = route.refused.map(({ reason, detail }) => [reason, detail]);
  const says = `the score is 50, the stage wants at least ${least}`;
  expect(reasons).toEqual(order.length > 0 ? [] : [['score_too_low', says]]);
});
