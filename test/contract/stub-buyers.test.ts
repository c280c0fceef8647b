// The stand-in buyers keep their word: each behaviour is asked for and observed over a real socket,
// and compared with what the journal says. They are the witness for promises tested elsewhere, so
// here it is the witness that is examined.

import type * as FileSystem from 'node:fs';
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import type { BuyerBehaviour } from '../../src/demo/buyer-config.ts';
import { parseBuyersConfig } from '../../src/demo/buyer-config.ts';
import { apex, leads, said } from './stub-buyers.ts';

const onSync = vi.hoisted(() => vi.fn<(fd: number) => void>());
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof FileSystem>();
  const fdatasyncSync = (fd: number) => {
    fs.fdatasyncSync(fd);
    onSync(fd);
  };
  return { ...fs, fdatasyncSync };
});
beforeEach(() => void onSync.mockReset());

test('bids a fixed amount, and the journal names the fields without their values', async () => {
  const { ping, lines, journal } = await apex({ ping: { bidCents: 1480 } });
  const answer = await ping('lead_1');
  expect(answer.status).toBe(200);
  expect(said(answer)).toEqual({
    status: 'bid',
    bid_cents: 1480,
    bid_id: expect.stringMatching(/^bid_apex_/),
  });
  expect(lines()).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      seq: 1,
      buyer: 'apex',
      kind: 'ping',
      leadId: 'lead_1',
      contract: null,
      key: 'lead_1/1',
      decision: 'bid',
      amountCents: 1480,
      fault: null,
      fields: ['state', 'zip', 'first_name'],
    },
  ]);
  expect(readFileSync(journal, 'utf8')).not.toContain('Ann');
});

test('draws bids, no-bids and rejections from buyer and lead, the same in every run', async () => {
  const mood: BuyerBehaviour = {
    ping: { bidCents: [1000, 1004], noBidShare: 0.25 },
    post: { rejectShare: 0.4 },
  };
  const run = async () => {
    const { ping, post } = await apex(mood);
    const bids = await Promise.all(leads(300).map(async (lead) => said(await ping(lead))));
    const posts = await Promise.all(leads(300).map(async (lead) => said(await post(lead))));
    return { bids, posts };
  };
  const { bids, posts } = await run();
  const amounts = bids.filter(({ status }) => status === 'bid').map((bid) => bid['bid_cents']);
  expect(new Set(amounts)).toEqual(new Set([1000, 1001, 1002, 1003, 1004]));
  expect(amounts.length / 300).toBeCloseTo(0.75, 1);
  expect(bids).toContainEqual({ status: 'no_bid', reason: 'outside_criteria' });
  expect(posts.filter(({ status }) => status === 'rejected').length / 300).toBeCloseTo(0.4, 1);
  expect(await run()).toEqual({ bids, posts });
});

test('bids nothing without an amount', async () => {
  const { ping } = await apex({ ping: { reason: 'budget_spent' } });
  expect(said(await ping('lead_1'))).toEqual({ status: 'no_bid', reason: 'budget_spent' });
});

test('accepts at the offered price, or names its own', async () => {
  const { post, lines, send } = await apex({});
  expect(said(await post('lead_1'))).toEqual({
    status: 'accepted',
    reference: expect.stringMatching(/^apex_/),
  });
  expect(lines()[0]).toMatchObject({
    kind: 'post',
    leadId: 'lead_1',
    contract: 'apex_auto',
    key: 'lead_1/apex_auto/1',
    decision: 'accepted',
    amountCents: 1480,
  });
  const own = await apex({ post: { acceptPriceCents: 1200 } });
  expect(said(await own.post('lead_2'))).toMatchObject({ status: 'accepted', price_cents: 1200 });
  expect(own.lines()[0]).toMatchObject({ amountCents: 1200 });
  expect((await send('/buyers/nobody/post', {})).status).toBe(404);
});

test('rejects when told to, and every third post when told that', async () => {
  const always = await apex({ post: { answer: 'reject', reason: 'duplicate' } });
  expect(said(await always.post('lead_1'))).toEqual({ status: 'rejected', reason: 'duplicate' });
  expect(always.lines()[0]).toMatchObject({ decision: 'rejected', amountCents: null });

  const third = await apex({ post: { rejectEvery: 3 } });
  const answers = [];
  for (const lead of leads(7)) answers.push(said(await third.post(lead))['status']);
  const [yes, no] = ['accepted', 'rejected'];
  expect(answers).toEqual([yes, yes, no, yes, yes, no, yes]);
});

test('fails the first deliveries of each lead, then takes them', async () => {
  const { crm, lines } = await apex({ crm: { failFirst: 2 } });
  const statuses = [];
  for (const lead of ['lead_1', 'lead_2', 'lead_1', 'lead_1', 'lead_2', 'lead_2']) {
    statuses.push((await crm(lead)).status);
  }
  expect(statuses).toEqual([500, 500, 500, 200, 500, 200]);
  expect(lines().map(({ decision }) => decision)).toEqual([
    ...['none', 'none', 'none', 'accepted', 'none', 'accepted'],
  ]);
});

test('a delivery needs no JSON: its key tells the lead', async () => {
  const { send, lines } = await apex({});
  const form = 'first_name=Ann&zip=78704';
  expect((await send('/buyers/apex/crm', form, { key: 'lead_1/apex_auto' })).status).toBe(200);
  expect(lines()[0]).toMatchObject({ kind: 'crm', leadId: 'lead_1', contract: 'apex_auto' });
});

