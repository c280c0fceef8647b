// The methods of routing in real workflows: tiers that draw when a lead comes to them, a total that
// turns after a rejection, second price, and stages that stop.

import { describe, expect } from 'vitest';
import { worldTest } from '../support/world.ts';

const test = worldTest();

describe('a waterfall with tiers', () => {
  test('shares what the first tier leaves, although it buys every other lead', async ({
    world,
  }) => {
    const first = await world.buyer({ priceCents: 2000, contract: { priority: 1 } });
    const [left, right] = [
      await world.buyer({ priceCents: 1000, contract: { priority: 2 } }),
      await world.buyer({ priceCents: 1000, contract: { priority: 2 } }),
    ];
    const campaign = await world.campaign([
      { method: 'waterfall', name: 'tiers', buyers: [first, left, right] },
    ]);
    for (let round = 0; round < 4; round += 1) {
      await first.become({ ping: {}, post: {}, crm: {} });
      expect(await campaign.submitLead()).toMatchObject({ status: 'sold', payout_cents: 1600 });
      await first.become({ ping: {}, post: { answer: 'reject' }, crm: {} });
      expect(await campaign.submitLead()).toMatchObject({ status: 'sold', payout_cents: 800 });
    }
    expect([left.lines('post').length, right.lines('post').length]).toEqual([2, 2]);
    const lead = await campaign.submitLead();
    const { stages } = await world.settled(lead.id);
    expect(stages.map(({ tier, turn }) => [tier, turn])).toEqual([
      [null, null],
      [2, 5],
    ]);
  });
});

describe('by total', () => {
  const stage = { method: 'ping_post', pick: 'total', early_close: false } as const;
  const shared = { exclusive: false };

  test('shares go before a better single bid, and give way when one declines', async ({
    world,
  }) => {
    const solo = await world.buyer({ bidCents: 2000 });
    const high = await world.buyer({ bidCents: 1200, post: 'rejects', contract: shared });
    const low = await world.buyer({ bidCents: 1000, contract: shared });
    const campaign = await world.campaign([{ ...stage, buyers: [solo, high, low] }], {
      max_sales: 2,
    });
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold', payout_cents: 1600 });
    const { attempts } = await world.settled(lead.id);
    expect(attempts.map(({ contract, state }) => [contract, state])).toEqual([
      [high.contract, 'rejected'],
      [solo.contract, 'accepted'],
    ]);
    expect(low.received).toEqual(['ping']);
  });

  test('once a share is sold, nobody has it alone', async ({ world }) => {
    const solo = await world.buyer({ bidCents: 2000 });
    const high = await world.buyer({ bidCents: 1200, contract: shared });
    const low = await world.buyer({ bidCents: 1000, post: 'rejects', contract: shared });
    const campaign = await world.campaign([{ ...stage, buyers: [solo, high, low] }], {
      max_sales: 2,
    });
    expect(await campaign.submitLead()).toMatchObject({ status: 'sold', payout_cents: 960 });
    expect([solo.received, high.received, low.received]).toEqual([
      ['ping'],
      ['ping', 'post'],
      ['ping', 'post'],
    ]);
  });
});

test('a buyer with two prices is sold a share at the one for a share', async ({ world }) => {
  const bids = [
    { bid_id: 'alone', bid_cents: 1500, shared: false },
    { bid_id: 'with_others', bid_cents: 900, shared: true },
  ];
  const both = await world.buyer({ ping: { bids } });
  const other = await world.buyer({ bidCents: 800, contract: { exclusive: false } });
  const campaign = await world.campaign(
    [{ method: 'ping_post', pick: 'total', buyers: [both, other] }],
    { max_sales: 2 },
  );
  const lead = await campaign.submitLead();
  expect(lead).toMatchObject({ status: 'sold', payout_cents: 1360 });
  const { attempts, status } = await world.settled(lead.id);
  expect(status).toBe('sold');
  expect(attempts.map((each) => [each.price_cents, each.bid_id, each.exclusive])).toEqual([
    [900, 'with_others', false],
    [800, expect.any(String), false],
  ]);
});

test('second price charges a cent over the next bid', async ({ world }) => {
  const best = await world.buyer({ bidCents: 1500 });
  const next = await world.buyer({ bidCents: 1200 });
  const campaign = await world.campaign([
    { method: 'ping_post', pricing: 'second', floor_cents: 500, buyers: [best, next] },
  ]);
  const lead = await campaign.submitLead();
  expect(await world.transfers(lead.id)).toMatchObject([
    { from: best.account, amountCents: 1201 },
    {},
  ]);
});

describe('a stage stops', () => {
  test('after its number of rejections, and the next one begins', async ({ world }) => {
    const shy = [];
    for (let index = 0; index < 3; index += 1) {
      const terms = { priceCents: 900, contract: { priority: index } };
      shy.push(await world.buyer({ ...terms, post: 'rejects' }));
    }
    const last = await world.buyer({ priceCents: 100 });
    const campaign = await world.campaign([
      { method: 'waterfall', stop_after_rejections: 2, buyers: shy },
      { method: 'waterfall', buyers: [last] },
    ]);
    expect(await campaign.submitLead()).toMatchObject({ status: 'sold', payout_cents: 80 });
    expect(shy.map(({ received }) => received)).toEqual([['post'], ['post'], []]);
  });

  test('when its budget is used up: no offer is begun, and who is left has the reason', async ({
    world,
  }) => {
    const slow = { answer: 'reject', delayMs: 400 } as const;
    const first = await world.buyer({ priceCents: 900, post: slow, contract: { priority: 1 } });
    const second = await world.buyer({ priceCents: 800, contract: { priority: 2 } });
    const third = await world.buyer({ priceCents: 700, contract: { priority: 3 } });
    const campaign = await world.campaign([
      { method: 'waterfall', budget: '300ms', buyers: [first, second, third] },
    ]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'unsold' });
    const { contracts } = await world.settled(lead.id);
    expect(contracts.map(({ result, reason }) => [result, reason])).toEqual([
      ['rejected', 'buyer_rejected'],
      ['not_offered', 'budget_used'],
      ['not_offered', 'budget_used'],
    ]);
    expect([second.received, third.received]).toEqual([[], []]);
  });
});
