// The bad manners of the stand-in buyers, each met over a real socket as a client meets it, and
// each found in the journal under its own name.

import { expect, test, vi } from 'vitest';
import { apex, leads, said } from './stub-buyers.ts';

const TOO_LONG_MS = 700;

const answered: [fault: 'garbage' | 'html' | 'empty', type: string, text: RegExp][] = [
  ['garbage', 'application/json', /^\0.*accepted/],
  ['html', 'text/html', /^<!doctype html>/],
  ['empty', 'application/json', /^$/],
];
test.for(answered)(
  'fault %s answers 200 with nothing to understand',
  async ([fault, type, text]) => {
    const { ping, post, lines } = await apex({ ping: { bidCents: 100, fault }, post: { fault } });
    for (const answer of [await ping('lead_1'), await post('lead_1')]) {
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe(type);
      expect(answer.text).toMatch(text);
      expect(() => said(answer)).toThrow(SyntaxError);
    }
    expect(lines()).toMatchObject([
      { kind: 'ping', decision: 'none', amountCents: null, fault },
      { kind: 'post', decision: 'none', amountCents: null, fault },
    ]);
  },
);

test('fault status answers 503 or what it was told, and redirect points elsewhere', async () => {
  const plain = await apex({ post: { fault: 'status' } });
  expect((await plain.post('lead_1')).status).toBe(503);
  const told = await apex({ post: { fault: 'status', status: 429 } });
  expect((await told.post('lead_1')).status).toBe(429);
  const away = await apex({ post: { fault: 'redirect', redirectTo: 'http://127.0.0.1:9/x' } });
  const answer = await away.post('lead_1');
  expect(answer.status).toBe(307);
  expect(answer.headers['location']).toBe('http://127.0.0.1:9/x');
  expect(away.lines()).toMatchObject([{ decision: 'none', fault: 'redirect' }]);
});

test.for(['reset', 'reset_after_body'] as const)(
  'fault %s resets the connection',
  async (fault) => {
    const { ping, post, lines } = await apex({ ping: { fault }, post: { fault } });
    await expect(ping('lead_1')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(post('lead_2')).rejects.toMatchObject({ code: 'ECONNRESET' });
    // Reset before its body is read, a ping has not told its lead; a post has, in its key.
    const pinged = fault === 'reset' ? '' : 'lead_1';
    expect(lines()).toMatchObject([
      { kind: 'ping', leadId: pinged, decision: 'none', fault },
      { kind: 'post', leadId: 'lead_2', contract: 'apex_auto', decision: 'none', fault },
    ]);
  },
);

test('fault cut ends in the middle of the JSON', async () => {
  const { post, lines } = await apex({ post: { fault: 'cut' } });
  await expect(post('lead_1')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  expect(lines()).toMatchObject([{ decision: 'none', fault: 'cut' }]);
});

test.for(['hang', 'slow_headers', 'drip'] as const)(
  'fault %s never ends, and closing the buyers ends it',
  async (fault) => {
    const { ping, post, lines, server } = await apex({ ping: { fault }, post: { fault } });
    const gaveUp = await post('lead_1', TOO_LONG_MS).catch((error: unknown) => error);
    expect(gaveUp).toMatchObject({ name: 'TimeoutError' });
    expect(lines()).toMatchObject([{ decision: 'none', fault }]);
    const hanging = ping('lead_1').catch(() => 'cut off');
    await vi.waitUntil(() => lines().length === 2);
    await server.close();
    expect(await hanging).toBe('cut off');
  },
);

test('fault drip sends one byte at a time: a pause between bytes is no limit', async () => {
  const { pool } = await apex({ post: { fault: 'drip' } });
  const { statusCode, body } = await pool.request({
    path: '/buyers/apex/post',
    method: 'POST',
    body: JSON.stringify({ lead_id: 'lead_1', price_cents: 1 }),
    bodyTimeout: 450, // More than the pause, so it never strikes.
    signal: AbortSignal.timeout(1000),
  });
  expect(statusCode).toBe(200);
  const chunks: string[] = [];
  const read = async () => {
    for await (const chunk of body) chunks.push(String(chunk));
  };
  await expect(read()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(chunks.length).toBeGreaterThanOrEqual(2);
  expect('{"status":'.startsWith(chunks.join(''))).toBe(true);
  expect(chunks.every((chunk) => chunk.length === 1)).toBe(true);
});

test('fault huge streams until it is cut off', async () => {
  const { pool, ping, lines } = await apex({ post: { fault: 'huge' }, ping: { bidCents: 100 } });
  const { body } = await pool.request({
    path: '/buyers/apex/post',
    method: 'POST',
    body: JSON.stringify({ lead_id: 'lead_1', price_cents: 1 }),
  });
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > 8_000_000) break;
  }
  expect(bytes).toBeGreaterThan(8_000_000);
  expect(lines()).toMatchObject([{ decision: 'none', fault: 'huge' }]);
  expect((await ping('lead_2')).status).toBe(200);
});

test.for(['accept_then_hang', 'accept_then_reset'] as const)(
  'fault %s has accepted, and never says so',
  async (fault) => {
    const { post, lines } = await apex({ post: { fault } });
    await expect(post('lead_1', 300)).rejects.toThrow();
    const [line] = lines();
    expect(line).toMatchObject({ decision: 'accepted', amountCents: 1480, fault });
  },
);

test('a share of the leads meets the fault, at the ping others than at the post', async () => {
  const half = { fault: 'reset', faultShare: 0.5 } as const;
  const { ping, post, lines } = await apex({ ping: { bidCents: 100, ...half }, post: half });
  await Promise.allSettled(leads(200).map((lead) => ping(lead)));
  await Promise.allSettled(leads(200).map((lead) => post(lead)));
  const faulty = (kind: string) =>
    lines().flatMap((line) => (line.kind === kind && line.fault ? [line.leadId] : []));
  const [pings, posts] = [faulty('ping'), faulty('post')];
  expect(pings.length / 200).toBeCloseTo(0.5, 1);
  expect(posts.length / 200).toBeCloseTo(0.5, 1);
  expect(new Set([...pings, ...posts]).size / 200).toBeCloseTo(0.75, 1);
  expect(pings).not.toContain('');
});

test('hangs for the first requests only', async () => {
  const { post, lines } = await apex({ post: { hangFirst: 2 } });
  for (const lead of ['lead_1', 'lead_2']) await expect(post(lead, 150)).rejects.toThrow();
  expect(said(await post('lead_3'))).toMatchObject({ status: 'accepted' });
  expect(lines().map(({ fault }) => fault)).toEqual(['hang', 'hang', null]);
});
