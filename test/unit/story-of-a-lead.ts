// One lead's story for the tests: an auction of four, of whom the best bidder refuses and the next
// one buys. The words of others are given by the test.

import { cents } from '../../src/domain/money.ts';
import type { LeadStory } from '../../src/domain/story.ts';

/** Words that come from outside, each in its place. */
export interface Told {
  readonly noBid?: string;
  readonly rejection?: string;
  readonly because?: string;
}

/** Apex bids most and refuses, bolt buys, crest is below the floor, dune does not bid. */
export function auctionStory(told: Told = {}): LeadStory {
  const { noBid = 'no', rejection = 'no', because = 'no' } = told;
  const apex = { contractId: 'apex' };
  const bolt = { contractId: 'bolt' };
  return {
    lead: { campaign: 'auto_insurance', source: 'acme', worldVersion: 3 },
    validation: { kind: 'valid', checks: [] },
    score: { score: 72, band: 'high', scorer: 'rules', reasons: [] },
    stages: [
      {
        route: {
          stage: 'best',
          method: 'ping_post',
          order: ['apex', 'bolt', 'crest', 'dune'],
          refused: [{ contractId: 'east', reason: 'filter_not_met', detail: because }],
        },
        auction: {
          stage: 'best',
          ranked: ['apex', 'bolt'],
          pings: [
            { contractId: 'apex', kind: 'bid', priceCents: cents(1_480), ms: 61 },
            { contractId: 'bolt', kind: 'bid', priceCents: cents(1_200), ms: 44 },
            {
              ...{ contractId: 'crest', kind: 'no_bid', reason: 'below_floor' },
              ...{ priceCents: cents(300), ms: 52 },
            },
            { contractId: 'dune', kind: 'no_bid', reason: 'no_bid', detail: noBid, ms: 30 },
          ],
          floorCents: cents(500),
          ms: 63,
          closedEarly: true,
        },
      },
    ],
    offers: [
      {
        candidate: { ...apex, priceCents: cents(1_480) },
        report: { kind: 'rejected', reason: 'buyer_duplicate', detail: rejection, ms: 80 },
      },
      {
        candidate: { ...bolt, priceCents: cents(1_200) },
        report: {
          ...{ kind: 'accepted', buyerId: 'bolt', priceCents: cents(1_200) },
          ...{ reference: 'b-1', ms: 70 },
        },
      },
    ],
  };
}
