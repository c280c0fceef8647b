// A lead is sold: by auction, by priority, by turn, to one buyer or to several; and what the buyers
// and the ledger see of it.

import { describe, expect } from 'vitest';
import { worldTest } from '../support/world.ts';

const test = worldTest();

describe('an auction', () => {
  test('sells to the best bidder, who alone is sent the lead', async ({ world }) => {
    const best = await world.buyer({ bidCents: 4501 });
    const next = await world.buyer({ bidCents: 4000 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [next, best] }]);

    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ http: 200, status: 'sold', payout_cents: 3600 });
    expect([best.received, next.received]).toEqual([['ping', 'post'], ['ping']]);
    expect(await world.transfers(lead.id)).toEqual([
      { from: best.account, to: 'house', amountCents: 4501 },
      { from: 'house', to: 'source/acme', amountCents: 3600 },
    ]);
    const [ping] = best.lines('ping');
    expect(ping?.fields).not.toContain('phone');
    expect(best.lines('post')[0]?.fields).toContain('phone');
  });

  test('a lead its best bidder rejects is sold once, to the next', async ({ world }) => {
    const best = await world.buyer({ bidCents: 4500, post: 'rejects' });
    const next = await world.buyer({ bidCents: 4000 });
    const last = await world.buyer({ bidCents: 3000 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [best, next, last] }]);

    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold', payout_cents: 3200 });
    // T18: no buyer is pinged again after a rejection.
    expect([best, next, last].map(({ received }) => received)).toEqual([
      ['ping', 'post'],
      ['ping', 'post'],
      ['ping'],
    ]);
    expect(await world.transfers(lead.id)).toEqual([
      { from: next.account, to: 'house', amountCents: 4000 },
      { from: 'house', to: 'source/acme', amountCents: 3200 },
    ]);
  });

  test('T53 every contract has one reason why it has the lead or not', async ({ world }) => {
    const low = await world.buyer({ bidCents: 499 });
    const shy = await world.buyer({ ping: { reason: 'not_today' } });
    const far = await world.buyer({
      bidCents: 900,
      contract: { filter: { field: 'state', is: 'CA' } },
    });
    const keen = await world.buyer({ bidCents: 700, post: 'rejects' });
    const sure = await world.buyer({ priceCents: 600 });
    const spare = await world.buyer({ priceCents: 100 });
    const campaign = await world.campaign([
      { method: 'ping_post', buyers: [low, shy, far, keen, sure], floor_cents: 500 },
      { method: 'waterfall', buyers: [spare] },
    ]);

    const lead = await campaign.submitLead();
    const { contracts } = await world.settled(lead.id);
    const told = contracts.map(({ contract, result, reason }) => [contract, result, reason]);
    expect(Object.fromEntries(told.map(([contract, ...why]) => [contract, why]))).toEqual({
      [low.contract]: ['no_bid', 'below_floor'],
      [shy.contract]: ['no_bid', 'no_bid'],
      [far.contract]: ['not_eligible', 'filter_not_met'],
      [keen.contract]: ['rejected', 'buyer_rejected'],
      [sure.contract]: ['sold', null],
      [spare.contract]: ['not_reached', 'sold_before_its_stage'],
    });
    expect([far.received, spare.received]).toEqual([[], []]);
  });

  test('T19 a tie goes by priority, then by name, whoever answers first', async ({ world }) => {
    const first = await world.buyer({ bidCents: 1000, ping: { delayMs: 80 } });
    const second = await world.buyer({ bidCents: 1000 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [second, first] }]);
    await campaign.submitLead();
    expect([first.received, second.received]).toEqual([['ping', 'post'], ['ping']]);

    const later = await world.buyer({ bidCents: 1000, contract: { priority: 2 } });
    const sooner = await world.buyer({ bidCents: 1000, contract: { priority: 1 } });
    const ranked = await world.campaign([{ method: 'ping_post', buyers: [later, sooner] }]);
    await ranked.submitLead();
    expect([later.received, sooner.received]).toEqual([['ping'], ['ping', 'post']]);
  });

  test('a bid that is late is recorded, and never wins', async ({ world }) => {
    const late = await world.buyer({ bidCents: 9000, ping: { delayMs: 900 } });
    const inTime = await world.buyer({ bidCents: 1000 });
    const campaign = await world.campaign([
      { method: 'ping_post', buyers: [late, inTime], deadline: '300ms' },
    ]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold', payout_cents: 800 });
    const { contracts } = await world.settled(lead.id);
    const line = contracts.find(({ contract }) => contract === late.contract);
    expect(line).toMatchObject({ result: 'no_bid', reason: 'late' });
    expect(late.received).toEqual(['ping']);
  });

  test('closes as soon as nobody outstanding can come first', async ({ world }) => {
    const best = await world.buyer({ bidCents: 1000 });
    const slow = await world.buyer({
      bidCents: 900,
      ping: { delayMs: 1_800 },
      pingTimeout: '3s',
      contract: { max_bid_cents: 999 },
    });
    const campaign = await world.campaign([
      { method: 'ping_post', buyers: [best, slow], deadline: '3s' },
    ]);
    const answer = await campaign.submit();
    expect(answer.body).toMatchObject({ status: 'sold', payout_cents: 800 });
    expect(answer.ms).toBeLessThan(1_500);
    const { contracts } = await world.settled(answer.leadId);
    const line = contracts.find(({ contract }) => contract === slow.contract);
    expect(line).toMatchObject({ result: 'no_bid', reason: 'not_needed' });
  });
});

