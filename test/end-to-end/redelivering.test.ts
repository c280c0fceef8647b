// Receivers that fail, come back, or say stop: with their own journals as witness, what is sent
// while they are down, and that every sold lead arrives in the end under one id. Times are the
// delivery's own settings in seconds.

import { expect } from 'vitest';
import type { DeliveryLine, EndpointLine } from '../../src/api/deliveries/wire.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { TestBuyer } from '../support/test-buyers.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest();

const DOWN = { crm: { fault: 'status', status: 503 } } as const;
const FAST = { retry: { schedule: ['1s'] }, breaker: { after: 3, probe_every: '1s' } };

async function list(world: World, query: string): Promise<DeliveryLine[]> {
  const { body } = await world.operator('GET', `/v1/deliveries?${query}`);
  return (body as unknown as { deliveries: DeliveryLine[] }).deliveries;
}

async function endpoint(world: World, { contract }: TestBuyer): Promise<EndpointLine> {
  const { body } = await world.operator('GET', `/v1/endpoints/${contract}/crm`);
  return body as unknown as EndpointLine;
}

/** Resolves when that many of the buyer's deliveries are in the state. */
async function reach(world: World, buyer: TestBuyer, at: { state: string; count: number }) {
  const query = `contract=${buyer.contract}&state=${at.state}&limit=200`;
  const isThere = async () => (await list(world, query)).length === at.count;
  await until(`${at.count} ${at.state} at ${buyer.id}`, isThere, 60_000);
}

const keysOf = (buyer: TestBuyer, ...leads: readonly LeadId[]) =>
  new Set(leads.map((lead) => `${lead}/${buyer.contract}`));

const arrived = (buyer: TestBuyer) =>
  buyer.lines('crm').filter(({ decision }) => decision === 'accepted');

test.concurrent(
  'a receiver that is down gets probes only; once it is back every lead arrives under its id',
  { timeout: 120_000 },
  async ({ world }) => {
    const buyer = await world.buyer({ priceCents: 900, ...DOWN, delivery: FAST });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
    const first = await campaign.submitLead();
    await buyer.until('crm', 3, 20_000);
    await until('the breaker opens', async () => (await endpoint(world, buyer)).state === 'open');
    const before = buyer.lines('crm').length;
    const opened = Date.now();

    const leads = [first];
    for (let n = 0; n < 20; n += 1) leads.push(await campaign.submitLead());
    expect(leads.map(({ status }) => status)).toEqual(leads.map(() => 'sold'));
    await reach(world, buyer, { state: 'trying', count: 21 });
    const probes = buyer.lines('crm').length - before;
    // One per second, and one that was under way.
    expect(probes).toBeLessThanOrEqual(Math.ceil((Date.now() - opened) / 1_000) + 1);
    expect(await endpoint(world, buyer)).toMatchObject({ state: 'open', in_world: true });

    await buyer.become({ post: {}, crm: {} });
    await reach(world, buyer, { state: 'delivered', count: 21 });
    expect(await endpoint(world, buyer)).toMatchObject({ state: 'healthy', failures: 0 });
    const taken = arrived(buyer).map(({ key }) => key);
    expect(new Set(taken)).toEqual(keysOf(buyer, ...leads.map(({ id }) => id)));
    expect(taken).toHaveLength(21);
    await Promise.all(leads.map(({ id }) => world.done(id)));
  },
);

