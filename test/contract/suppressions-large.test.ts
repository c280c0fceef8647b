// A large file for a suppression list: read by the command, and sent in the order of the index. It
// comes to the same as a small one, and leaves nothing behind on the disk.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openHeaps } from '../../src/cli/suppress/heaps.ts';
import { importFile, type Progress } from '../../src/cli/suppress/import.ts';
import { readConfig } from '../../src/config.ts';
import type { Addition } from '../../src/db/suppressions/add.ts';
import { call, type Stand, startStand } from './api-stand.ts';
import { keys } from './intake-world.ts';
import { suppressionsInMemory } from './suppressions-in-memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-large-'));
const additions: Addition[] = [];
let stand: Stand;
beforeAll(async () => {
  const suppressions = suppressionsInMemory();
  const add: typeof suppressions.add = (addition) => {
    additions.push(addition);
    return suppressions.add(addition);
  };
  stand = await startStand({ suppressions: { ...suppressions, add } });
});
afterAll(() => stand.close());

/** Imports as a large file, or as a small one; returns what is said of the rows. */
async function importText(text: string, list: string, of: { large: boolean; column?: string }) {
  const file = join(folder, `${list}.csv`);
  writeFileSync(file, text);
  const told: Progress[] = [];
  const env = { SLUICE_URL: stand.url, SLUICE_OPERATOR_KEY: keys.operator };
  const options = { kind: 'phone', list, hashed: false, dryRun: false } as const;
  const said = await importFile(
    file,
    { ...options, ...(of.column && { column: of.column }) },
    {
      ...{ config: readConfig({ SLUICE_DATA_DIR: '/nowhere' }), env, now: () => 0 },
      onProgress: (one) => void told.push(one),
      largeBytes: of.large ? 0 : Infinity,
    },
  );
  return { file, told, rows: said.split('\n').slice(1).join('\n').replaceAll(file, 'file') };
}

const ROWS = 30_000;
const lines = Array.from({ length: ROWS }, (_, index) => `Ann,512556${1000 + (index % 9000)},x`);
lines[28_500] = 'Bob,none,x';
const text = ['name,phone,note', ...lines].join('\n');

test('a large file comes to the same as a small one, bad rows and repeated ones included', async () => {
  const small = await importText(text, 'small', { large: false });
  const large = await importText(text, 'large', { large: true });
  expect(large.rows).toBe(small.rows);
  expect(large.rows).toMatch(/added {2}9000\n.* 20999\n.*bad rows {2}1,/);
  const bad = readFileSync(`${large.file}.bad-rows.csv`, 'utf8');
  expect(bad).toBe(readFileSync(`${small.file}.bad-rows.csv`, 'utf8'));
  expect(bad).toContain('\n28502,');
  const found = await call(stand, 'GET /v1/suppressions/check?kind=phone&value=5125561000', {
    by: 'operator',
  });
  expect(found.body).toMatchObject({ lists: [{ list: 'small' }, { list: 'large' }] });
});

test('it is read, and then sent in the order of the index', async () => {
  additions.length = 0;
  const { told } = await importText(text, 'ordered', { large: true });
  expect([...new Set(told.map(({ doing }) => doing))]).toEqual(['reading', 'adding']);
  expect(told.at(-1)).toMatchObject({ rows: ROWS - 1, percent: 100 });
  const first = additions.flatMap(({ hashes }) =>
    Array.from({ length: hashes.length / 16 }, (_, index) => hashes[index * 16] ?? 0),
  );
  expect(first).toHaveLength(ROWS - 1);
  expect(first).toEqual(first.toSorted((a, b) => a - b));
});

test('a column that it does not have is told as the server would tell it', async () => {
  const refused = importText(text, 'lost', { large: true, column: 'mobile' });
  await expect(refused).rejects.toThrow('column: is not in the first row');
});

test('heaps larger than what is kept in memory come back whole', async () => {
  const hashes = Array.from({ length: 20_000 }, (_, index) => {
    const hash = createHash('sha256').update(String(index)).digest().subarray(0, 16);
    // All but a few on one heap: it fills its block several times.
    if (index % 10 !== 0) hash[0] = 7;
    return hash;
  });
  const heaps = await openHeaps();
  for (let at = 0; at < hashes.length; at += 300) {
    await heaps.add(Buffer.concat(hashes.slice(at, at + 300)));
  }
  const parts: Buffer[] = [];
  for await (const part of heaps.parts(128 * 1024)) parts.push(part);
  await heaps.close();
  expect(Math.max(...parts.map(({ length }) => length))).toBe(128 * 1024);
  const back = Buffer.concat(parts).toString('hex').match(/.{32}/g) ?? [];
  expect(back.toSorted()).toEqual(hashes.map((hash) => hash.toString('hex')).toSorted());
});

test('a body that is no whole number of hashes is refused', async () => {
  for (const size of [0, 15, 17]) {
    const answer = await call(stand, 'POST /v1/suppressions/imports?list=dnc&kind=phone', {
      ...{ by: 'operator', body: Buffer.alloc(size, 1) },
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ field: 'body' }] }]);
  }
});
