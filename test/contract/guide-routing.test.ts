// What docs/guides/routing.md claims of its examples, asked of the code that routes leads: the
// YAML is read out of the page, so that an example that changes is tested as it is.

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { Auction, Leg, PingResult, StageRoute } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { candidatesOf, nextCandidate, type Offered } from '../../src/domain/outcome.ts';
import type { Credits } from '../../src/domain/routing/rotation.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { fixedBid, rankPings } from '../../src/routing/bids.ts';
import {
  contractIn,
  drawRoute,
  rotationOf,
  routeRest,
  routeStage,
  stageIn,
  takesTurn,
} from '../../src/routing/stage.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { PING, POST, smallDocument, worldOf } from './world-document.ts';

type Example = { readonly contracts: Record<string, object>; readonly [setting: string]: unknown };

/** The world of an example: what it leaves out is filled in. */
function standOf(name: string, more: { payout?: object } = {}) {
  const example = parse(guideExample('routing.md', name)) as Example;
  const { contracts, ...campaign } = example;
  const small = smallDocument();
  const source = (small['sources'] as Record<string, object>)['acme'];
  const key = { sha256: 'b'.repeat(64) };
  const world = worldOf({
    ...small,
    campaigns: { auto: { vertical: 'auto', ...campaign } },
    sources: {
      acme: { ...source, ...more },
      other: { ...source, keys: [key] },
    },
    contracts: Object.fromEntries(
      Object.entries(contracts).map(([id, terms]) => {
        const asked = 'price_cents' in terms ? {} : { ping: PING };
        return [id, { buyer: 'apex', campaign: 'auto', post: POST, ...asked, ...terms }];
      }),
    ),
  });
  const rules = { world, eligibility: createEligibility(world) };
  const [campaignRead] = Object.values(world.campaigns);
  if (!campaignRead) throw new Error('no campaign');
  const credits = new Map<string, { credits: Credits; turn: number }>();

  /** Draws as PostgreSQL would keep it. */
  function drawn(stageName: string, route: StageRoute, lead = leadFrom()): StageRoute {
    if (!takesTurn(route, lead)) return route;
    const rotation = rotationOf(route);
    const before = credits.get(rotation) ?? { credits: {}, turn: 1 };
    const stage = stageIn(campaignRead as never, stageName);
    const next = drawRoute({ world, stage }, route, before);
    credits.set(rotation, { credits: next.credits, turn: before.turn + 1 });
    return next.route;
  }

  const asked = (sourceId: string) => ({
    ...{ lead: leadFrom(sourceId), score: 50, atMs: 5 },
    live: { deniedKey: () => undefined },
  });
  return {
    world,
    campaign: campaignRead,
    route: (stage: string, sourceId?: string) =>
      drawn(stage, routeStage(rules, stageIn(campaignRead, stage), asked(sourceId ?? 'acme'))),
    rest: (stage: string, behind: StageRoute) => drawn(stage, routeRest(rules, behind, 6)),
    /** Bids of the contracts that are asked; fixed prices take part by themselves. */
    auction(bids: Readonly<Record<string, number | readonly Leg[]>>, sourceId?: string): Auction {
      const stage = stageIn(campaignRead, 'auction');
      if (stage.method !== 'ping_post') throw new Error('no auction');
      const pings = stage.contracts.map((contractId): PingResult => {
        const bid = bids[contractId];
        if (bid === undefined) return fixedBid(contractId, contractIn(world, contractId));
        if (typeof bid === 'number') {
          return { contractId, kind: 'bid', priceCents: cents(bid), ms: 5 };
        }
        return { contractId, kind: 'bid', priceCents: cents(0), legs: bid, ms: 5 };
      });
      const place = { world, campaign: campaignRead, stage, lead: leadFrom(sourceId) };
      return { stage: 'auction', ms: 9, ...rankPings(place, pings) };
    },
  };
}

function leadFrom(sourceId = 'acme') {
  return sampleLead({ sourceId, campaignId: 'auto' });
}

type Stand = ReturnType<typeof standOf>;

/** Who is offered the lead in an auction, at which price, where `rejects` says no. */
function offersIn(stand: Stand, auction: Auction, rejects: readonly string[] = []) {
  const left = [...candidatesOf(stand.route('auction'), auction)];
  const offers: Offered[] = [];
  for (;;) {
    const { maxSales: places } = stand.campaign;
    const candidate = nextCandidate(left, { auction, offers, places });
    if (!candidate) return offers.map(({ candidate: c }) => [c.contractId, c.priceCents]);
    left.splice(left.indexOf(candidate), 1);
    const { priceCents } = candidate;
    const report = rejects.includes(candidate.contractId)
      ? ({ kind: 'rejected', reason: 'buyer_rejected', detail: '', ms: 1 } as const)
      : ({ kind: 'accepted', buyerId: 'x', priceCents, reference: null, ms: 1 } as const);
    offers.push({ candidate, report });
  }
}

const count = (ids: readonly (string | undefined)[], id: string) =>
  ids.filter((each) => each === id).length;

