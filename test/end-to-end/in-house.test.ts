// A team of the operator's own gets leads in rotation, at no price, within its limits.

import { expect } from 'vitest';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();

/** Puts the contract `desk` of a new team in a campaign of its own. */
async function teamOf(world: World, name: string, terms: { members: object; caps?: object[] }) {
  const crm = await world.buyer({ bidCents: 1 });
  world.document.buyers[name] = { in_house: true, ...terms };
  const campaign = await world.campaign([]);
  const desk = `${name}_desk`;
  world.document.contracts[desk] = {
    buyer: name,
    campaign: campaign.id,
    deliveries: [{ name: 'crm', url: world.buyers.urlOf(crm.id, 'crm') }],
  };
  const stage = { method: 'round_robin', contracts: [desk] };
  Object.assign(world.document.campaigns[campaign.id] ?? {}, { routing: [stage] });
  await world.apply();
  return { campaign, crm, desk };
}

test('three reps, one away and one full: leads rotate, and cost nothing', async ({ world }) => {
  const { campaign, crm, desk } = await teamOf(world, 'sales', {
    members: {
      ann: {},
      bob: { available: false },
      cem: { caps: [{ per: 'total', leads: 2 }] },
      dee: {},
    },
  });
  const got: string[] = [];
  for (let n = 0; n < 10; n += 1) {
    const { id } = await campaign.submitLead();
    const { status, sales } = await world.ended(id);
    expect(status).toBe('sold');
    expect(sales).toMatchObject([{ price_cents: 0, payout_cents: 0 }]);
    got.push(sales[0]?.buyer ?? '');
  }
  const count = (member: string) => got.filter((buyer) => buyer === `sales.${member}`).length;
  expect([count('ann'), count('bob'), count('cem'), count('dee')]).toEqual([4, 0, 2, 4]);
  // In turn: while all three are there, each one gets one of three.
  expect(new Set(got.slice(0, 3)).size).toBe(3);

  await crm.until('crm', 10);
  const pnl = await world.operator('GET', '/v1/reports/pnl?by=buyer');
  const rows = (pnl.body['rows'] as { buyer: string | null; sold: number }[]).filter(({ buyer }) =>
    buyer?.startsWith('sales.'),
  );
  expect(rows.map(({ buyer, sold }) => [buyer, sold])).toEqual([
    ['sales.ann', 4],
    ['sales.cem', 2],
    ['sales.dee', 4],
  ]);
  expect(rows).toMatchObject(Array(3).fill({ revenue_cents: 0, payout_cents: 0, margin_cents: 0 }));
  expect(desk).toBe('sales_desk');
});

test('a cap of the team holds over all members at once', async ({ world }) => {
  const { campaign } = await teamOf(world, 'small', {
    members: { ann: {}, bob: {}, cem: {} },
    caps: [{ per: 'total', leads: 5 }],
  });
  const leads = await Promise.all(Array.from({ length: 20 }, () => campaign.submitLead()));
  const ends = await Promise.all(leads.map(({ id }) => world.ended(id, 30_000)));
  expect(ends.filter(({ status }) => status === 'sold')).toHaveLength(5);
});
