// `sluice suppress import`: sends a file to the running server part by part, and writes down which
// rows were bad. A large file is read here and sent in the order of the index that takes it. If it
// breaks off, run it again: what stands on the list is left alone.

import { textOf } from '../../api/http/body.ts';
import { readRows } from '../../api/suppressions/import.ts';
import type { ImportAnswer } from '../../api/suppressions/wire.ts';
import { findLayout } from '../../intake/listed/rows.ts';
import { type Caller, asCommandError } from '../client.ts';
import { createBadRows } from './bad-rows.ts';
import { type Heaps, openHeaps } from './heaps.ts';
import { type Part, readParts, sizeOf } from './parts.ts';
import { type ImportOptions, sendPart } from './send.ts';

/** Some 700,000 phone numbers. Smaller files are sent as they are. */
const LARGE_BYTES = 8 * 1024 * 1024;
/** Of hashes: 32,768 of them, a second or less of the server. */
const PART_BYTES = 512 * 1024;

/** What is done so far, and how fast. */
export interface Progress {
  /** A large file is read first, and then sent. */
  readonly doing: 'reading' | 'adding';
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Of the file's bytes, or of its good rows. */
  readonly percent: number;
}

interface Sum {
  rows: number;
  added: number;
  renewed: number;
  known: number;
  bad: number;
}

interface From extends Caller {
  onProgress(progress: Progress): void;
  now(): number;
  /** From this size on a file is sorted; for tests. */
  readonly largeBytes?: number;
}

/** One import under way. */
interface Import {
  readonly file: string;
  readonly options: ImportOptions;
  readonly from: From;
  readonly size: number;
  readonly sum: Sum;
  readonly badRows: ReturnType<typeof createBadRows>;
}

/** Imports a file and returns what to print. Throws `CommandError`. */
export async function importFile(
  file: string,
  options: ImportOptions,
  from: From,
): Promise<string> {
  const size = await sizeOf(file);
  const startedMs = from.now();
  const sum: Sum = { rows: 0, added: 0, renewed: 0, known: 0, bad: 0 };
  const badRows = createBadRows(options.result ?? `${file}.bad-rows.csv`);
  const all = { file, options, from, size, sum, badRows };
  try {
    if (options.dryRun || size < (from.largeBytes ?? LARGE_BYTES)) await sendAsItIs(all);
    else await sendSorted(all);
  } finally {
    await badRows.end();
  }
  return describeImport(sum, { options, seconds: (from.now() - startedMs) / 1000, badRows });
}

async function sendAsItIs({ file, options, from, size, sum, badRows }: Import): Promise<void> {
  const tell = progressFrom(from, 'adding');
  for await (const { bytes, more, readBytes } of readWithHeader(file, options)) {
    const part = { body: bytes, type: 'text/csv', more };
    const answer = await sendPart(part, { file, options }, from);
    for (const key of Object.keys(sum) as (keyof Sum)[]) sum[key] += answer[key];
    await badRows.write(answer.bad_rows);
    tell(sum.rows, readBytes / size);
  }
}

async function sendSorted(all: Import): Promise<void> {
  const heaps = await openHeaps();
  try {
    await readInto(heaps, all);
    await sendHeaps(heaps, all);
  } finally {
    await heaps.close();
  }
}

async function readInto(heaps: Heaps, all: Import): Promise<void> {
  const { file, options, from, size, sum, badRows } = all;
  const tell = progressFrom(from, 'reading');
  for await (const { bytes, more, readBytes } of readWithHeader(file, options)) {
    const { list, kind } = options;
    const read = await asCommandError(() =>
      readRows(textOf(bytes), { list, kind, ...more, first_row: Number(more.first_row) }),
    );
    await heaps.add(read.hashes);
    const bad = [...read.bad].map(([says, rows]) => ({ says, rows }));
    await badRows.write(bad);
    sum.rows += read.rows;
    sum.bad += bad.reduce((count, { rows }) => count + rows.length, 0);
    tell(sum.rows, readBytes / size);
  }
}

async function sendHeaps(heaps: Heaps, { file, options, from, sum }: Import): Promise<void> {
  const tell = progressFrom(from, 'adding');
  const good = sum.rows - sum.bad;
  let sent = 0;
  for await (const body of heaps.parts(PART_BYTES)) {
    const part = { body, type: 'application/octet-stream' };
    const answer: ImportAnswer = await sendPart(part, { file, options }, from);
    sum.added += answer.added;
    sum.renewed += answer.renewed;
    sum.known += answer.known;
    sent += answer.rows;
    tell(sent, sent / good);
  }
}

function progressFrom({ onProgress, now }: From, doing: Progress['doing']) {
  const startedMs = now();
  return (rows: number, share: number) => {
    const seconds = Math.max(now() - startedMs, 1) / 1000;
    const rowsPerSecond = Math.round(rows / seconds);
    onProgress({ doing, rows, rowsPerSecond, percent: Math.floor(100 * share) });
  };
}

/** The parts of a file, each with the line that names the columns before it. */
async function* readWithHeader(file: string, options: ImportOptions) {
  const { column, hashed } = options;
  let header: Buffer | undefined;
  for await (const part of readParts(file)) {
    header ??= headerOf(part, options);
    const { firstLine, readBytes } = part;
    const isFirst = firstLine === 1;
    const more = {
      // The header that is put before counts as a row.
      first_row: String(isFirst || header.length === 0 ? firstLine : firstLine - 1),
      ...(column !== undefined && { column }),
      ...(hashed && { hashed: 'true' as const }),
    };
    const bytes = isFirst ? part.bytes : Buffer.concat([header, part.bytes]);
    yield { bytes, more, readBytes };
  }
}

/** The line that names the columns: each part begins with it. Empty where the file has none. */
function headerOf({ bytes }: Part, { kind, column }: ImportOptions): Buffer {
  const end = bytes.indexOf(0x0a);
  const line = end < 0 ? bytes : bytes.subarray(0, end + 1);
  const layout = findLayout(
    line
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim(),
    kind,
    column,
  );
  return layout?.hasHeader ? line : Buffer.alloc(0);
}

function describeImport(
  { rows, added, renewed, known, bad }: Sum,
  of: {
    readonly options: ImportOptions;
    readonly seconds: number;
    readonly badRows: { readonly file: string };
  },
): string {
  const { list, kind, dryRun } = of.options;
  const head = dryRun ? `dry run, nothing added to ${list}` : `imported to ${list} as ${kind}`;
  return [
    `${head}: ${rows} rows in ${of.seconds.toFixed(1)} s`,
    `  ${dryRun ? 'would be added' : 'added'}  ${added}`,
    ...(renewed > 0 ? [`  renewed  ${renewed}`] : []),
    `  known already, or twice in the file  ${known}`,
    `  bad rows  ${bad}${bad > 0 ? `, written to ${of.badRows.file}` : ''}`,
  ].join('\n');
}
