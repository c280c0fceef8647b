// A recorded auction is explained contract by contract, also where one bid several prices.

import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Explanation } from '../../src/api/wire/explain.ts';
import type { LeadTrace } from '../../src/db/reading/trace.ts';
import type { Auction, StageRoute } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { call, startStand } from './api-stand.ts';
import { world as keyed } from './intake-world.ts';
import { worldOf } from './world-document.ts';

const document = parse(`
sluice: 1
verticals: { roofs: { fields: { zip: { type: zip } } } }
campaigns:
  auto_insurance:
    vertical: roofs
    max_sales: 3
    routing: [{ method: ping_post, name: bids, pick: total, contracts: [both, share] }]
sources: { acme: { keys: [{ sha256: "${'a'.repeat(64)}" }], campaigns: [auto_insurance],
  payout: { share_percent: 80 } } }
buyers: { ash: {}, birch: {} }
contracts:
  both: { buyer: ash, campaign: auto_insurance, ping: { url: "https://a.example/p" },
    post: { url: "https://a.example" } }
  share: { buyer: birch, campaign: auto_insurance, exclusive: false,
    ping: { url: "https://b.example/p" }, post: { url: "https://b.example" } }
`) as Record<string, unknown>;

test('with the first price that it would be offered at', async () => {
  const world = { ...worldOf(document), operators: keyed.operators };
  const rules = { version: 7, world, eligibility: createEligibility(world) };
  const lead = sampleLead({
    campaignId: 'auto_insurance',
    worldVersion: 7,
    fields: { zip: '78704' },
  });
  const atMs = lead.receivedAtMs;
  const order = ['both', 'share'];
  const terms = { share: { shared: true } } as const;
  const route: StageRoute = { stage: 'bids', method: 'ping_post', order, terms, refused: [], atMs };
  const [alone, shared] = [cents(1500), cents(600)];
  const legs = [{ priceCents: alone }, { priceCents: shared, shared: true }];
  const auction: Auction = {
    ...{ stage: 'bids', ranked: order, ms: 3, floorCents: cents(0) },
    pings: [
      { contractId: 'both', kind: 'bid', priceCents: alone, ms: 1, legs },
      { contractId: 'share', kind: 'bid', priceCents: cents(615), ms: 1 },
    ],
  };
  const verdicts = [
    { round: 1, step: 'route/bids', verdict: route },
    { round: 1, step: 'auction/bids', verdict: auction },
  ];
  const stand = await startStand({ currentWorld: () => rules, findRules: async () => rules });
  stand.traces.push({
    ...{ lead, unknownFields: [], verdicts, attempts: [] },
  } as unknown as LeadTrace);
  const body = { lead: lead.id };
  const answer = await call(stand, 'POST /v1/explain', { by: 'operator', body });
  await stand.close();
  expect(answer.text).toContain('stages');
  const [stage] = (answer.body as unknown as Explanation).stages;
  expect(stage?.contracts.map((one) => [one.contract, one.rank, one.price_cents])).toEqual([
    ['both', 1, 1500],
    ['share', 2, 615],
  ]);
});
