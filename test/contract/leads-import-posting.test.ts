// Goal: whatever happens on the way, each row of a file becomes one lead, once, and its sender can
// read what became of it. Method: the application behind a front that loses answers, is busy,
// breaks or is away; what the application stored is the witness.

import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { type Stand, startStand } from './api-stand.ts';
import { keys } from './intake-world.ts';
import { runImport, write } from './leads-import.ts';

/** What the front does with a request: the n-th one, with this key. */
type Mood = (
  n: number,
  key: string,
) => 'pass' | 'lose' | { status: number; retryAfter?: string; body?: string };

let stand: Stand;
let front: { url: string; server: Server; at: number[] };
let mood: Mood;

beforeAll(async () => {
  stand = await startStand();
  const at: number[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => void chunks.push(chunk));
    req.on('end', () => {
      const isPost = req.method === 'POST';
      if (isPost) at.push(performance.now());
      const key = String(req.headers['idempotency-key'] ?? req.url);
      // What the campaign asks is told before anything goes wrong.
      const does = key.endsWith('/fields') ? 'pass' : mood(at.length, key);
      if (typeof does === 'object') {
        const headers = does.retryAfter ? { 'retry-after': does.retryAfter } : {};
        res.writeHead(does.status, headers).end(does.body ?? '{"code":"unavailable"}');
        return;
      }
      void fetch(stand.url + String(req.url), {
        method: String(req.method),
        headers: req.headers as Record<string, string>,
        ...(isPost && { body: Buffer.concat(chunks) }),
      }).then(async (reply) => {
        const text = await reply.text();
        // The lead is stored, and nobody is told.
        if (does === 'lose') req.socket.destroy();
        else res.writeHead(reply.status, { 'content-type': 'application/json' }).end(text);
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  front = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, at };
});
beforeEach(() => {
  stand.leads.length = 0;
  front.at.length = 0;
  stand.outcome = { kind: 'unsold', reason: 'no_bids' };
  mood = calm;
});
afterAll(async () => {
  front.server.closeAllConnections();
  front.server.close();
  await stand.close();
});
const calm: Mood = () => 'pass';

const ROWS = 60;
const numbers = Array.from({ length: ROWS }, (_, n) => n + 2);
const fileOf = (rows = numbers) =>
  write(`first_name,phone,zip\n${rows.map((n) => `Ann${n},51255501${n},78701`).join('\n')}\n`);

/** Each row of the file is one lead under one key, and none is missing. */
function expectEachOnce(rows = numbers) {
  const sent = stand.leads.map(({ draft }) => draft.raw['first_name']);
  expect(sent.toSorted()).toEqual(rows.map((n) => `Ann${n}`).toSorted());
  expect(new Set(stand.leads.map(({ key }) => key?.key)).size).toBe(rows.length);
}

const leadOfRow = (row: number) =>
  stand.leads.find(({ draft }) => draft.raw['first_name'] === `Ann${row}`)?.id;

test('posts each row and writes down its lead, its status and its reason', async () => {
  const { text, end, results } = await runImport(fileOf(), front.url);
  expectEachOnce();
  expect(end).toBe('whole');
  expect(text).toContain(`${ROWS} rows in`);
  expect([...results.keys()].toSorted((a, b) => a - b)).toEqual(numbers);
  for (const [row, { lead, status, says }] of results) {
    expect([lead, status, says]).toEqual([leadOfRow(row), 'unsold', 'no_bids,,']);
  }
});

test('a file that is sent twice makes no second lead, with its result file or without', async () => {
  const file = fileOf();
  const first = await runImport(file, front.url);
  const again = await runImport(file, front.url);
  expect(front.at.length).toBe(ROWS);
  expect(again.text).toContain(`${ROWS} in earlier runs`);
  rmSync(first.resultFile);
  const anew = await runImport(file, front.url);
  expect(front.at.length).toBe(2 * ROWS);
  expectEachOnce();
  expect(anew.results.get(7)).toEqual(first.results.get(7));
});

test('goes on after an end in the middle, with answers lost and a line cut off', async () => {
  const file = fileOf();
  // Every third answer is lost; from the 40th request on nobody answers.
  mood = (n) => (n >= 40 ? { status: 503 } : n % 3 === 0 ? 'lose' : 'pass');
  const options = { wait: 0.5 };
  await expect(runImport(file, front.url, { options })).rejects.toMatchObject({
    hint: expect.stringContaining('goes on where it stopped') as string,
  });
  const result = `${file}.result.csv`;
  const lines = readFileSync(result, 'utf8');
  writeFileSync(result, lines.slice(0, Math.floor(lines.length * 0.6)));
  mood = (n) => (n % 4 === 0 ? 'lose' : 'pass');
  const { results, end } = await runImport(file, front.url);
  expectEachOnce();
  expect(end).toBe('whole');
  expect(results.size).toBe(ROWS);
  for (const [row, { lead }] of results) expect(lead).toBe(leadOfRow(row));
});

test('a stop lets the rows under way end, and the next run does the others', async () => {
  const file = fileOf();
  const stop = new AbortController();
  mood = (n) => {
    if (n === 20) stop.abort();
    return 'pass';
  };
  const stopped = await runImport(file, front.url, { from: { signal: stop.signal } });
  expect(stopped.end).toBe('stopped');
  expect(stopped.text).toContain('run the same command again');
  // What was begun has its line, and nothing else was begun.
  expect(stopped.results.size).toBe(front.at.length);
  expect(front.at.length).toBeLessThan(20 + 4);
  mood = calm;
  await runImport(file, front.url);
  expect(front.at.length).toBe(ROWS);
  expectEachOnce();
});

test.for([429, 503])('waits as long as HTTP %i asks, all rows together', async (status) => {
  mood = (n) => (n === 10 ? { status, retryAfter: '2' } : 'pass');
  const { said, end } = await runImport(fileOf(), front.url);
  expectEachOnce();
  expect(end).toBe('whole');
  expect(said.join()).toContain(`answers HTTP ${status}: waiting for it`);
  // Rows under way beside the tenth come to their end; the next ones begin after the pause.
  const gap = Math.max(...front.at.map((at, n) => at - (front.at[n - 1] ?? at)));
  expect(gap).toBeGreaterThan(1_900);
});

test('has as many rows under way as it may, and never more', async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  const slow = createServer((req, res) => {
    if (req.method === 'GET') {
      void fetch(stand.url + String(req.url), { headers: req.headers as Record<string, string> })
        .then((reply) => reply.text())
        .then((text) => res.end(text));
      return;
    }
    const answer = '{"id":"lead_1","status":"unsold","reason":"no_bids"}';
    req.resume().on('end', () => {
      waiting.push(() => res.end(answer));
      most = Math.max(most, waiting.length);
      // All are held until the third is there, and a while longer: a fourth would show.
      if (waiting.length !== 3) return;
      setTimeout(() => waiting.splice(0).forEach((go) => go()), 5);
    });
  });
  await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
  const { results } = await runImport(fileOf(), url, { options: { concurrency: 3 } });
  slow.closeAllConnections();
  slow.close();
  expect([results.size, most]).toEqual([ROWS, 3]);
});

test('a server that is away ends the run, and says what to do', async () => {
  mood = (n) => (n > 5 ? 'lose' : 'pass');
  const said = runImport(fileOf(), front.url, { options: { wait: 0.3 } });
  await expect(said).rejects.toThrow(/no answer from http.*\n.*unsold +\d.*\n.*result\.csv/);
});

test('one row that breaks the server does not hold up the others, and is tried again', async () => {
  const file = fileOf();
  mood = (_, key) =>
    key.endsWith('/33') ? { status: 500, body: '{"code":"internal_error"}' } : 'pass';
  const { results, end, text } = await runImport(file, front.url);
  expect(results.get(33)).toMatchObject({ status: 'failed', lead: '' });
  expect([end, results.size]).toEqual(['some_not', ROWS]);
  expect(text).toContain('run the same command again');
  mood = calm;
  const again = await runImport(file, front.url);
  expect(again.results.get(33)).toMatchObject({ status: 'unsold', lead: leadOfRow(33) });
  expect(again.end).toBe('whole');
  expectEachOnce();
});

test('a server that breaks on every row ends the run', async () => {
  mood = () => ({ status: 500, body: '{"code":"internal_error"}' });
  await expect(runImport(fileOf(), front.url)).rejects.toThrow('20 rows in a row failed');
});

test('leads that were pending are asked for by the next run', async () => {
  const file = fileOf([11, 12, 13]);
  stand.outcome = 'pending';
  const first = await runImport(file, front.url);
  expect([...first.results.values()].map(({ status }) => status)).toEqual(Array(3).fill('pending'));
  const told = (n: number) => ({ id: leadOfRow(n), status: 'sold', payout_cents: 100 * n });
  mood = (_, path) => {
    const row = [11, 12].find((n) => path.endsWith(String(leadOfRow(n))));
    if (row !== undefined) return { status: 200, body: JSON.stringify(told(row)) };
    const body = JSON.stringify({ id: leadOfRow(13), status: 'pending' });
    return path.startsWith('/v1/leads/') ? { status: 200, body } : 'pass';
  };
  const { results, text } = await runImport(file, front.url);
  expect([11, 12, 13].map((row) => results.get(row - 9)?.status)).toEqual([
    ...['sold', 'sold', 'pending'],
  ]);
  expect(text).toMatch(/sold +2 +\$23\.00 earned\n +pending +1/);
  expect(stand.leads.length).toBe(3);
});

test('another --map makes no second lead of a row', async () => {
  const file = write('first_name,phone,zip,Note\nAnn7,5125550107,78701,x\n');
  await runImport(file, front.url);
  rmSync(`${file}.result.csv`);
  const { results } = await runImport(file, front.url, { options: { map: ['Note=state'] } });
  expect(results.get(2)).toMatchObject({ status: 'refused' });
  expect(results.get(2)?.says).toContain('was posted before, with other columns');
  expect(stand.leads.length).toBe(1);
});

test('a test import and a real one are two', async () => {
  const file = fileOf([11]);
  await runImport(file, front.url, { options: { test: true, result: `${file}.test.csv` } });
  await runImport(file, front.url);
  expect(stand.leads.map(({ draft }) => draft.test)).toEqual([true, false]);
});

test('the result of another file is not gone on from, nor another file written over', async () => {
  const file = fileOf();
  await runImport(file, front.url);
  appendFileSync(file, 'Ann99,5125550199,78701\n');
  const changed = runImport(file, front.url);
  await expect(changed).rejects.toThrow('the result of another file or campaign');
  const onto = runImport(file, front.url, { options: { result: file } });
  await expect(onto).rejects.toThrow('is not the result of an import');
  expect(stand.leads.length).toBe(ROWS);
});

test('a wrong key, source or campaign is told before anything is posted', async () => {
  const file = fileOf();
  const as = (sourceKey: string, options = {}) =>
    runImport(file, front.url, { options, from: { sourceKey } });
  await expect(as('sk_wrong')).rejects.toMatchObject({
    hint: expect.stringContaining('SLUICE_SOURCE_KEY') as string,
  });
  await expect(as(keys.other, { source: 'acme' })).rejects.toThrow('that of other, not of acme');
  await expect(as(keys.operator)).rejects.toThrow('that of an operator');
  await expect(as(keys.acme, { campaign: 'none' })).rejects.toThrow('use one of: auto_insurance');
  await expect(as(keys.acme, { campaign: 'home' })).rejects.toThrow('use one of: auto_insurance');
  await expect(as(keys.paused)).rejects.toThrow('source is paused');
  expect(stand.leads).toEqual([]);
});
