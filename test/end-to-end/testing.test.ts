// Goal: a test lead walks the whole path, over test addresses only, and leaves no trace in caps,
// money, duplicates or turns. Method: the journals of the buyers are the witness.

import { expect } from 'vitest';

import { request } from '../support/campaign.ts';
import { personNo, SOURCE_KEY } from '../support/world-draft.ts';
import { worldTest } from '../support/world.ts';

const test = worldTest();

test('T52 a test lead is pinged and posted to test addresses, and nowhere else', async ({
  world,
}) => {
  const sandbox = await world.buyer({ bidCents: 900 });
  const real = await world.buyer({ bidCents: 700, testAt: sandbox.id });
  const other = await world.buyer({ bidCents: 800 });
  const fixed = await world.buyer({ priceCents: 500 });
  const campaign = await world.campaign(
    [
      { method: 'ping_post', buyers: [real, other] },
      { method: 'waterfall', buyers: [fixed] },
    ],
    { duplicates: { by: [['phone']], within: '1d' } },
  );
  const person = { phone: '512-555-7020' };
  const tested = await campaign.submitLead(person, { more: { test: true } });
  await world.done(tested.id);
  const told = { status: 'unsold', reason: 'test_lead', test_payout_cents: 720 };
  expect(tested).toMatchObject(told);
  expect(sandbox.received).toEqual(['ping', 'post']);
  for (const { received } of [real, other, fixed]) expect(received).toEqual([]);

  const trace = await world.trace(tested.id);
  const why = Object.fromEntries(trace.contracts.map((line) => [line.contract, line.detail]));
  expect(why[real.contract]).toMatch(/^test ping: \$9\.00 .*; test post at \$9\.00 .*: accepted/);
  expect(why[other.contract]).toMatch(/would be pinged: it has no ping\.test_url/);
  expect(why[fixed.contract]).toMatch(/not asked/);
  expect(trace.attempts).toEqual([]);
  expect(await world.transfers(tested.id)).toEqual([]);

  // The person is nobody's duplicate, and the real lead finds every cap untouched.
  expect(await campaign.submitLead(person)).toMatchObject({ status: 'sold' });
  const pnl = await world.operator('GET', `/v1/reports/pnl?campaign=${campaign.id}`);
  expect(pnl.body['total']).toMatchObject({ received: 1, sold: 1, revenue_cents: 800 });
});

test('T52 a test ping is bid for at test addresses, and its id is good for a test only', async ({
  world,
}) => {
  const sandbox = await world.buyer({ bidCents: 900 });
  const real = await world.buyer({
    ...{ bidCents: 700, testAt: sandbox.id },
    contract: { caps: [{ per: 'total', leads: 1 }] },
  });
  const other = await world.buyer({ bidCents: 800 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [real, other] }]);
  const url = `${world.processes[0]?.url}/v1`;
  const ask = (path: string, body: object) =>
    request({ url: `${url}/${path}`, method: 'POST', key: SOURCE_KEY, body });
  const known = { zip: '78704', state: 'TX' };
  const asked = { campaign: campaign.id, fields: known, test: true };
  const pinged = await ask('pings', asked);
  expect(pinged.body).toMatchObject({ status: 'bid', payout_cents: 720, cached: false });
  expect((await ask('pings', asked)).body).toEqual({ ...pinged.body, cached: true });

  const post = { ping_id: pinged.body['ping_id'], fields: { ...personNo(7_021), ...known } };
  const untold = await ask('posts', post);
  expect(untold).toMatchObject({ http: 422, body: { code: 'ping_contradicted' } });
  const tested = await ask('posts', { ...post, test: true });
  expect(tested.body).toMatchObject({ reason: 'test_lead', test_payout_cents: 720 });
  await world.done(tested.leadId);
  // Not asked for a bid again, and nobody real heard of either.
  expect(sandbox.received).toEqual(['ping', 'post']);
  for (const { received } of [real, other]) expect(received).toEqual([]);
  expect(await world.transfers(tested.leadId)).toEqual([]);

  // The real ping of the same finds no bid of the test, and every cap as it was.
  const live = await ask('pings', { ...asked, test: false });
  expect(live.body).toMatchObject({ status: 'bid', payout_cents: 640, cached: false });
  const sold = await ask('posts', { ...post, ping_id: live.body['ping_id'] });
  expect(sold.body).toMatchObject({ status: 'sold', payout_cents: 640 });

  const plain = await world.buyer({ bidCents: 800 });
  const without = await world.campaign([{ method: 'ping_post', buyers: [plain] }]);
  const left = await ask('pings', { ...asked, campaign: without.id });
  expect(left.body).toMatchObject({ status: 'no_bid', reason: 'test_lead' });
  expect(plain.received).toEqual([]);
});

test('T52 where no contract has a test address, the story says what would have happened', async ({
  world,
}) => {
  const buyer = await world.buyer({ priceCents: 500 });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }]);
  const tested = await campaign.submitLead({}, { more: { test: true } });
  await world.done(tested.id);
  expect(tested).toMatchObject({ status: 'unsold', reason: 'test_lead' });
  expect(tested).not.toHaveProperty('test_payout_cents');
  expect(buyer.received).toEqual([]);
  const [line] = (await world.trace(tested.id)).contracts;
  expect(line?.detail).toBe('it would be offered at $5.00 as number 1: it has no post.test_url');
});
