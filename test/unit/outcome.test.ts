// What a lead came to: whom a stage offers it to, which places are gone, and what a refusal is to
// its source.

import { describe, expect, test } from 'vitest';

import type { Auction, Candidate, PingResult, StageRoute, Terms } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import {
  candidatesOf,
  outcomeOf,
  placesTaken,
  type Offered,
  type OfferReport,
} from '../../src/domain/outcome.ts';

interface Entrant extends Terms {
  readonly contractId: string;
}
const entrant = (contractId: string, more: Terms = {}): Entrant => ({ contractId, ...more });
const route = (entrants: readonly Entrant[]): StageRoute => ({
  stage: 'best',
  method: 'ping_post',
  order: entrants.map(({ contractId }) => contractId),
  terms: Object.fromEntries(entrants.map(({ contractId, ...terms }) => [contractId, terms])),
  refused: [],
});
const auction = (ranked: readonly string[], pings: readonly PingResult[]): Auction => ({
  stage: 'best',
  ranked,
  pings,
  floorCents: cents(0),
  ms: 100,
});
const bid = (contractId: string, price: number, bidId?: string): PingResult => ({
  contractId,
  ms: 5,
  kind: 'bid',
  priceCents: cents(price),
  ...(bidId !== undefined && { bidId }),
});

describe('candidates', () => {
  test('without an auction are offered at their fixed price, in the order routed', () => {
    const order = [
      entrant('b_auto', { priceCents: cents(900) }),
      entrant('a_auto', { priceCents: cents(1_200), shared: true }),
    ];
    expect(candidatesOf(route(order))).toEqual(order);
  });

  test('without an auction and without a price are not offered: the price would be invented', () => {
    const priced = entrant('a_auto', { priceCents: cents(900) });
    expect(candidatesOf(route([entrant('b_auto'), priced]))).toEqual([priced]);
  });

  test('of an auction follow its ranking, at what was bid, with the buyer’s bid id', () => {
    const order = [
      entrant('a_auto', { shared: true }),
      entrant('b_auto', { slow: true }),
      entrant('c_auto'),
    ];
    const pings = [bid('a_auto', 900), bid('b_auto', 1_480, 'bid_7'), bid('c_auto', 100)];
    expect(candidatesOf(route(order), auction(['b_auto', 'a_auto'], pings))).toEqual([
      { ...entrant('b_auto', { slow: true }), priceCents: 1_480, bidId: 'bid_7' },
      { ...entrant('a_auto', { shared: true }), priceCents: 900 },
    ]);
  });

  test('of an auction are only those that were routed and did bid', () => {
    const noBid: PingResult = { contractId: 'b_auto', ms: 1, kind: 'no_bid', reason: 'no_bid' };
    const held = auction(['a_auto', 'b_auto', 'x_auto'], [bid('a_auto', 900), noBid]);
    const candidates = candidatesOf(route([entrant('a_auto'), entrant('b_auto')]), held);
    expect(candidates.map(({ contractId }) => contractId)).toEqual(['a_auto']);
  });

  test('of an auction that nobody won are none, fixed prices or not', () => {
    const order = [entrant('a_auto', { priceCents: cents(900) })];
    expect(candidatesOf(route(order), auction([], []))).toEqual([]);
  });
});

describe('places taken', () => {
  const reports = {
    accepted: {
      ...{ kind: 'accepted', buyerId: 'a', priceCents: cents(900) },
      ...{ reference: null, ms: 5 },
    },
    in_doubt: { kind: 'in_doubt', reason: 'no_answer', detail: '', ms: 5 },
    pending: { kind: 'pending', reason: 'decides_later', reference: null, detail: '', ms: 5 },
    rejected: { kind: 'rejected', reason: 'buyer_rejected', detail: '', ms: 5 },
    not_sent: { kind: 'not_sent', reason: 'connection_failed', detail: '' },
    not_offered: { kind: 'not_offered', reason: 'cap_reached', detail: '' },
  } as const satisfies Record<OfferReport['kind'], OfferReport>;
  const offered = (kind: OfferReport['kind'], sharing: 'shared' | 'exclusive'): Offered => {
    const terms = sharing === 'shared' ? ({ shared: true } as const) : {};
    const candidate: Candidate = { ...entrant('a_auto', terms), priceCents: cents(900) };
    return { candidate, report: reports[kind] };
  };

  const facts: [says: string, offers: Offered[], places: number][] = [
    ['none without offers', [], 0],
    ['one by a shared sale', [offered('accepted', 'shared')], 1],
    ['all by an exclusive sale', [offered('accepted', 'exclusive')], Infinity],
    ['T1: one by a shared offer in doubt', [offered('in_doubt', 'shared')], 1],
    ['T1: all by an exclusive offer in doubt', [offered('in_doubt', 'exclusive')], Infinity],
    ['none by a rejection', [offered('rejected', 'exclusive')], 0],
    ['none by what was never sent', [offered('not_sent', 'exclusive')], 0],
    ['none by what was not offered', [offered('not_offered', 'exclusive')], 0],
    [
      'a sum over shared sales and doubts',
      [offered('accepted', 'shared'), offered('rejected', 'shared'), offered('in_doubt', 'shared')],
      2,
    ],
    [
      'all when an exclusive offer is in doubt beside a shared sale',
      [offered('accepted', 'shared'), offered('in_doubt', 'exclusive')],
      Infinity,
    ],
  ];
  test.for(facts)('%s', ([, offers, places]) => expect(placesTaken(offers)).toBe(places));
});

describe('a refusal', () => {
  const checks = [{ check: 'fields', ok: false, says: 'zip is missing' }] as const;

  test('of a duplicate names no other lead', () => {
    const of = 'lead_01JD8XK7M2Q3R4S5T6V7W8X9Y0' as never;
    const refused = { kind: 'refused', reason: 'duplicate', checks, of } as const;
    expect(outcomeOf(refused)).toEqual({ kind: 'duplicate', reason: 'duplicate' });
  });

  test('of a field says which, and why', () => {
    const problems = [{ field: 'zip', reason: 'field_missing', says: 'is missing' }] as const;
    expect(outcomeOf({ kind: 'refused', reason: 'field_missing', checks, problems })).toEqual({
      kind: 'rejected',
      reason: 'field_missing',
      problems,
    });
  });

  test('without a list of problems has none, rather than an empty one', () => {
    const outcome = outcomeOf({ kind: 'refused', reason: 'field_invalid', checks });
    expect(outcome).toStrictEqual({ kind: 'rejected', reason: 'field_invalid' });
  });
});