describe('fixed prices', () => {
  test('a waterfall goes by priority until someone accepts', async ({ world }) => {
    const third = await world.buyer({ priceCents: 900, contract: { priority: 3 } });
    const first = await world.buyer({
      priceCents: 500,
      post: 'rejects',
      contract: { priority: 1 },
    });
    const second = await world.buyer({ priceCents: 700, contract: { priority: 2 } });
    const campaign = await world.campaign([
      { method: 'waterfall', buyers: [third, first, second] },
    ]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold', payout_cents: 560 });
    expect([first, second, third].map(({ received }) => received)).toEqual([
      ['post'],
      ['post'],
      [],
    ]);
  });

  test('a stage whose buyers all reject hands the lead to the next one', async ({ world }) => {
    const bidder = await world.buyer({ bidCents: 900, post: 'rejects' });
    const fixed = await world.buyer({ priceCents: 300 });
    const campaign = await world.campaign([
      { method: 'ping_post', buyers: [bidder] },
      { method: 'waterfall', buyers: [fixed] },
    ]);
    expect(await campaign.submitLead()).toMatchObject({ status: 'sold', payout_cents: 240 });
  });

  test('T30 turns go round, and the order survives a restart', async ({ world }) => {
    const buyers = [
      await world.buyer({ priceCents: 100 }),
      await world.buyer({ priceCents: 100 }),
      await world.buyer({ priceCents: 100 }),
    ];
    const campaign = await world.campaign([{ method: 'round_robin', buyers }]);
    const sell = async (n: number) => {
      for (let sold = 0; sold < n; sold += 1) {
        expect(await campaign.submitLead()).toMatchObject({ status: 'sold' });
      }
    };
    await sell(4);
    const [serve] = world.processes;
    await serve?.stop();
    await serve?.start();
    await sell(5);
    const ids = new Set(buyers.map(({ id }) => id));
    const order = world.buyers
      .lines()
      .filter(({ kind, buyer }) => kind === 'post' && ids.has(buyer))
      .map(({ buyer }) => buyer);
    const round = order.slice(0, 3);
    expect(new Set(round)).toEqual(ids);
    expect(order).toEqual([...round, ...round, ...round]);
  });

  test('weights 3 to 1 give three leads of four', async ({ world }) => {
    const heavy = await world.buyer({ priceCents: 100, contract: { weight: 3 } });
    const light = await world.buyer({ priceCents: 100, contract: { weight: 1 } });
    const campaign = await world.campaign([{ method: 'weighted', buyers: [light, heavy] }]);
    await Promise.all(Array.from({ length: 8 }, () => campaign.submitLead()));
    expect([heavy.received.length, light.received.length]).toEqual([6, 2]);
  });

  test('a rejected turn goes to the next in the rotation', async ({ world }) => {
    const refuser = await world.buyer({ priceCents: 100, post: 'rejects' });
    const taker = await world.buyer({ priceCents: 100 });
    const campaign = await world.campaign([{ method: 'round_robin', buyers: [refuser, taker] }]);
    expect(await campaign.submitLead()).toMatchObject({ status: 'sold' });
    expect(await campaign.submitLead()).toMatchObject({ status: 'sold' });
    expect([refuser.received, taker.received]).toEqual([['post'], ['post', 'post']]);
  });
});

test('a lead for two is sold to the two best that take it', async ({ world }) => {
  const shared = { exclusive: false };
  const buyers = [
    await world.buyer({ bidCents: 1000, contract: shared }),
    await world.buyer({ bidCents: 900, contract: shared, post: 'rejects' }),
    await world.buyer({ bidCents: 800, contract: shared }),
    await world.buyer({ bidCents: 700, contract: shared }),
  ];
  const campaign = await world.campaign([{ method: 'ping_post', buyers }], { max_sales: 2 });
  const lead = await campaign.submitLead();
  expect(lead).toMatchObject({ status: 'sold', payout_cents: 1440 });
  const trace = await world.settled(lead.id);
  expect(trace.attempts.map(({ state, place }) => [state, place])).toEqual([
    ['accepted', 1],
    ['rejected', 2],
    ['accepted', 2],
  ]);
  expect(trace.money).toEqual({ revenue_cents: 1800, payout_cents: 1440, margin_cents: 360 });
});

test('T58 a source is told its payout, and nothing of buyers and prices', async ({ world }) => {
  const buyer = await world.buyer({
    bidCents: 2000,
    contract: { redirect_url: 'https://apex.example/thanks' },
  });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const answer = await campaign.submit();
  expect(answer.body).toEqual({
    id: answer.body['id'],
    status: 'sold',
    payout_cents: 1600,
    redirect_url: 'https://apex.example/thanks',
    reason_text: 'the lead was sold',
  });
  const later = await campaign.readLead(answer.leadId);
  expect(later.text).toBe(answer.text);
});
