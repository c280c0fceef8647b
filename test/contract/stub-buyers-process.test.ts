// The stand-in buyers as a process: how it starts, fails and ends, and how its journal outlives it.

import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';
import { expect, onTestFinished, test } from 'vitest';
import {
  acceptedByBuyer,
  acceptedByLead,
  openJournal,
  postsPerLeadAndContract,
  readJournal,
} from '../../src/demo/buyer-journal.ts';
import type { JournalLine } from '../../src/demo/buyer-journal.ts';
import { callers, folder, said } from './stub-buyers.ts';

const LINE: JournalLine = {
  at: '2026-01-05T10:00:00.000Z',
  seq: 1,
  buyer: 'apex',
  kind: 'post',
  leadId: 'lead_1',
  contract: 'c',
  key: 'lead_1/c/1',
  decision: 'accepted',
  amountCents: 1480,
  fault: null,
  fields: [],
};

test('a journal goes on where it ended, without the line that a crash left unfinished', () => {
  const file = join(folder(), 'journal.jsonl');
  const { at, seq, ...line } = LINE;
  const write = () => {
    const journal = openJournal(file);
    journal.append(line, 'fsync');
    journal.close();
  };
  write();
  appendFileSync(file, `{"at":"${at}","seq":${seq + 1},"buy`);
  expect(readJournal(file)).toHaveLength(1);
  write();
  expect(readJournal(file).map((read) => read.seq)).toEqual([1, 2]);
});

test('the summaries count accepted posts, and posts whatever their answer', () => {
  const lines: JournalLine[] = [
    LINE,
    { ...LINE, key: 'lead_1/c/2', amountCents: 1200, fault: 'accept_then_hang' },
    { ...LINE, contract: 'd', decision: 'rejected', amountCents: null },
    { ...LINE, leadId: 'lead_2', decision: 'none', amountCents: null, fault: 'hang' },
    { ...LINE, leadId: 'lead_2', kind: 'crm', amountCents: null },
    { ...LINE, leadId: 'lead_2', kind: 'ping', contract: null, decision: 'bid' },
  ];
  expect(acceptedByLead(lines)).toEqual(new Map([['lead_1', lines.slice(0, 2)]]));
  expect(acceptedByBuyer(lines)).toEqual(new Map([['apex', { leads: 2, amountCents: 2680 }]]));
  expect(postsPerLeadAndContract(lines)).toEqual(
    new Map([
      ['lead_1/c', 2],
      ['lead_1/d', 1],
      ['lead_2/c', 1],
    ]),
  );
});

/** The process, compiled on the spot: this shelf runs without a build. */
function compiled(): string {
  const out = folder();
  const source = resolve('src/demo');
  symlinkSync(resolve('node_modules'), join(out, 'node_modules'));
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  for (const file of readdirSync(source).filter((name) => name.startsWith('buyer-'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, file), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    writeFileSync(join(out, file.replace(/\.ts$/, '.js')), outputText);
  }
  return out;
}

function start(dir: string, ...more: string[]) {
  const config = join(dir, 'buyers.json');
  writeFileSync(config, JSON.stringify({ buyers: { apex: { ping: { bidCents: 700 } } } }));
  const files = ['--journal', join(dir, 'journal.jsonl'), '--config', config];
  const child = spawn(process.execPath, [join(dir, 'buyer-process.js'), ...files, ...more]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += String(text)));
  const firstLine = new Promise<string>((done) =>
    createInterface({ input: child.stdout }).once('line', done),
  );
  return { child, ended, firstLine, stderr: () => stderr };
}

test('the process says where it listens, names a taken port, ends with its parent', async () => {
  const dir = compiled();
  const first = start(dir, '--port', '0', '--with-parent');
  const ready = await first.firstLine;
  const port = /^buyers listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(ready)?.[1] ?? '';
  const bid = await callers(Number(port)).ping('lead_1');
  expect(said(bid)['bid_cents']).toBe(700);

  const second = start(dir, '--port', port);
  expect(await second.ended).toBe(1);
  expect(second.stderr()).toBe(
    `buyers: port ${port} is taken: set SLUICE_DEMO_PORT to a free one\n`,
  );

  first.child.stdin.end();
  expect(await first.ended).toBe(0);

  const third = start(dir, '--port', port);
  third.child.stdin.end();
  await third.firstLine;
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
  expect(readJournal(join(dir, 'journal.jsonl'))).toHaveLength(1);
});

test('the process runs the buyers of several files, and none where two files name one buyer', async () => {
  const dir = compiled();
  const more = (buyers: object) => {
    const file = join(dir, 'more-buyers.json');
    writeFileSync(file, JSON.stringify({ buyers }));
    return start(dir, '--port', '0', '--config', file);
  };
  const ready = await more({ bolt: { ping: { bidCents: 900 } } }).firstLine;
  const bidOf = async (buyer: string) => {
    const url = `${/http:\S+/.exec(ready)?.[0]}/buyers/${buyer}/ping`;
    const answer = await fetch(url, { method: 'POST', body: '{"lead_id":"lead_1","ping_id":"p"}' });
    return ((await answer.json()) as { bid_cents?: number }).bid_cents;
  };
  expect([await bidOf('apex'), await bidOf('bolt')]).toEqual([700, 900]);

  const twice = more({ apex: {} });
  expect(await twice.ended).toBe(1);
  expect(twice.stderr()).toBe('buyers: two files have a buyer apex\n');
});
