// Buyers with bad manners: whatever they answer, or do not, harms nobody else, breaks no deadline
// and never makes a sale. In a ping it is no bid; in a post it is doubt, unless the answer has the
// buyer's own words.

import { describe, expect } from 'vitest';
import type { PingBehaviour, PostBehaviour } from '../../src/demo/buyer-config.ts';
import type { TestBuyer } from '../support/test-buyers.ts';
import { NOBODY, worldTest } from '../support/world.ts';

const test = worldTest();

type Fault = NonNullable<PingBehaviour['fault']>;

const PINGS: Readonly<Record<Fault, string>> = {
  hang: 'late',
  drip: 'late',
  slow_headers: 'late',
  reset: 'connection_lost',
  reset_after_body: 'connection_lost',
  cut: 'connection_lost',
  huge: 'answer_too_large',
  garbage: 'bid_unreadable',
  html: 'bid_unreadable',
  empty: 'bid_unreadable',
  redirect: 'bid_unreadable',
  status: 'http_status',
};

describe('in a ping', () => {
  test('T24 all of them at once are no bids, and the one honest bid wins in time', async ({
    world,
  }) => {
    const elsewhere = await world.buyer({ bidCents: 9_000 });
    const bad: [TestBuyer, string][] = [];
    for (const [fault, reason] of Object.entries(PINGS)) {
      const redirectTo = world.buyers.urlOf(elsewhere.id, 'ping');
      const ping = { fault: fault as Fault, redirectTo };
      bad.push([await world.buyer({ bidCents: 9_000, ping }), reason]);
    }
    const honest = await world.buyer({ bidCents: 700, ping: { delayMs: 100 } });
    const buyers = [...bad.map(([buyer]) => buyer), honest];
    const campaign = await world.campaign([{ method: 'ping_post', buyers, deadline: '500ms' }]);

    const answer = await campaign.submit();
    expect(answer.body).toMatchObject({ status: 'sold', payout_cents: 560 });
    // The deadline, and as much again for two busy cores.
    expect(answer.ms).toBeLessThan(1_500);

    const { contracts, stages } = await world.settled(answer.leadId);
    const reasons = new Map(contracts.map(({ contract, reason }) => [contract, reason]));
    expect(bad.map(([buyer]) => reasons.get(buyer.contract))).toEqual(
      bad.map(([, reason]) => reason),
    );
    expect(stages[0]?.auction?.ms).toBeLessThan(900);
    // T12: nobody followed the redirect.
    expect(elsewhere.received).toEqual([]);
  });

  test('that nobody listens to, or that is at a forbidden address, is no bid', async ({
    world,
  }) => {
    const unreachable = await world.buyer({
      contract: { ping: { url: `http://${NOBODY}/ping` } },
    });
    const inside = await world.buyer({ contract: { ping: { url: 'http://127.0.0.1:2/ping' } } });
    const metadata = await world.buyer({
      contract: { ping: { url: 'http://169.254.169.254/latest' } },
    });
    const buyers = [unreachable, inside, metadata];
    const campaign = await world.campaign([{ method: 'ping_post', buyers }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'unsold', reason: 'no_bids' });
    const { contracts } = await world.settled(lead.id);
    // T13: of this machine only the buyers' own port may be called in these tests.
    expect(contracts.map(({ reason }) => reason)).toEqual([
      'connection_failed',
      'address_refused',
      'address_refused',
    ]);
  });

  test('T20, T21 a bid that cannot be meant is no bid, and is never raised', async ({ world }) => {
    const absurd = await world.buyer({ bidCents: 60_000 });
    const low = await world.buyer({ bidCents: 99, contract: { floor_cents: 100 } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [absurd, low] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'unsold', reason: 'no_bids' });
    const { contracts } = await world.settled(lead.id);
    expect(contracts.map(({ reason, price_cents }) => [reason, price_cents])).toEqual([
      ['bid_over_ceiling', 60_000],
      ['below_floor', 99],
    ]);
  });
});

type PostFault = NonNullable<PostBehaviour['fault']>;

const POSTS: Readonly<Record<PostFault, string>> = {
  hang: 'no_answer',
  drip: 'no_answer',
  slow_headers: 'no_answer',
  accept_then_hang: 'no_answer',
  reset: 'connection_lost',
  reset_after_body: 'connection_lost',
  accept_then_reset: 'connection_lost',
  cut: 'connection_lost',
  huge: 'answer_too_large',
  garbage: 'answer_unreadable',
  html: 'answer_unreadable',
  empty: 'answer_unreadable',
  redirect: 'answer_unreadable',
  status: 'answer_unreadable',
};

describe('in a post', () => {
  test.for(Object.entries(POSTS))(
    '%s is doubt (%s): one post, no sale, nobody else',
    async ([fault, reason], { world }) => {
      const elsewhere = await world.buyer({ priceCents: 100 });
      const redirectTo = world.buyers.urlOf(elsewhere.id, 'post');
      const bad = await world.buyer({
        bidCents: 900,
        post: { fault: fault as PostFault, redirectTo },
        postTimeout: '400ms',
      });
      const spare = await world.buyer({ bidCents: 800 });
      const campaign = await world.campaign([{ method: 'ping_post', buyers: [bad, spare] }]);
      const answer = await campaign.submit();
      expect(answer).toMatchObject({ http: 202, body: { status: 'pending' } });
      expect(answer.ms).toBeLessThan(2_500);
      const trace = await world.settled(answer.leadId);
      expect(trace).toMatchObject({ status: 'in_doubt', sales: [], transfers: [] });
      expect(trace.attempts.map((attempt) => [attempt.state, attempt.reason])).toEqual([
        ['in_doubt', reason],
      ]);
      const received = [bad, spare, elsewhere].map((buyer) => buyer.received);
      expect(received).toEqual([['ping', 'post'], ['ping'], []]);
    },
  );

  test('T2 a refused connection has sent nothing: the next buyer gets the lead', async ({
    world,
  }) => {
    const gone = await world.buyer({
      priceCents: 900,
      contract: { priority: 1, post: { url: `http://${NOBODY}/post` } },
    });
    const next = await world.buyer({ priceCents: 800, contract: { priority: 2 } });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [gone, next] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold', payout_cents: 640 });
    const { attempts } = await world.settled(lead.id);
    expect(attempts.map(({ state, reason }) => [state, reason])).toEqual([
      ['not_sent', 'connection_failed'],
      ['accepted', null],
    ]);
  });

  test('an acceptance at another price is charged as agreed', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, post: { acceptPriceCents: 1 } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    expect(await campaign.submitLead()).toMatchObject({ status: 'sold', payout_cents: 720 });
  });
});
