// Who is offered the lead after what has been answered, and when a stage stops asking.

import { describe, expect, test } from 'vitest';

import type { Auction, Candidate, OfferResult } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { nextCandidate, routeStepOf, stopOf, type Offered } from '../../src/domain/outcome.ts';

const alone = (contractId: string, price: number): Candidate => ({
  contractId,
  priceCents: cents(price),
});
const share = (contractId: string, price: number): Candidate => ({
  ...alone(contractId, price),
  shared: true,
});
const offered = (candidate: Candidate, kind: 'accepted' | 'rejected' | 'in_doubt'): Offered => {
  const reports = {
    accepted: {
      ...{ kind: 'accepted', buyerId: 'x', priceCents: candidate.priceCents },
      ...{ reference: null, ms: 1 },
    },
    rejected: { kind: 'rejected', reason: 'buyer_rejected', detail: '', ms: 1 },
    in_doubt: { kind: 'in_doubt', reason: 'no_answer', detail: '', ms: 1 },
  } as const satisfies Record<string, OfferResult>;
  return { candidate, report: reports[kind] };
};
const notOffered = (candidate: Candidate, reason: 'budget_used' | 'cap_unknown'): Offered => ({
  candidate,
  report: { kind: 'not_offered', reason, detail: '' },
});
const auctionOf = (offers: readonly Candidate[], more: Partial<Auction> = {}): Auction => ({
  ...{ stage: 'best', ranked: [], pings: [], floorCents: cents(0), ms: 1 },
  offers: offers.map(({ contractId, priceCents, shared }) => ({
    ...{ contractId, priceCents },
    ...(shared && { shared }),
  })),
  ...more,
});

describe('a plain ranking', () => {
  test('is walked down, exclusive ones after a share included: the claim refuses those', () => {
    const left = [alone('b', 800), share('c', 700)];
    const offers = [offered(share('a', 900), 'accepted')];
    expect(nextCandidate(left, { offers, places: 2 })?.contractId).toBe('b');
  });

  test('ends when the lead is full', () => {
    const offers = [offered(alone('a', 900), 'in_doubt')];
    expect(nextCandidate([alone('b', 800)], { offers, places: 2 })).toBeUndefined();
  });
});

describe('priced offers', () => {
  test('leave out exclusive ones once a share is taken', () => {
    const left = [alone('b', 800), share('c', 700)];
    const offers = [offered(share('a', 900), 'accepted')];
    const auction = auctionOf(left);
    expect(nextCandidate(left, { auction, offers, places: 2 })?.contractId).toBe('c');
  });

  test('never offer one contract a second price, whatever it said to the first', () => {
    const [first, second] = [alone('a', 900), share('a', 500)];
    for (const kind of ['rejected', 'in_doubt', 'accepted'] as const) {
      const offers = [offered(first, kind)];
      expect(
        nextCandidate([second], { auction: auctionOf([second]), offers, places: 9 }),
      ).toBeUndefined();
    }
  });

  test('offer the same price again to one whose caps did not answer', () => {
    const candidate = share('a', 900);
    const of = { auction: auctionOf([candidate]), places: 2 };
    const offers = [notOffered(candidate, 'cap_unknown')];
    expect(nextCandidate([candidate], { ...of, offers })).toBe(candidate);
  });

  test('keep low shares back until there is a sale, and doubt is none', () => {
    const low = share('b', 300);
    const auction = auctionOf([low], { firstSaleCents: cents(1000) });
    const after = (kind: 'accepted' | 'in_doubt') =>
      nextCandidate([low], { auction, offers: [offered(share('a', 1000), kind)], places: 3 });
    expect(after('accepted')).toBe(low);
    expect(after('in_doubt')).toBeUndefined();
  });
});

describe('a stage', () => {
  const no = (id: string) => offered(alone(id, 900), 'rejected');

  test('stops at its number of rejections, not before', () => {
    expect(stopOf({ rejections: 2 }, [no('a')])).toBeUndefined();
    expect(stopOf({ rejections: 2 }, [no('a'), no('b')])).toBe('rejections_reached');
  });

  test('does not count what was not answered', () => {
    const offers = [no('a'), offered(alone('b', 900), 'in_doubt')];
    expect(stopOf({ rejections: 2 }, offers)).toBeUndefined();
  });

  test('stops when an offer came too late to be begun', () => {
    const late = [notOffered(alone('a', 900), 'budget_used')];
    expect(stopOf({ budgetMs: 100 }, late)).toBe('budget_used');
    expect(stopOf(undefined, late)).toBeUndefined();
  });
});

test('the parts of a stage have names of their own, the first the stage’s', () => {
  expect([routeStepOf('best'), routeStepOf('best', 2)]).toEqual(['route/best', 'route/best#2']);
});
