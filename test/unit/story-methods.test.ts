// What the story says of tiers, prices charged, totals and stops, so that an operator without the
// code understands who was asked at which price.

import { expect, test } from 'vitest';

import { cents } from '../../src/domain/money.ts';
import { describeLead, type LeadStory } from '../../src/domain/story.ts';

type Told = LeadStory['stages'][number];

function storyOf(stages: readonly Told[], places = 1): string {
  const story: LeadStory = {
    lead: { campaign: 'auto', source: 'acme', worldVersion: 1, places },
    validation: { kind: 'valid', checks: [] },
    score: { score: 72, band: 'high', scorer: 'rules', reasons: [] },
    stages: [...stages],
    offers: [],
  };
  const text = describeLead(story);
  return text.slice(text.indexOf('### Stage')).replace(/\n\n&nbsp;$/, '');
}

test('of a tier: whose turn it was, and who comes behind it', () => {
  const terms = { priceCents: cents(1500) };
  const route: Told['route'] = {
    ...{ stage: 'best', method: 'waterfall', refused: [], part: 2, tier: 2, turn: 5 },
    order: ['bolt', 'crest'],
    terms: { bolt: terms, crest: terms },
    rest: [{ priority: 3, contracts: ['dune', 'east'] }],
  };
  expect(storyOf([{ route, stopped: 'rejections_reached' }])).toMatchInlineSnapshot(`
    "### Stage best (waterfall, tier of priority 2, turn 5)

    order: bolt at \\$15.00, crest at \\$15.00

    behind it, if the lead comes to them: dune or east

    the stage ended here: the stage ended after its number of rejections"
  `);
});

test('of a total: what was bid, what it ranks as and what it pays, and both totals', () => {
  const offer = (contractId: string, price: number, shared: boolean) => ({
    ...{ contractId, priceCents: cents(price) },
    ...(shared && { shared: true as const }),
  });
  const route: Told['route'] = {
    ...{ stage: 'auction', method: 'ping_post', refused: [] },
    order: ['apex', 'bolt', 'solo', 'zero'],
  };
  const auction: NonNullable<Told['auction']> = {
    ...{ stage: 'auction', ranked: ['solo', 'apex', 'bolt'], pick: 'total', ms: 60 },
    offers: [
      { ...offer('solo', 2000, false), rankCents: 1800 },
      offer('apex', 1200, true),
      offer('bolt', 900, true),
    ],
    pings: [
      {
        ...{ contractId: 'apex', kind: 'bid', priceCents: cents(1600), ms: 20 },
        legs: [
          { priceCents: cents(1600), shared: false },
          { priceCents: cents(1200), shared: true },
        ],
      },
      { contractId: 'bolt', kind: 'bid', priceCents: cents(900), ms: 30 },
      { contractId: 'solo', kind: 'bid', priceCents: cents(2000), ms: 40 },
      {
        ...{ contractId: 'zero', kind: 'no_bid', reason: 'under_margin', ms: 10 },
        ...{ priceCents: cents(300), detail: 'at least $9.00 for the first sale' },
      },
    ],
    floorCents: cents(500),
    firstSaleCents: cents(900),
  };
  expect(storyOf([{ route, auction, stopped: 'budget_used' }], 2)).toMatchInlineSnapshot(`
    "### Stage auction (ping-post)

    | contract | bid | ranks as | pays | ms | says |
    | --- | --- | --- | --- | --- | --- |
    | solo | \\$20.00 | \\$18.00 | \\$20.00 alone | 40 | bid |
    | apex | \\$16.00 alone, \\$12.00 shared | \\$12.00 | \\$12.00 shared | 20 | bid |
    | bolt | \\$9.00 | \\$9.00 | \\$9.00 shared | 30 | bid |
    | zero | \\$3.00 |  |  | 10 | under_margin \`at least $9.00 for the first sale\` |

    floor \\$5.00, and \\$9.00 for the first sale: it covers payout and margin

    by total: \\$18.00 alone by solo, \\$21.00 shared by apex, bolt

    the stage ended here: the time of the stage was used up"
  `);
});
