// docs/guides/waiting.md does what it says.

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { IneligibleReason } from '../../src/domain/reasons.ts';
import { createEligibility } from '../../src/eligibility/explain.ts';
import { roundPlan } from '../../src/eligibility/holding.ts';
import { routeStage, stageIn } from '../../src/routing/stage.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { guideExample } from '../support/guide.ts';
import { sampleLead } from '../support/sample-lead.ts';

const post = { url: 'https://buyer.example/post' };
const contract = (more: object) => ({
  buyer: 'ann',
  campaign: 'auto',
  post,
  price_cents: 5,
  ...more,
});

/** The example in a world that has what it names. */
function worldOf(example: string) {
  const { campaigns } = parse(guideExample('waiting.md', example)) as { campaigns: object };
  const office = { windows: [{ days: ['mon'], open: '09:00', close: '17:00' }] };
  const parsed = parseWorld({
    sluice: 1,
    time_zone: 'America/New_York',
    verticals: { auto: { fields: { state: { type: 'state' } } } },
    campaigns,
    buyers: { ann: {} },
    contracts: {
      office_auto: contract({ schedule: office, caps: [{ per: 'day', leads: 1 }] }),
      cheap_auto: contract({}),
      night_auto: contract({}),
    },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.world;
}

describe('a campaign that holds its unsold leads', () => {
  const world = worldOf('hold');
  const holds: [says: string, received: string, until: string][] = [
    ['to the evening', '2026-11-24T10:00:00-05:00', '2026-11-24T20:00:00-05:00'],
    [
      'received at that very minute: to the next',
      '2026-11-24T20:00:00-05:00',
      '2026-11-25T20:00:00-05:00',
    ],
    ['received a moment before', '2026-11-24T19:59:59.999-05:00', '2026-11-24T20:00:00-05:00'],
    [
      'no longer than 24 h, where clocks go back',
      '2026-10-31T20:30:00-04:00',
      '2026-11-01T19:30:00-05:00',
    ],
  ];
  test.for(holds)('keeps them %s', ([, received, until]) => {
    const lead = { campaignId: 'auto', receivedAtMs: Date.parse(received) };
    const { hold } = roundPlan({ version: 3, world }, lead);
    expect(hold).toEqual({ untilMs: Date.parse(until), everyMs: 3_600_000 });
  });

  test('has nothing to hold without the setting, or without the campaign', () => {
    const lead = { campaignId: 'auto', receivedAtMs: 0 };
    const spill = roundPlan({ version: 3, world: worldOf('overflow') }, lead);
    expect(spill).toEqual({ worldVersion: 3, places: 1, stages: ['day', 'spill', 'night'] });
    const gone = roundPlan({ version: 4, world }, { ...lead, campaignId: 'gone' });
    expect(gone).toEqual({ worldVersion: 4, places: 1, stages: [] });
  });
});

describe('a stage for what others could not take', () => {
  const world = worldOf('overflow');
  const rules = { world, eligibility: createEligibility(world) };
  const lead = sampleLead();
  const asked = { lead, score: 50, live: { deniedKey: () => undefined }, atMs: 0 };
  const cases: [stage: string, came: IneligibleReason[], taken: boolean][] = [
    ['spill', ['cap_reached'], true],
    ['spill', ['filter_not_met', 'cap_reached'], true],
    ['spill', ['outside_schedule'], false],
    ['spill', [], false],
    ['night', ['outside_schedule'], true],
    ['night', ['cap_reached'], false],
  ];
  test.for(cases)('%s after %j: %s', ([name, came, taken]) => {
    const campaign = world.campaigns['auto'];
    if (!campaign) throw new Error('the example has a campaign auto');
    const route = routeStage(rules, stageIn(campaign, name), { ...asked, came });
    expect(route.order).toHaveLength(taken ? 1 : 0);
    expect(route.refused.map(({ reason }) => reason)).toEqual(taken ? [] : ['not_its_turn']);
  });
});
