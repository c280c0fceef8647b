// Goal: a file of leads with bad rows and people who come twice is posted whole although the
// command is killed on the way, and what its result file says is what the database holds. Method:
// the built command in a process of its own, killed by SIGKILL, against a real serve.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

import { sluiceArgs } from '../../src/cli/serve-args.ts';
import { until } from '../support/until.ts';
import { worldTest } from '../support/world.ts';
import { SOURCE_KEY } from '../support/world-draft.ts';

const test = worldTest();

const ROWS = 300;
type Kind = 'good' | 'invalid' | 'twice' | 'unreadable';

/** So many rows lie between two of one person that they are never under way together. */
const APART = 101;

/** Of ten rows one has a bad phone, one that of an earlier row, one too few cells. */
function kindOf(n: number): Kind {
  if (n % 10 === 3) return 'invalid';
  if (n % 10 === 9) return 'unreadable';
  return n % 10 === 6 && n > APART + 2 ? 'twice' : 'good';
}

function lineOf(n: number): string {
  const kind = kindOf(n);
  const phone = `512556${String(kind === 'twice' ? n - APART : n).padStart(4, '0')}`;
  if (kind === 'unreadable') return `row ${n},${phone}`;
  return `row ${n},${kind === 'invalid' ? '911' : phone},78704,TX,"note ${n}, in\ntwo lines"`;
}

interface Line {
  readonly lead: string;
  readonly status: string;
  readonly payout: string;
}

/** Of a row that has several lines the last one counts. */
function readResults(file: string): ReadonlyMap<number, Line> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
  return new Map(
    lines.map((line) => {
      const [row, lead = '', status = '', , payout = ''] = line.split(',');
      return [Number(row), { lead, status, payout }] as const;
    }),
  );
}

test('a killed import goes on, and each row is one lead or told why not', async ({ world }) => {
  const buyer = await world.buyer({ priceCents: 500 });
  const campaign = await world.campaign([{ method: 'waterfall', buyers: [buyer] }], {
    duplicates: { by: [['phone']], within: '1d' },
  });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-csv-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'leads.csv');
  const numbers = Array.from({ length: ROWS }, (_, n) => n + 2);
  writeFileSync(file, `First Name,Mobile,ZIP,State,Note\n${numbers.map(lineOf).join('\n')}\n`);
  const start = () => {
    const options = ['--campaign', campaign.id, '--map', 'Mobile=phone', '--concurrency', '4'];
    const args = [...sluiceArgs('leads'), 'import', file, ...options];
    const [serve] = world.processes;
    const env = {
      PATH: process.env['PATH'],
      SLUICE_URL: serve?.url,
      SLUICE_SOURCE_KEY: SOURCE_KEY,
    };
    return spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  };

  const resultFile = `${file}.result.csv`;
  const killed = start();
  await until(
    'a third of the rows have ended',
    () => existsSync(resultFile) && readFileSync(resultFile, 'utf8').split('\n').length > ROWS / 3,
    30_000,
  );
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(readResults(resultFile).size).toBeLessThan(ROWS);

  const again = start();
  let text = '';
  again.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(again, 'exit')) as [number];
  expect([code, text]).toEqual([1, expect.stringContaining('in earlier runs')]);

  const results = readResults(resultFile);
  const stored = await world.rows<{ id: string; name: string; outcome: { kind: string } | null }>(
    `select id, raw->>'first_name' as name, outcome from leads where campaign_id = $1`,
    [campaign.id],
  );
  const posted = numbers.filter((n) => kindOf(n) !== 'unreadable');
  expect(stored.map(({ name }) => name).toSorted()).toEqual(
    posted.map((n) => `row ${n}`).toSorted(),
  );
  for (const n of numbers) {
    const lead = stored.find(({ name }) => name === `row ${n}`);
    const told = results.get(n);
    const wanted = { good: 'sold', invalid: 'rejected', twice: 'duplicate', unreadable: '' };
    expect([n, told?.lead]).toEqual([n, lead?.id ?? '']);
    expect([n, told?.status]).toEqual([n, wanted[kindOf(n)] || 'unreadable']);
    expect([n, lead?.outcome?.kind ?? '']).toEqual([n, wanted[kindOf(n)]]);
    expect(told?.payout).toBe(kindOf(n) === 'good' ? '400' : '');
  }
  // The buyer's own journal: each good row once.
  expect(buyer.lines('post').length).toBe(posted.filter((n) => kindOf(n) === 'good').length);
}, 120_000);
