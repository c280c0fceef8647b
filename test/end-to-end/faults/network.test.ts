// Faults between the process and the buyers: whatever the network does, a lead is posted to a buyer
// once at most, what may have arrived is doubt, and what cannot have arrived goes to the next one.

import { afterAll, expect } from 'vitest';
import { LOSSES, PASS } from '../../support/fault-script.ts';
import { startSilentHost } from '../../support/silent-host.ts';
import { NOBODY, worldTest } from '../../support/world.ts';

const silent = await startSilentHost();
afterAll(() => silent.close());

const test = worldTest({ faulty: true, env: { OUTBOUND_ALLOW_PRIVATE: silent.address } });
const PATIENCE_MS = 60_000;

test('F19 to F23: every way to lose an answer is doubt, and nobody else is asked', async ({
  world,
}) => {
  const bad = await world.buyer({ bidCents: 900, postTimeout: '1s' });
  const spare = await world.buyer({ bidCents: 800 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [bad, spare] }]);
  const left = [...LOSSES];
  world.faults.play(({ key }) => (key === null ? PASS : (left.shift() ?? PASS)));
  const answers = await Promise.all(LOSSES.map(() => campaign.submit()));

  const reasons = new Map<string, string | null>();
  for (const { leadId } of answers) {
    const trace = await world.settled(leadId, PATIENCE_MS);
    expect(trace).toMatchObject({ status: 'in_doubt', sales: [], transfers: [] });
    expect(trace.attempts).toHaveLength(1);
    reasons.set(leadId, trace.attempts[0]?.reason ?? null);
  }
  const met = world.faults.passages().filter(({ key }) => key !== null);
  expect(met.map(({ fault }) => fault)).toEqual(LOSSES);
  const waits = ['swallow', 'half_open', 'drip'];
  for (const { key, fault } of met) {
    const reason = waits.includes(fault.kind) ? 'no_answer' : 'connection_lost';
    expect(reasons.get(key?.split('/')[0] ?? ''), JSON.stringify(fault)).toBe(reason);
  }
  expect(spare.lines('post')).toEqual([]);
  const posts = bad.lines('post').map(({ leadId }) => leadId);
  expect(new Set(posts).size).toBe(posts.length);
  // All but what was swallowed, and what was reset before it was sent on.
  expect(posts).toHaveLength(LOSSES.length - 2);
});

test('F18 a host that drops connections was sent nothing: no bid, and no doubt', async ({
  world,
}) => {
  world.faults.play(() => PASS);
  const [ping, post] = ['ping', 'post'].map((kind) => ({
    [kind]: { url: `http://${silent.address}/${kind}`, timeout: '400ms' },
  }));
  const mute = await world.buyer({ bidCents: 900, contract: ping ?? {} });
  const honest = await world.buyer({ bidCents: 800 });
  const auction = await world.campaign([{ method: 'ping_post', buyers: [mute, honest] }]);
  const won = await auction.submit();
  const routed = await world.ended(won.leadId, PATIENCE_MS);
  expect(routed).toMatchObject({ status: 'sold', answer: { payout_cents: 640 } });
  const reasons = routed.contracts.map(({ contract, reason }) => [contract, reason]);
  expect(reasons).toContainEqual([mute.contract, 'late']);

  const gone = await world.buyer({ priceCents: 900, contract: { priority: 1, ...post } });
  const next = await world.buyer({ priceCents: 800, contract: { priority: 2 } });
  const falls = await world.campaign([{ method: 'waterfall', buyers: [gone, next] }]);
  const { leadId } = await falls.submit();
  const { status, attempts } = await world.ended(leadId, PATIENCE_MS);
  expect(status).toBe('sold');
  expect(attempts.map(({ state, reason }) => [state, reason])).toEqual([
    ['not_sent', 'late'],
    ['accepted', null],
  ]);
});

const STATUSES = [500, 502, 503, 429, 408, 410, 401];

test('F24 a status without a word of the buyer is no bid, and in a post doubt', async ({
  world,
}) => {
  world.faults.play(() => PASS);
  const fault = 'status' as const;
  const shared = { exclusive: false };
  const mute = [];
  for (const status of STATUSES) {
    mute.push(await world.buyer({ bidCents: 900, ping: { fault, status } }));
  }
  const honest = await world.buyer({ bidCents: 500 });
  const auction = await world.campaign([{ method: 'ping_post', buyers: [...mute, honest] }]);
  const won = await auction.submit();
  const routed = await world.ended(won.leadId, PATIENCE_MS);
  expect(routed.status).toBe('sold');
  const reasons = new Map(routed.contracts.map(({ contract, reason }) => [contract, reason]));
  for (const { contract } of mute) expect(reasons.get(contract)).toBe('http_status');

  const bad = [];
  for (const [priority, status] of STATUSES.entries()) {
    const contract = { ...shared, priority: priority + 1 };
    bad.push(await world.buyer({ priceCents: 900, post: { fault, status }, contract }));
  }
  const last = await world.buyer({ priceCents: 500, contract: { ...shared, priority: 99 } });
  const buyers = [...bad, last];
  // Each doubt takes a place, and leaves the last one to the last buyer.
  const falls = await world.campaign([{ method: 'waterfall', buyers }], {
    max_sales: buyers.length,
  });
  const { leadId } = await falls.submit();
  const { attempts } = await world.ended(leadId, PATIENCE_MS);
  expect(attempts.map(({ state }) => state)).toEqual([...bad.map(() => 'in_doubt'), 'accepted']);
  for (const buyer of buyers) expect(buyer.lines('post')).toHaveLength(1);
});

test('F34 where every buyer fails the lead is unsold, and nobody is charged', async ({ world }) => {
  world.faults.play(() => PASS);
  const caps = [{ per: 'total', leads: 1 }];
  const to = (url: string) => ({ post: { url, timeout: '400ms' } });
  const buyers = [
    await world.buyer({ priceCents: 900, caps, contract: to(`http://${NOBODY}/`) }),
    await world.buyer({ priceCents: 900, caps, contract: to(`http://${silent.address}/`) }),
    await world.buyer({ priceCents: 900, caps, contract: to('http://10.0.0.1/') }),
    await world.buyer({ priceCents: 900, caps, post: 'rejects' }),
  ];
  const campaign = await world.campaign([{ method: 'waterfall', buyers }]);
  const { leadId } = await campaign.submit();
  const trace = await world.ended(leadId, PATIENCE_MS);
  expect(trace).toMatchObject({ status: 'unsold', sales: [], transfers: [] });
  await world.done(leadId, PATIENCE_MS);
  for (const buyer of buyers) {
    const { windows } = await world.caps(buyer);
    expect(Object.values(windows).map(({ used }) => used)).toEqual([0]);
  }
});
