// Leads that a live server sold, run again: in the same world each comes to the same; in a changed
// one to what can be worked out by hand.

import { expect } from 'vitest';
import { askWhatIf } from '../support/what-if.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();

const whatIf = (world: World, campaign: string, change: object = {}) =>
  askWhatIf(world, { ...world.document, ...change }, { campaign });

/** The contracts of the world, one of them changed. */
function withContract(world: World, id: string, change: object): object {
  return {
    contracts: {
      ...world.document.contracts,
      [id]: { ...world.document.contracts[id], ...change },
    },
  };
}

test('a cap of a waterfall: lowered by two, two leads go to the next buyer', async ({ world }) => {
  const first = await world.buyer({
    priceCents: 2000,
    contract: { priority: 1, caps: [{ per: 'day', leads: 5 }] },
  });
  const second = await world.buyer({ priceCents: 1500, contract: { priority: 2 } });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [first, second] }]);
  await Promise.all(Array.from({ length: 8 }, () => campaign.submitLead()));
  await campaign.submitLead({ phone: '12' });

  const same = await whatIf(world, campaign.id);
  expect(same.leads).toEqual([]);
  // Five at $20.00 and three at $15.00; the source earns 80 %.
  const sums = { sold: 8, unsold: 0, sales: 8, revenue_cents: 14_500, payout_cents: 11_600 };
  expect(same.result).toMatchObject({
    leads: { received: 9, refused: 1, simulated: 8, changed: 0, assumed: 0 },
    before: { ...sums, margin_cents: 2_900 },
    after: { ...sums, margin_cents: 2_900 },
  });

  const lowered = withContract(world, first.contract, { caps: [{ per: 'day', leads: 3 }] });
  const { result, leads } = await whatIf(world, campaign.id, lowered);
  expect(result).toMatchObject({
    leads: { simulated: 8, changed: 2, assumed: 2 },
    before: { revenue_cents: 14_500 },
    after: { sold: 8, revenue_cents: 13_500, payout_cents: 10_800, margin_cents: 2_700 },
    buyers: [
      { buyer: first.id, before: { sales: 5 }, after: { sales: 3, revenue_cents: 6_000 } },
      { buyer: second.id, before: { sales: 3 }, after: { sales: 5, revenue_cents: 7_500 } },
    ],
  });
  expect(leads).toHaveLength(2);
  expect(leads[0]).toMatchObject({
    before: { status: 'sold', sales: [{ contract: first.contract, price_cents: 2000 }] },
    after: { status: 'sold', sales: [{ contract: second.contract, price_cents: 1500 }] },
    assumed: true,
    why: [
      { contract: first.contract, change: 'lost', reason: 'cap_reached' },
      { contract: second.contract, change: 'gained', reason: 'not_offered' },
    ],
  });
});

test('every method at once comes to the same, lead by lead', async ({ world }) => {
  const bids = [
    await world.buyer({ bidCents: 2000, contract: { caps: [{ per: 'day', leads: 4 }] } }),
    await world.buyer({ bidCents: 1800, post: 'rejects' }),
    await world.buyer({ bidCents: 1200, contract: { exclusive: false }, ping: { delayMs: 60 } }),
    await world.buyer({ bidCents: 1100, contract: { exclusive: false } }),
    await world.buyer({ bidCents: 90 }),
  ];
  const tier = [
    await world.buyer({ priceCents: 700, contract: { priority: 1 }, post: 'rejects' }),
    await world.buyer({
      priceCents: 650,
      contract: { priority: 2, filter: { field: 'state', is: 'TX' } },
    }),
    await world.buyer({ priceCents: 600, contract: { priority: 2 } }),
  ];
  const turns = [
    await world.buyer({ priceCents: 300, contract: { weight: 3 } }),
    await world.buyer({ priceCents: 300, contract: { weight: 1 } }),
  ];
  const campaign = await world.campaign(
    [
      { name: 'turns', method: 'weighted', buyers: turns, stop_after_rejections: 1 },
      { name: 'auction', method: 'ping_post', floor_cents: 200, pricing: 'second', buyers: bids },
      { name: 'tiers', method: 'waterfall', buyers: tier },
    ],
    { max_sales: 2 },
  );
  // Whose turn it is, says no: the auction comes to most leads, the tiers to some.
  for (const buyer of turns) await buyer.become({ ping: {}, post: { answer: 'reject' }, crm: {} });
  await Promise.all(Array.from({ length: 12 }, () => campaign.submitLead()));
  for (const buyer of bids) await buyer.become({ ping: { noBidShare: 1 }, post: {}, crm: {} });
  await Promise.all(
    Array.from({ length: 8 }, (_, n) => campaign.submitLead({ state: n % 2 ? 'TX' : 'CO' })),
  );
  for (const buyer of turns) await buyer.become({ ping: {}, post: {}, crm: {} });
  await Promise.all(Array.from({ length: 6 }, () => campaign.submitLead()));

  const { result, leads } = await whatIf(world, campaign.id);
  expect(leads).toEqual([]);
  expect(result).toMatchObject({ leads: { simulated: 26, changed: 0 } });
  expect(result.before.sales).toBeGreaterThan(26);
  expect(result.after).toEqual(result.before);
  expect(result.buyers.every(({ before, after }) => before.sales === after.sales)).toBe(true);
});
