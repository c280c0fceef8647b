// After the sale: pushes to the buyer's systems are tried until they are confirmed.

import { expect } from 'vitest';
import { worldTest } from '../support/world.ts';

const test = worldTest();

test.concurrent(
  'a push that fails twice is tried again until it is delivered',
  { timeout: 90_000 },
  async ({ world }) => {
    const delivery = { retry: { schedule: ['1s'] } };
    const buyer = await world.buyer({ bidCents: 900, crm: { failFirst: 2 }, delivery });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const lead = await campaign.submitLead();
    expect(lead).toMatchObject({ status: 'sold' });
    await world.done(lead.id, 60_000);
    expect((await world.settled(lead.id)).deliveries).toMatchObject([
      { target: 'crm', state: 'delivered', tries: 3, detail: 'HTTP 200 after 3 tries' },
    ]);
    const pushes = buyer.lines('crm');
    expect(new Set(pushes.map(({ key }) => key))).toEqual(
      new Set([`${lead.id}/${buyer.contract}`]),
    );
  },
);

test.concurrent(
  'a push that takes longer than the first step may is awaited, not made again',
  async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, crm: { delayMs: [2_500, 2_500] } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const lead = await campaign.submitLead();
    await world.done(lead.id);
    expect((await world.settled(lead.id)).deliveries).toMatchObject([
      { state: 'delivered', tries: 1, detail: 'HTTP 200 after 1 try' },
    ]);
    expect(buyer.received).toEqual(['ping', 'post', 'crm']);
  },
);

test.concurrent(
  'a push to a system that is gone for good is given up, and said',
  async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, crm: { fault: 'status', status: 410 } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const lead = await campaign.submitLead();
    await world.done(lead.id);
    expect((await world.settled(lead.id)).deliveries).toMatchObject([
      { state: 'failed', tries: 1 },
    ]);
    expect(buyer.received).toEqual(['ping', 'post', 'crm']);
  },
);
