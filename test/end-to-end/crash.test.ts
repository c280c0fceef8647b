// A process that dies or stops in the middle of a lead: the lead goes on, is posted once, and is
// sold once at most.

import { expect } from 'vitest';
import type { LeadId } from '../../src/domain/ids.ts';
import { worldTest } from '../support/world.ts';

const test = worldTest();

/** How long a lead may hang in the air once a process works again. */
const TAKEN_UP_WITHIN_MS = 5_000;

test('T14 a crash while the buyer has the lead is doubt, never a second post', async ({
  world,
}) => {
  const buyer = await world.buyer({
    bidCents: 4500,
    post: { fault: 'accept_then_hang' },
    postTimeout: '4s',
  });
  const next = await world.buyer({ bidCents: 4000 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer, next] }]);
  const [serve] = world.processes;
  const leadId = await campaign.beginLead();
  await buyer.until('post');
  await serve?.kill();
  await serve?.start();

  const trace = await world.settled(leadId, TAKEN_UP_WITHIN_MS);
  expect(trace).toMatchObject({ status: 'in_doubt', sales: [], transfers: [] });
  expect(trace.attempts).toMatchObject([{ state: 'in_doubt', reason: 'run_interrupted' }]);
  expect([buyer.received, next.received]).toEqual([['ping', 'post'], ['ping']]);

  await world.settleDoubt(leadId, buyer.contract, 'accepted');
  await world.done(leadId);
  expect(await world.ended(leadId)).toMatchObject({ status: 'sold' });
  expect([buyer.received, next.received]).toEqual([['ping', 'post'], ['ping']]);
});

test('T14 a crash before the send loses nothing: the lead is sold afterwards, once', async ({
  world,
}) => {
  const slow = await world.buyer({
    bidCents: 900,
    ping: { delayMs: 1_500 },
    pingTimeout: '3s',
    caps: [{ per: 'day', leads: 3 }],
  });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [slow], deadline: '3s' }]);
  const [serve] = world.processes;
  const leadId = await campaign.beginLead();
  await slow.until('ping');
  await serve?.kill();
  await serve?.start();
  const trace = await world.ended(leadId, TAKEN_UP_WITHIN_MS + 3_000);
  expect(trace.status).toBe('sold');
  expect(slow.lines('post')).toHaveLength(1);
  const { windows } = await world.caps(slow);
  expect(Object.values(windows).map(({ used }) => used)).toEqual([1]);
});

test('a crash after a rejection goes on with the next buyer, and asks nobody again', async ({
  world,
}) => {
  const first = await world.buyer({ bidCents: 900, post: 'rejects' });
  const next = await world.buyer({
    bidCents: 800,
    post: { fault: 'accept_then_hang' },
    postTimeout: '4s',
  });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [first, next] }]);
  const [serve] = world.processes;
  const leadId = await campaign.beginLead();
  await next.until('post');
  await serve?.kill();
  await serve?.start();
  const trace = await world.settled(leadId, TAKEN_UP_WITHIN_MS);
  expect(trace.attempts.map(({ state }) => state)).toEqual(['rejected', 'in_doubt']);
  expect([first.received, next.received]).toEqual([
    ['ping', 'post'],
    ['ping', 'post'],
  ]);
  await world.settleDoubt(leadId, next.contract, 'accepted');
  expect(await world.ended(leadId)).toMatchObject({ status: 'sold' });
});

test('asked to stop, it finishes the leads it has taken and leaves no doubt', async ({ world }) => {
  const buyer = await world.buyer({ bidCents: 900, post: { delayMs: 300 } });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const [serve] = world.processes;
  const answers = Array.from({ length: 30 }, () => campaign.submit().catch(() => undefined));
  await buyer.until('post', 3);
  await serve?.stop();
  await Promise.all(answers);
  await serve?.start();
  const leads = await world.rows<{ id: LeadId }>('select id from leads where campaign_id = $1', [
    campaign.id,
  ]);
  expect(leads.length).toBeGreaterThanOrEqual(3);
  for (const { id } of leads) expect((await world.ended(id)).status).toBe('sold');
  expect(buyer.lines('post')).toHaveLength(leads.length);
});
