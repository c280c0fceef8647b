// An explanation says what was stored: leads are routed for real, through auctions, turns, filters
// and full caps, and each is explained; and nothing is changed by being asked.

import { expect } from 'vitest';
import type { Explanation } from '../../src/api/wire/explain.ts';
import { explainedStages, storedStages } from '../support/explained.ts';
import { until } from '../support/until.ts';
import { worldTest, type World } from '../support/world.ts';

const test = worldTest();

/** A campaign in which leads go every way, with a buyer that is full after three. */
async function openCampaign(world: World) {
  const texan = { filter: { field: 'state', is: 'TX' } };
  const best = await world.buyer({ bidCents: 2000, contract: { ...texan, exclusive: false } });
  const low = await world.buyer({ bidCents: 300 });
  const fixed = await world.buyer({ priceCents: 900, contract: { exclusive: false } });
  const shared = { exclusive: false };
  const caps = [{ per: 'total', leads: 3 }];
  const full = await world.buyer({ priceCents: 700, caps, contract: shared });
  const heavy = await world.buyer({ priceCents: 600, contract: { weight: 3 } });
  const light = await world.buyer({ priceCents: 500, contract: { weight: 1, exclusive: false } });
  // Every second lead that comes to the last stage gets to the tier behind; its turn is drawn then.
  const spare = await world.buyer({
    priceCents: 100,
    post: { answer: 'accept', rejectEvery: 2 },
    contract: { ...shared, priority: 1 },
  });
  const behind = { priceCents: 90, contract: { ...shared, priority: 2 } };
  const pair = [await world.buyer(behind), await world.buyer(behind)];
  const campaign = await world.campaign(
    [
      { method: 'ping_post', buyers: [best, low, fixed], floor_cents: 500 },
      { method: 'weighted', buyers: [full, heavy, light] },
      { method: 'waterfall', buyers: [spare, ...pair] },
    ],
    { max_sales: 3 },
  );
  return { campaign, full };
}

async function explain(world: World, body: object): Promise<Explanation> {
  const answer = await world.operator('POST', '/v1/explain', body);
  expect(answer.text).toContain('"stages"');
  return answer.body as unknown as Explanation;
}

async function countRows(world: World): Promise<unknown> {
  const tables = await world.rows<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const counts = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await world.rows(`select md5(string_agg(t::text, '|' order by t::text)) as all,
        count(*) from "${name}" t`);
      return [name, rows[0]];
    }),
  );
  return Object.fromEntries(counts);
}

test('every lead is explained as its trace has it, and nothing changes by it', async ({
  world,
}) => {
  const { campaign, full } = await openCampaign(world);
  const sent = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      await new Promise((done) => setTimeout(done, n * 40));
      return campaign.submitLead({ state: n % 3 === 0 ? 'CA' : 'TX' });
    }),
  );
  const settled = await Promise.all(sent.map(({ id }) => world.settled(id, 30_000)));
  // On a busy machine a post may take too long: such a lead is in doubt, and goes on waiting.
  const traces = settled.filter(({ status }) => status !== 'in_doubt');
  expect(traces.length).toBeGreaterThan(30);
  const known = new Set<string>(traces.map(({ id }) => id));
  await Promise.all(sent.map(async ({ id }) => known.has(id) && world.done(id)));
  await until('the caps are at rest', async () => (await world.caps(full)).open === 0, 10_000);
  const before = { rows: await countRows(world), caps: await world.caps(full) };

  const reasons = new Set<string | null>();
  const turns = new Set<number | null>();
  for (const trace of traces) {
    const told = await explain(world, { lead: trace.id });
    expect(told.score.score).toBe(trace.score?.score);
    const explained = explainedStages(told);
    expect(explained, trace.id).toEqual(storedStages(trace));
    for (const { turn } of explained) turns.add(turn);
    for (const { reason } of told.stages.flatMap(({ contracts }) => contracts)) reasons.add(reason);
  }
  // The test must have seen what it is about.
  expect([...reasons]).toEqual(expect.arrayContaining(['filter_not_met', 'below_floor']));
  expect(turns.size).toBeGreaterThan(10);

  const [lead] = sent;
  const now = await explain(world, { lead: lead?.id, at: 'now' });
  expect(now).toMatchObject({ as_of: 'now', caps: 'live' });
  const isFull = now.stages[1]?.contracts.find(({ contract }) => contract.startsWith(full.id));
  expect(isFull).toMatchObject({
    reason: 'cap_reached',
    detail: `buyer/${full.id}/total/leads 3/3`,
  });
  const fields = { first_name: 'Ann', phone: '5125550142', zip: '78704', state: 'TX' };
  const described = await explain(world, { campaign: campaign.id, source: 'acme', fields });
  expect(described.stages[0]?.contracts.filter(({ asks }) => asks)).toHaveLength(2);
  expect({ rows: await countRows(world), caps: await world.caps(full) }).toEqual(before);
});
