// Goal: the process is killed at each point between claim and settlement, and the lead goes on with
// one post and one sale at most. Method: no switch in the product. A lock in PostgreSQL, a cut to
// Temporal or a silent network holds the process at the point; then comes SIGKILL. The crash while
// the buyer answers, and the one after a rejection, stand in crash.test.ts.

import { expect } from 'vitest';
import type { LeadId } from '../../src/domain/ids.ts';
import { PASS } from '../support/fault-script.ts';
import type { TestBuyer } from '../support/test-buyers.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const test = worldTest({ proxied: true, faulty: true });

const PATIENCE_MS = 40_000;
const CAPPED = { caps: [{ per: 'total', leads: 3 }] };

/** A buyer that takes a moment to bid, and the campaign in which it stands alone. */
async function market(world: World, terms: object = {}) {
  const buyer = await world.buyer({
    ...{ bidCents: 900, ping: { delayMs: 500 }, pingTimeout: '5s', postTimeout: '5s' },
    ...CAPPED,
    ...terms,
  });
  const stage = { method: 'ping_post', buyers: [buyer], deadline: '5s' } as const;
  return { buyer, campaign: await world.campaign([stage]) };
}

const LOCKED = `from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`;

/** Resolves when the process waits for the lock. */
async function untilHeld(world: World): Promise<void> {
  const waits = async () => (await world.rows(`select pid ${LOCKED}`)).length > 0;
  await until('the process waits for the lock', waits, PATIENCE_MS);
}

/** Ends the statements that wait, as the fall of PostgreSQL would. */
const dropHeld = (world: World) => world.rows(`select pg_terminate_backend(pid) ${LOCKED}`);

const lockLead = (world: World, id: LeadId) =>
  world.lock('select from leads where id = $1 for no key update', [id]);

async function expectSoldOnce(world: World, id: LeadId, buyer: TestBuyer): Promise<void> {
  const trace = await world.ended(id, PATIENCE_MS);
  expect(trace.status).toBe('sold');
  await world.done(id, PATIENCE_MS);
  expect(buyer.lines('post')).toHaveLength(1);
  expect(await world.transfers(id)).toHaveLength(2);
  const { windows } = await world.caps(buyer);
  expect(Object.values(windows).map(({ used }) => used)).toEqual([1]);
}

test('planned, not held yet: the same attempt goes on', async ({ world }) => {
  const { buyer, campaign } = await market(world);
  const id = await campaign.beginLead();
  await buyer.until('ping');
  await world.temporal.cut();
  const text = "select from attempts where lead_id = $1 and state = 'planned'";
  await until('planned', async () => (await world.rows(text, [id])).length > 0, PATIENCE_MS);
  await world.processes[0]?.kill();
  await world.temporal.mend();
  await world.processes[0]?.start();
  await expectSoldOnce(world, id, buyer);
});

test('held, not claimed yet: the hold counts once', async ({ world }) => {
  const { buyer, campaign } = await market(world);
  const id = await campaign.beginLead();
  await buyer.until('ping');
  const unlock = await lockLead(world, id);
  await untilHeld(world);
  const { windows } = await world.caps(buyer);
  expect(Object.values(windows).map(({ used }) => used)).toEqual([1]);
  expect(buyer.lines('post')).toEqual([]);
  await world.processes[0]?.kill();
  await unlock();
  await world.processes[0]?.start();
  await expectSoldOnce(world, id, buyer);
});

test('claimed, and the network has the post: in doubt, and sent to nobody again', async ({
  world,
}) => {
  const { buyer, campaign } = await market(world);
  world.faults.play(({ key }) => (key === null ? PASS : { kind: 'swallow' }));
  const id = await campaign.beginLead();
  const seen = () => world.faults.passages().some(({ key }) => key?.startsWith(id));
  await until('the post has left', seen, PATIENCE_MS);
  await world.processes[0]?.kill();
  world.faults.play(() => PASS);
  await world.processes[0]?.start();
  const trace = await world.settled(id, PATIENCE_MS);
  expect(trace.attempts).toMatchObject([{ state: 'in_doubt', reason: 'run_interrupted' }]);
  expect(buyer.received).toEqual(['ping']);
  await world.settleDoubt(id, buyer.contract, 'rejected');
  expect(await world.ended(id, PATIENCE_MS)).toMatchObject({ status: 'unsold' });
  expect(buyer.received).toEqual(['ping']);
});

/** A lead whose buyer has said yes, and whose process waits to write that down. */
async function untilAnswered(world: World) {
  const { buyer, campaign } = await market(world, { post: { delayMs: 1_500 } });
  const id = await campaign.beginLead();
  await buyer.until('post', 1, PATIENCE_MS);
  const unlock = await lockLead(world, id);
  await untilHeld(world);
  const passage = world.faults.passages().find(({ key }) => key?.startsWith(id));
  expect(passage?.end).toBe('whole');
  return { buyer, id, unlock };
}

test('answered, not recorded: in doubt, until somebody asks the buyer', async ({ world }) => {
  const { buyer, id, unlock } = await untilAnswered(world);
  await world.processes[0]?.kill();
  await dropHeld(world);
  await unlock();
  await world.processes[0]?.start();
  const trace = await world.settled(id, PATIENCE_MS);
  expect(trace).toMatchObject({ status: 'in_doubt', sales: [], transfers: [] });
  await world.settleDoubt(id, buyer.contract, 'accepted');
  await expectSoldOnce(world, id, buyer);
});

test('answered, and recorded after the death: sold and charged once', async ({ world }) => {
  const { buyer, id, unlock } = await untilAnswered(world);
  await world.processes[0]?.kill();
  // PostgreSQL goes on with what it was told, whether anyone listens or not.
  await unlock();
  await world.processes[0]?.start();
  await expectSoldOnce(world, id, buyer);
});

test('answered, and PostgreSQL falls: a known yes is recorded, and is never doubt', async ({
  world,
}) => {
  const { buyer, id, unlock } = await untilAnswered(world);
  await dropHeld(world);
  await unlock();
  await expectSoldOnce(world, id, buyer);
});

test('recorded, not delivered: delivered again under the same key', async ({ world }) => {
  const { buyer, campaign } = await market(world, { crm: { hangFirst: 1 } });
  const id = await campaign.beginLead();
  await buyer.until('crm', 1, PATIENCE_MS);
  await world.processes[0]?.kill();
  await world.processes[0]?.start();
  await expectSoldOnce(world, id, buyer);
  const keys = buyer.lines('crm').map(({ key }) => key);
  expect(keys.length).toBeGreaterThan(1);
  expect(new Set(keys).size).toBe(1);
});
