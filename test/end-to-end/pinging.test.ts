// A source asks what a lead would earn, then hands it over: the buyers' journal says who was asked,
// how often, and who was sent the lead.

import { describe, expect } from 'vitest';
import { type Answer, request } from '../support/campaign.ts';
import { worldTest, type World } from '../support/world.ts';
import { personNo, SOURCE_KEY } from '../support/world-draft.ts';

const test = worldTest({ processes: 2 });

let persons = 9_000;
const known = { zip: '78704', state: 'TX' };
/** A person in the place of the pings. */
const person = () => ({ ...personNo((persons += 1)), ...known });

interface Call {
  readonly path: '/v1/pings' | '/v1/posts';
  readonly via?: number;
  readonly key?: string;
}

const ask = (world: World, body: object, { path, via = 0, key }: Call) =>
  request({
    url: `${world.processes[via]?.url}${path}`,
    ...{ method: 'POST', key: SOURCE_KEY, body },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
const ping = (world: World, campaign: string) => {
  const fields = { ...known, currently_insured: persons % 2 === 0 };
  return ask(world, { campaign, fields }, { path: '/v1/pings' });
};
/** Posts the person after a ping. */
const after =
  (world: World, pinged: Answer) =>
  (fields: object, call: Omit<Call, 'path'> = {}) =>
    ask(world, { ping_id: pinged.body['ping_id'], fields }, { ...call, path: '/v1/posts' });

describe('a ping', () => {
  test('is bid for, and its post is sold without asking again', async ({ world }) => {
    const best = await world.buyer({ bidCents: 4501 });
    const next = await world.buyer({ bidCents: 4000 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [next, best] }]);

    const pinged = await ping(world, campaign.id);
    expect(pinged.body).toMatchObject({ status: 'bid', payout_cents: 3600, cached: false });
    expect(await world.rows('select from leads where campaign_id = $1', [campaign.id])).toEqual([]);
    const again = await ping(world, campaign.id);
    expect(again.body).toEqual({ ...pinged.body, cached: true });

    // At the other process, which knows the ping from the database.
    const sold = await after(world, pinged)(person(), { via: 1 });
    expect(sold.body).toMatchObject({ status: 'sold', payout_cents: 3600 });
    expect([best.received, next.received]).toEqual([['ping', 'post'], ['ping']]);
    expect(best.lines('post')[0]?.fields).toContain('phone');
    expect(best.lines('ping')[0]?.leadId).toBe(sold.leadId);
  });

  test('T25 promises a floor: who pays less is not offered its lead', async ({ world }) => {
    const best = await world.buyer({ bidCents: 4500, post: 'rejects' });
    const next = await world.buyer({ bidCents: 4400 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [best, next] }]);
    const pinged = await ping(world, campaign.id);
    expect(pinged.body).toMatchObject({ status: 'bid', payout_cents: 3600 });
    const told = await after(world, pinged)(person());
    expect(told.body).toMatchObject({ status: 'unsold' });
    expect([best.received, next.received]).toEqual([['ping', 'post'], ['ping']]);
  });

  test('nobody wants is told so, and why', async ({ world }) => {
    const shy = await world.buyer({ ping: { reason: 'not_today' } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [shy] }]);
    const { body } = await ping(world, campaign.id);
    expect(body).toMatchObject({ status: 'no_bid', reason: 'no_bids', cached: false });
    expect(body).not.toHaveProperty('ping_id');
  });

  test('is bid the price of a contract that does not ask', async ({ world }) => {
    const fixed = await world.buyer({ priceCents: 1000 });
    const campaign = await world.campaign([{ method: 'waterfall', buyers: [fixed] }]);
    const pinged = await ping(world, campaign.id);
    expect(pinged.body).toMatchObject({ status: 'bid', payout_cents: 800 });
    expect(fixed.received).toEqual([]);
    const told = await after(world, pinged)(person());
    expect(told.body).toMatchObject({ status: 'sold', payout_cents: 800 });
  });

  test('T28 that comes twenty times at once asks its buyers once', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900, ping: { delayMs: [100, 150] } });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ping(world, campaign.id)));
    expect(new Set(answers.map(({ body }) => body['ping_id'])).size).toBe(1);
    expect(buyer.received).toEqual(['ping']);
  });
});

describe('the id of a ping', () => {
  test('T29 is good for one lead', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const pinged = await ping(world, campaign.id);
    const fields = person();
    const both = await Promise.all(
      [0, 1].map((via) => after(world, pinged)(via ? person() : fields, { via })),
    );
    expect(both.map(({ http }) => http).sort()).toEqual([200, 409]);
    expect(both.find(({ http }) => http === 409)?.body).toMatchObject({ code: 'ping_used' });
    expect(buyer.received).toEqual(['ping', 'post']);
  });

  test('and the key of its post give the same answer again', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const pinged = await ping(world, campaign.id);
    const fields = person();
    const first = await after(world, pinged)(fields, { key: 'once' });
    const again = await after(world, pinged)(fields, { key: 'once', via: 1 });
    expect(again.text).toBe(first.text);
    expect(buyer.received).toEqual(['ping', 'post']);
  });

  test('T29 expired, forged and changed has a code of its own', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const stages = [{ method: 'ping_post', buyers: [buyer] } as const];
    const campaign = await world.campaign(stages);
    const pinged = await ping(world, campaign.id);
    const id = String(pinged.body['ping_id']);
    const forged = {
      ...pinged,
      body: { ping_id: `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}` },
    };
    expect((await after(world, forged)(person())).body).toMatchObject({ code: 'ping_forged' });

    await world.rows(`update pings set expires_at = now() - interval '1 second'`);
    const late = await after(world, pinged)(person());
    expect(late).toMatchObject({ http: 410, body: { code: 'ping_expired' } });
    expect(buyer.received).toEqual(['ping']);
  });

  test('T27 does not fit a lead of another place: the field is named', async ({ world }) => {
    const buyer = await world.buyer({ bidCents: 900 });
    const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
    const pinged = await ping(world, campaign.id);
    const moved = await after(world, pinged)({ ...person(), zip: '90210' });
    expect(moved).toMatchObject({ http: 422, body: { code: 'ping_contradicted' } });
    expect(moved.body['errors']).toMatchObject([{ field: 'fields.zip' }]);
    // Nothing was kept of it: the right one is taken.
    const right = await after(world, pinged)(person());
    expect(right.body).toMatchObject({ status: 'sold' });
  });
});

test('a lead that asks for more than any bid pays is not sold for less', async ({ world }) => {
  const buyer = await world.buyer({ bidCents: 1000 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const asking = (cents: number) => campaign.submitLead({}, { more: { asking_cents: cents } });
  expect(await asking(801)).toMatchObject({ status: 'unsold', reason: 'no_bids' });
  expect(await asking(800)).toMatchObject({ status: 'sold', payout_cents: 800 });
});