test('waits as long as it was told, each lead its own time within a range', async () => {
  const { ping } = await apex({ ping: { bidCents: 100, delayMs: [50, 150] } });
  const took = await Promise.all(
    leads(8).map(async (lead) => {
      const start = performance.now();
      await ping(lead);
      return performance.now() - start;
    }),
  );
  expect(Math.min(...took)).toBeGreaterThanOrEqual(48);
  expect(Math.max(...took) - Math.min(...took)).toBeGreaterThan(10);
});

test('a post is journalled while its answer is still to come', async () => {
  const { post, lines } = await apex({ post: { delayMs: 400 } });
  let answered = 0;
  const answer = post('lead_1').finally(() => (answered = performance.now()));
  await vi.waitUntil(() => lines().length === 1, { timeout: 300, interval: 5 });
  expect(answered).toBe(0);
  expect(lines()[0]).toMatchObject({ decision: 'accepted' });
  expect(said(await answer)).toMatchObject({ status: 'accepted' });
});

test('a post is on disk before the first byte of its answer, a ping only if asked', async () => {
  const { ping, post, lines } = await apex({ ping: { bidCents: 100 } });
  const story: string[] = [];
  onSync.mockImplementation(() => void story.push(`synced ${lines().length} lines`));
  await ping('lead_1').then(() => story.push('ping answered'));
  await post('lead_1').then(() => story.push('post answered'));
  expect(story).toEqual(['ping answered', 'synced 2 lines', 'post answered']);

  const careful = await apex({ ping: { bidCents: 100 } }, { journalPings: 'fsync' });
  onSync.mockReset();
  await careful.ping('lead_1');
  expect(onSync).toHaveBeenCalledTimes(1);

  const silent = await apex({ ping: { bidCents: 100 } }, { journalPings: 'off' });
  await silent.ping('lead_1');
  expect(silent.lines()).toEqual([]);
});

test('refuses what no buyer could act on, and says so in the journal', async () => {
  const { send, lines, pool } = await apex({ ping: { bidCents: 100 } });
  expect((await send('/buyers/apex/ping', 'not json')).status).toBe(400);
  expect((await send('/buyers/apex/ping', { fields: {} })).status).toBe(400);
  expect(
    (await send('/buyers/apex/post', { lead_id: 'lead_1' }, { key: 'lead_1/c/1' })).status,
  ).toBe(400);
  expect(lines()).toMatchObject([
    { kind: 'ping', decision: 'none', fault: 'unreadable' },
    { kind: 'ping', decision: 'none', fault: 'unreadable' },
    { kind: 'post', decision: 'none', fault: 'unreadable', leadId: 'lead_1' },
  ]);
  const got = await pool.request({ path: '/buyers/apex/ping', method: 'GET' });
  expect(got.statusCode).toBe(405);
  await got.body.dump();
});

test('a buyer is replaced at once, with fresh counts, or refused with the reason', async () => {
  const { pool, post, send, lines } = await apex({ post: { answer: 'reject' } });
  const put = async (name: string, behaviour: unknown) => {
    const { statusCode, body } = await pool.request({
      path: `/control/buyers/${name}`,
      method: 'PUT',
      body: JSON.stringify(behaviour),
    });
    return { status: statusCode, text: await body.text() };
  };
  expect(said(await post('lead_1'))['status']).toBe('rejected');
  expect((await put('apex', { post: { rejectEvery: 2 } })).status).toBe(200);
  expect(said(await post('lead_2'))['status']).toBe('accepted');
  expect(said(await post('lead_3'))['status']).toBe('rejected');

  const refused = await put('apex', { post: { rejectEvry: 2 } });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('rejectEvry');
  expect((await put('apex', 7)).status).toBe(400);
  expect(lines()).toHaveLength(3);

  expect((await put('summit', { ping: { bidCents: 900 } })).status).toBe(200);
  const bid = await send('/buyers/summit/ping', { ping_id: 'lead_4/1', fields: {} });
  expect(said(bid)['bid_cents']).toBe(900);
});

test('the journal can be read over HTTP, by kind and buyer', async () => {
  const { pool, ping, post } = await apex({ ping: { bidCents: 100 } });
  await ping('lead_1');
  await post('lead_1');
  const count = async (query: string) => {
    const path = `/control/journal${query}`;
    const { body } = await pool.request({ path, method: 'GET' });
    return ((await body.json()) as unknown[]).length;
  };
  expect(await count('')).toBe(2);
  expect(await count('?kind=post&buyer=apex')).toBe(1);
  expect(await count('?kind=post&buyer=summit')).toBe(0);
  const deleted = await pool.request({ path: '/control/journal', method: 'DELETE' });
  expect(deleted.statusCode).toBe(404);
  await deleted.body.dump();
});

test('a faulty configuration is refused with every fault and its path', () => {
  const faulty = { buyers: { apex: { ping: { bidCents: [5, 2] }, post: { rejectShare: 2 } } } };
  expect(() => parseBuyersConfig(faulty)).toThrow(
    /apex\.ping\.bidCents[^]*apex\.post\.rejectShare/,
  );
  expect(() => parseBuyersConfig({ buyers: { 'Apex Inc': {} } })).toThrow(/a-z/);
});
