// The record of one lead: three buyers asked, two bids, the best bidder said no, the next bought.

import { toLeadId } from '../../src/domain/ids.ts';
import type { Auction, Score, StageRoute, Validation } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import type { LeadTrace, TracedAttempt } from '../../src/db/reading/trace.ts';

export const leadId = toLeadId('01KATJ7Q1M3W8Y4E2S5X6ZRB0N');
const receivedAtMs = Date.parse('2026-11-22T21:43:35.120Z');
const at = (ms: number) => receivedAtMs + ms;

const validation: Validation = {
  kind: 'valid',
  checks: [
    { check: 'fields', ok: true, says: 'all required fields are there' },
    { check: 'duplicate', ok: true, says: 'not seen in 30 days' },
  ],
};

const score: Score = {
  score: 72,
  band: 'high',
  scorer: 'rules',
  reasons: [
    [20, 'phone is complete'],
    [-8, 'the form took 3 s'],
  ],
};

const route: StageRoute = {
  stage: 'auction',
  method: 'ping_post',
  order: ['apex', 'bolt', 'crest'],
  refused: [{ contractId: 'dune', reason: 'cap_reached', detail: '5 of 5 today' }],
};

const auction: Auction = {
  stage: 'auction',
  ranked: ['apex', 'bolt'],
  pings: [
    { contractId: 'bolt', kind: 'bid', priceCents: cents(1200), ms: 41 },
    { contractId: 'apex', kind: 'bid', priceCents: cents(1480), ms: 62 },
    { contractId: 'crest', kind: 'no_bid', reason: 'below_floor', priceCents: cents(300), ms: 12 },
  ],
  floorCents: cents(500),
  ms: 66,
};

const attempt = (contractId: string, position: number, price: number) => ({
  contractId,
  buyerId: contractId,
  round: 1,
  stage: 'auction',
  position,
  exclusive: true,
  priceCents: cents(price),
  bidId: null,
});

const attempts: readonly TracedAttempt[] = [
  {
    ...attempt('apex', 1, 1480),
    state: 'rejected',
    place: null,
    result: { kind: 'rejected', reason: 'buyer_duplicate', detail: 'seen on 3 May', ms: 120 },
    plannedAtMs: at(80),
    sentAtMs: at(85),
    settledAtMs: at(205),
  },
  {
    ...attempt('bolt', 2, 1200),
    state: 'accepted',
    place: 1,
    result: {
      kind: 'accepted',
      buyerId: 'bolt',
      priceCents: cents(1200),
      reference: 'B-77',
      ms: 90,
    },
    plannedAtMs: at(206),
    sentAtMs: at(210),
    settledAtMs: at(300),
  },
];

/** The whole record; sold to `bolt` for $12.00, of which the source earns $9.60. */
export const soldTrace: LeadTrace = {
  lead: {
    id: leadId,
    campaignId: 'auto_insurance',
    sourceId: 'acme',
    subSource: 'page 3',
    externalId: null,
    worldVersion: 7,
    test: false,
    fields: { first_name: 'Ann', phone: '+15125550142', zip: '78704' },
    problems: [],
    behaviour: {},
    consent: null,
    askingCents: null,
    receivedAtMs,
  },
  publicNo: 41,
  unknownFields: ['shoe_size'],
  status: 'sold',
  round: 1,
  outcome: {
    kind: 'sold',
    payoutCents: cents(960),
    sales: [{ contractId: 'bolt', priceCents: cents(1200) }],
  },
  settledAtMs: at(300),
  verdicts: [
    { round: 1, step: 'validation', verdict: validation },
    { round: 1, step: 'auction/auction', verdict: auction },
    { round: 1, step: 'route/auction', verdict: route },
    { round: 1, step: 'score', verdict: score },
  ],
  attempts,
  sales: [
    {
      contractId: 'bolt',
      buyerId: 'bolt',
      priceCents: cents(1200),
      payoutCents: cents(960),
      reference: 'B-77',
      soldAtMs: at(300),
    },
  ],
  transfers: [
    {
      id: `sale/${leadId}/bolt`,
      kind: 'charge',
      state: 'posted',
      from: 'buyer/bolt',
      to: 'house',
      amountCents: cents(1200),
      postedAtMs: at(300),
    },
    {
      id: `payout/${leadId}/bolt`,
      kind: 'payout',
      state: 'posted',
      from: 'house',
      to: 'source/acme',
      amountCents: cents(960),
      postedAtMs: at(300),
    },
  ],
  deliveries: [
    {
      contractId: 'bolt',
      target: 'crm',
      state: 'delivered',
      tries: 1,
      detail: 'HTTP 201',
      atMs: at(700),
      nextTryAtMs: null,
    },
  ],
  actions: [],
  grade: null,
  feedback: [],
};

/** The same lead while the first offer is in doubt. */
export const doubtfulTrace: LeadTrace = {
  ...soldTrace,
  status: 'in_doubt',
  outcome: null,
  settledAtMs: null,
  attempts: attempts.slice(0, 1).map((first) => ({
    ...first,
    state: 'in_doubt',
    place: 1,
    result: { kind: 'in_doubt', reason: 'no_answer', detail: 'after 2000 ms', ms: 2000 },
  })),
  sales: [],
  transfers: [],
  deliveries: [],
};
