// Caps hold under any number of leads at once: reserved before the send, given back by a rejection.

import { expect } from 'vitest';
import type { CapsPage } from '../../src/api/wire/caps.ts';
import type { CampaignUnderTest } from '../support/campaign.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();

const DAILY_FIVE = [{ per: 'day', leads: 5 }];

function times<T>(n: number, deed: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: n }, deed));
}

/** What a new lead comes to, however long its caps take to answer. */
async function outcomeOf(world: World, campaign: CampaignUnderTest): Promise<string> {
  const { id } = await campaign.submitLead();
  return (await world.ended(id, 30_000)).status;
}

test('T34 a cap of five gives out exactly five of thirty leads at once', async ({ world }) => {
  const capped = await world.buyer({ bidCents: 900, caps: DAILY_FIVE, post: { delayMs: 50 } });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
  const leads = await times(30, () => campaign.submitLead());
  for (const { id } of leads) await world.ended(id, 30_000);
  expect(capped.lines('post')).toHaveLength(5);
  const { windows } = await world.caps(capped);
  expect(Object.values(windows).map(({ used, limit }) => [used, limit])).toEqual([[5, 5]]);
  const reasons = await world.rows<{ reason: string }>(
    `select outcome ->> 'reason' as reason, count(*) as leads from leads
     where campaign_id = $1 and status = 'unsold' group by 1`,
    [campaign.id],
  );
  // Denied after the ping, or, once that is remembered, not even pinged.
  const known = ['no_bids', 'none_eligible'];
  expect(reasons.filter(({ reason }) => !known.includes(reason))).toEqual([]);
});

test('T34 a budget in cents is never overspent', async ({ world }) => {
  const capped = await world.buyer({ bidCents: 300, caps: [{ per: 'day', cents: 1_000 }] });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
  const leads = await times(12, () => campaign.submitLead());
  for (const { id } of leads) await world.ended(id, 30_000);
  expect(capped.lines('post')).toHaveLength(3);
});

test('T40 rejections use no cap: the room goes to later leads', async ({ world }) => {
  const capped = await world.buyer({
    bidCents: 900,
    post: { rejectEvery: 2 },
    contract: { caps: [{ per: 'total', leads: 3 }] },
  });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
  const sold = async () => capped.lines('post').filter((line) => line.decision === 'accepted');
  for (let tried = 0; tried < 12 && (await sold()).length < 3; tried += 1) {
    const { id } = await campaign.submitLead();
    await world.done(id);
  }
  expect(await sold()).toHaveLength(3);
  expect(await outcomeOf(world, campaign)).toBe('unsold');
  expect(await sold()).toHaveLength(3);
});

test('doubt keeps the room until it is settled', async ({ world }) => {
  const capped = await world.buyer({
    bidCents: 900,
    caps: [{ per: 'day', leads: 1 }],
    post: 'hangs',
    postTimeout: '300ms',
  });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
  const doubted = await campaign.submitLead();
  expect((await world.settled(doubted.id)).status).toBe('in_doubt');
  expect(await outcomeOf(world, campaign)).toBe('unsold');

  await capped.become({ ping: { bidCents: 900 } });
  await world.settleDoubt(doubted.id, capped.contract, 'rejected');
  // A denial is remembered for a second.
  const isSold = async () => (await outcomeOf(world, campaign)) === 'sold';
  await until('a lead is sold into the room that came back', isSold);
  expect(await outcomeOf(world, campaign)).toBe('unsold');
});

test('a full buyer is not pinged, and the next one gets the lead', async ({ world }) => {
  const full = await world.buyer({ bidCents: 900, caps: [{ per: 'day', leads: 1 }] });
  const next = await world.buyer({ bidCents: 100 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [full, next] }]);
  // The caps of a new buyer may be too slow for its first lead, which the next one then gets.
  await until('the first buyer is full', async () => {
    await campaign.submitLead();
    return full.lines('post').length === 1;
  });
  const asked = full.received;
  const lead = await campaign.submitLead();
  expect(lead).toMatchObject({ status: 'sold', payout_cents: 80 });
  const { contracts } = await world.settled(lead.id);
  const line = contracts.find(({ contract }) => contract === full.contract);
  expect(line).toMatchObject({ result: 'not_eligible', reason: 'cap_reached' });
  expect(full.received).toEqual(asked);
});

test('T37 a raised limit counts from the next lead on', async ({ world }) => {
  const capped = await world.buyer({ bidCents: 900, caps: [{ per: 'day', leads: 1 }] });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
  expect(await outcomeOf(world, campaign)).toBe('sold');
  expect(await outcomeOf(world, campaign)).toBe('unsold');
  Object.assign(world.document.buyers[capped.id] ?? {}, { caps: [{ per: 'day', leads: 2 }] });
  await world.apply();
  const isSold = async () => (await outcomeOf(world, campaign)) === 'sold';
  await until('the second lead is sold', isSold);
  expect(await outcomeOf(world, campaign)).toBe('unsold');
});

test('the table of caps agrees with PostgreSQL after sold and rejected leads', async ({
  world,
}) => {
  const capped = await world.buyer({
    bidCents: 900,
    post: { rejectEvery: 2 },
    caps: [
      { per: 'day', cents: 10_000 },
      { per: 'rolling', hours: 24, leads: 30 },
    ],
    contract: {
      caps: [
        { per: 'total', leads: 8, each: 'state' },
        { per: 'day', leads: 4, name: 'nevada', when: { field: 'state', is: 'NV' } },
      ],
    },
  });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [capped] }]);
  const leads = await times(6, () => campaign.submitLead());
  for (const { id } of leads) await world.done(id, 30_000);
  const posts = capped.lines('post');
  const sold = posts.filter(({ decision }) => decision === 'accepted').length;
  expect(sold).toBeGreaterThan(0);
  expect(sold).toBeLessThan(posts.length);

  const { body } = await world.operator('GET', `/v1/caps?buyer=${capped.id}`);
  const { caps, temporal } = body as unknown as CapsPage;
  expect(temporal).toBe('up');
  const shown = caps.map(({ key, used, counted, limit, agrees }) => {
    const shape = key.replace(/day\/[^/]+/, 'day').replace(`buyer/${capped.id}`, 'buyer');
    return [shape.replace(capped.contract, 'x'), used, counted, limit, agrees];
  });
  expect(shown).toEqual([
    ['buyer/day/cents', 900 * sold, 900 * sold, 10_000, true],
    ['buyer/rolling/24h/leads', sold, sold, 30, true],
    ['contract/x/nevada/day/leads', 0, 0, 4, true],
    ['contract/x/state=/total/leads', 0, 0, 8, true],
    ['contract/x/state=TX/total/leads', sold, sold, 8, true],
  ]);
});
