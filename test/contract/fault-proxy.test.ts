// Goal: the fault proxy does what its journal says, so that other tests may count on it; and a
// call through it ends in time with the right word, whatever is done to it. Rows F19 to F23.

import { expect, onTestFinished, test } from 'vitest';

import { createHttp } from '../../src/activities/http.ts';
import { type Passage, type Script, startFaultProxy } from '../support/fault-proxy.ts';
import { harmPosts, LOSSES, PASS } from '../support/fault-script.ts';
import { until } from '../support/until.ts';
import { apex } from './stub-buyers.ts';

/** A buyer behind a proxy with this script, and a client that may call it. */
async function behind(script: Script) {
  const buyer = await apex({});
  const proxy = await startFaultProxy(`127.0.0.1:${buyer.server.port}`, script);
  const http = createHttp({ allowPrivate: new Set([proxy.address]), allowHttp: false });
  onTestFinished(async () => {
    await http.close();
    await proxy.close();
  });
  const post = (n: number, timeoutMs = 5_000) => {
    const body = JSON.stringify({ lead_id: `lead_${n}`, contract: 'apex', price_cents: 900 });
    const headers = { 'content-type': 'application/json', 'idempotency-key': `lead_${n}/apex/1` };
    const url = `http://${proxy.address}/buyers/apex/post`;
    return http.send({ method: 'POST', url, headers, body }, { timeoutMs });
  };
  return { buyer, proxy, post };
}

test.for(LOSSES)('after %j nobody knows, and it is over in time', async (fault) => {
  const { buyer, proxy, post } = await behind(() => fault);
  const waits = ['swallow', 'half_open', 'drip'].includes(fault.kind);
  const reply = await post(1, waits ? 500 : 5_000);
  const reason = waits ? 'late' : 'connection_lost';
  expect(reply).toMatchObject({ kind: 'lost', reason });

  const kept = ['swallow'].includes(fault.kind) || ('at' in fault && fault.at === 'request');
  await until('the buyer has what it was sent', () => buyer.lines().length === (kept ? 0 : 1));
  const passage = await until('the passage has ended', () => {
    const [first, ...more] = proxy.passages();
    return more.length === 0 && first?.end && first;
  });
  const end: Passage['end'] = ['swallow', 'half_open'].includes(fault.kind) ? 'left' : 'harmed';
  expect(passage).toMatchObject({ path: '/buyers/apex/post', key: 'lead_1/apex/1', end });
  expect(passage.forwarded > 0).toBe(!kept);
});

test('what passes is answered whole, each request for itself', async () => {
  const { buyer, proxy, post } = await behind((_, nth) =>
    nth === 2 ? { kind: 'latency', ms: 20 } : PASS,
  );
  for (let n = 1; n <= 3; n += 1) expect((await post(n)).kind).toBe('answer');
  expect(buyer.lines()).toHaveLength(3);
  const told = proxy.passages().map(({ nth, key, end }) => [nth, key, end]);
  expect(told).toEqual([1, 2, 3].map((n) => [n, `lead_${n}/apex/1`, 'whole']));
});

test('a script is the same for the same seed, and harms its share of posts and no ping', () => {
  const faultsOf = (seed: number) => {
    const harm = harmPosts(seed, 0.2);
    const asked = (kind: string) => harm({ path: `/buyers/apex/${kind}`, key: null });
    expect(asked('ping')).toBe(PASS);
    return Array.from({ length: 2_000 }, () => asked('post'));
  };
  const first = faultsOf(7);
  expect(faultsOf(7)).toEqual(first);
  expect(faultsOf(8)).not.toEqual(first);
  const harmed = first.filter((fault) => fault !== PASS);
  expect(harmed.length / first.length).toBeCloseTo(0.2, 1);
  expect(new Set(harmed).size).toBe(LOSSES.length);
});