describe('tiers', () => {
  test('a tier draws when a lead comes to it, so it stays fair if the first sells every other', () => {
    const stand = standOf('tiers');
    const seconds: (string | undefined)[] = [];
    for (let lead = 0; lead < 40; lead += 1) {
      const first = stand.route('best');
      expect(first).toMatchObject({ order: ['apex'], method: 'waterfall' });
      expect(first).not.toHaveProperty('turn');
      expect(first.rest?.map(({ contracts }) => contracts)).toEqual([['bolt', 'crest'], ['dune']]);
      if (lead % 2 === 0) continue; // Apex buys it.
      const second = stand.rest('best', first);
      expect(second).toMatchObject({ part: 2, tier: 2, turn: seconds.length + 1 });
      expect(second.order.at(-1)).toBe('dune');
      expect(second).not.toHaveProperty('rest');
      seconds.push(second.order[0]);
    }
    expect([count(seconds, 'bolt'), count(seconds, 'crest')]).toEqual([10, 10]);
  });

  test('keep what they were owed in the verdict of the draw', () => {
    const stand = standOf('tiers');
    const first = stand.rest('best', stand.route('best'));
    expect(first.credits).toEqual({ bolt: 0, crest: 0 });
    const second = stand.rest('best', stand.route('best'));
    expect(Object.keys(second.credits ?? {})).toEqual(['bolt', 'crest']);
    expect(second.order[0]).not.toBe(first.order[0]);
  });
});

test.for([
  ['shares', 30, 10],
  ['money', 10, 30],
] as const)('%s: of 40 leads apex has %d and bolt %d', ([name, apex, bolt]) => {
  const stand = standOf(name);
  const drawn = Array.from({ length: 40 }, () => stand.route(name).order[0]);
  expect([count(drawn, 'apex'), count(drawn, 'bolt')]).toEqual([apex, bolt]);
});

test('adjustments rank by source, and charge the bid', () => {
  const stand = standOf('adjustments');
  const bids = { apex: 2000, bolt: 1800 };
  const ofAcme = stand.auction(bids, 'acme');
  expect(ofAcme.ranked).toEqual(['bolt', 'apex']);
  expect(ofAcme.offers?.[1]).toMatchObject({ priceCents: 2000, rankCents: 1700 });
  expect(stand.auction(bids, 'other').ranked).toEqual(['apex', 'bolt']);
});

test('second price is as told, for the winner and for the next', () => {
  const stand = standOf('second_price');
  const auction = stand.auction({ apex: 1500, bolt: 1200 });
  expect(offersIn(stand, auction)).toEqual([['apex', 1441]]);
  expect(offersIn(stand, auction, ['apex', 'bolt'])).toEqual([
    ['apex', 1441],
    ['bolt', 667],
    ['crest', 800],
  ]);
});

describe('by total', () => {
  const bids = { solo: 2000, apex: 800, bolt: 600, crest: 500, dune: 400 };
  const names = (offers: readonly unknown[][]) => offers.map(([id]) => id);

  test('the shares go first, solo when apex says no, and never after a share is sold', () => {
    const stand = standOf('total');
    const auction = stand.auction(bids);
    expect(names(offersIn(stand, auction))).toEqual(['apex', 'bolt', 'crest', 'dune']);
    expect(names(offersIn(stand, auction, ['apex']))).toEqual(['apex', 'solo']);
    expect(names(offersIn(stand, auction, ['bolt', 'crest', 'dune']))).toEqual([
      ...['apex', 'bolt', 'crest', 'dune'],
    ]);
  });

  test('a buyer with two prices is offered the lead at one of them', () => {
    const stand = standOf('total');
    const legs = [
      { priceCents: cents(2000), bidId: 'alone', shared: false },
      { priceCents: cents(1200), bidId: 'with_others', shared: true },
    ];
    const auction = stand.auction({ ...bids, solo: 100, apex: legs });
    // $12 and $15 of the others together are more than $20 alone.
    expect(offersIn(stand, auction)[0]).toEqual(['apex', 1200]);
    expect(candidatesOf(stand.route('auction'), auction)[1]).toMatchObject({
      ...{ contractId: 'apex', shared: true, bidId: 'with_others' },
    });
    expect(offersIn(stand, auction, ['apex']).filter(([id]) => id === 'apex')).toHaveLength(1);
  });
});

describe('a margin of $1.00 over a fixed $10.00', () => {
  const stand = standOf('margin', { payout: { fixed_cents: 1000 } });

  test('leaves out what is below $11.00', () => {
    const { ranked, pings, firstSaleCents } = stand.auction({ apex: 1100, bolt: 1099 });
    expect(ranked).toEqual(['apex']);
    expect(firstSaleCents).toBe(1100);
    expect(pings[1]).toMatchObject({
      ...{ kind: 'no_bid', reason: 'under_margin', priceCents: 1099 },
      detail: 'at least $11.00 for the first sale',
    });
    expect(stand.route('rest').refused).toEqual([
      { contractId: 'crest', reason: 'under_margin', detail: '$9.00, at least $11.00' },
    ]);
  });

  test('asks nothing for a source with a share', () => {
    const other = standOf('margin', { payout: { share_percent: 0 } });
    expect(other.route('rest').order).toEqual(['crest']);
  });
});

test('stopping rules stand in the route', () => {
  const { limits } = standOf('stopping').route('auction');
  expect(limits).toEqual({ budgetMs: 2000, rejections: 2 });
});

test('mixed methods are stages, each with its own order', () => {
  const stand = standOf('hybrid');
  expect(stand.auction({ apex: 1499, bolt: 1500 }).ranked).toEqual(['bolt']);
  const partners = Array.from({ length: 30 }, () => stand.route('partners').order[0]);
  expect([count(partners, 'crest'), count(partners, 'dune')]).toEqual([20, 10]);
  expect(stand.route('rest').order).toEqual(['last']);
});