test.concurrent(
  'a receiver that refuses our key is disabled, with an event; enabled, it gets all that failed',
  { timeout: 90_000 },
  async ({ world }) => {
    const crm = { fault: 'status', status: 401 } as const;
    const buyer = await world.buyer({ priceCents: 900, crm, delivery: FAST });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
    const leads = [await campaign.submitLead()];
    await world.done(leads[0]?.id ?? ('' as LeadId));
    expect(await endpoint(world, buyer)).toMatchObject({
      ...{ state: 'disabled', last_error: 'HTTP 401', failures: 1 },
      deliveries: { trying: 0, failed: 1, unclear: 0 },
    });
    const events = await world.rows(
      `select payload ->> 'contract' as contract from outbox where name = 'endpoint.disabled'
       and payload ->> 'contract' = $1`,
      [buyer.contract],
    );
    expect(events).toHaveLength(1);

    for (let n = 0; n < 3; n += 1) leads.push(await campaign.submitLead());
    await reach(world, buyer, { state: 'failed', count: 4 });
    expect(buyer.lines('crm')).toHaveLength(1);
    await Promise.all(leads.map(({ id }) => world.done(id)));

    const redeliver = (body: object) => world.operator('POST', '/v1/deliveries/redeliver', body);
    const filter = { contract: buyer.contract };
    expect((await redeliver({ filter })).body).toMatchObject({ count: 0, disabled: 4 });
    await buyer.become({ post: {}, crm: {} });
    await world.operator('POST', `/v1/endpoints/${buyer.contract}/crm/enable`);
    const dry = await redeliver({ filter, dry_run: true });
    expect(dry.body).toMatchObject({ count: 4, disabled: 0, dry_run: true });
    expect(await list(world, `contract=${buyer.contract}&state=failed`)).toHaveLength(4);
    expect((await redeliver({ filter })).body).toMatchObject({ count: 4 });
    // Asked for twice, it is pushed once.
    expect((await redeliver({ filter })).body).toMatchObject({ count: 0 });
    await reach(world, buyer, { state: 'delivered', count: 4 });
    expect(new Set(arrived(buyer).map(({ key }) => key))).toEqual(
      keysOf(buyer, ...leads.map(({ id }) => id)),
    );
    expect(arrived(buyer)).toHaveLength(4);
    const asked = await world.rows<{ by: string }>(
      `select distinct asked_by as by from redeliveries where contract_id = $1`,
      [buyer.contract],
    );
    expect(asked).toEqual([{ by: 'operator installation' }]);
  },
);

test.concurrent(
  'a pause that the receiver asks for is kept, up to twice the planned one',
  { timeout: 60_000 },
  async ({ world }) => {
    const crm = { fault: 'status', status: 503, retryAfter: '3600' } as const;
    const delivery = { retry: { schedule: ['2s'] } };
    const buyer = await world.buyer({ priceCents: 900, crm, delivery });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
    const { id } = await campaign.submitLead();
    await buyer.until('crm', 1);
    const [line] = await until('the first try is recorded', async () => {
      const found = await list(world, `contract=${buyer.contract}&state=trying`);
      return found.length > 0 && found;
    });
    const pauseMs = Date.parse(line?.next_try_at ?? '') - Date.parse(line?.at ?? '');
    // Twice two seconds, less what the record took.
    expect(pauseMs).toBeGreaterThan(3_000);
    expect(pauseMs).toBeLessThanOrEqual(4_000);
    await buyer.become({ post: {}, crm: {} });
    await world.done(id, 40_000);
    expect(buyer.lines('crm').map(({ key }) => key)).toEqual(
      Array.from({ length: 2 }, () => `${id}/${buyer.contract}`),
    );
  },
);

test.concurrent(
  'an operator disables an endpoint, and nothing is sent there',
  async ({ world }) => {
    const buyer = await world.buyer({ priceCents: 900, crm: {} });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
    const path = `/v1/endpoints/${buyer.contract}/crm`;
    const off = await world.operator('POST', `${path}/disable`);
    expect(off.body).toMatchObject({ state: 'disabled', switched_by: 'operator installation' });
    await until('the processes have heard of it', async () => {
      const { id } = await campaign.submitLead();
      await world.done(id);
      return (await world.trace(id)).deliveries[0]?.state === 'failed';
    });
    const before = buyer.lines('crm').length;
    const { id } = await campaign.submitLead();
    await world.done(id);
    expect((await world.trace(id)).deliveries).toMatchObject([
      { state: 'failed', tries: 0, detail: 'the endpoint is disabled' },
    ]);
    expect(buyer.lines('crm')).toHaveLength(before);
  },
);
