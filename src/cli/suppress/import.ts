// `sluice suppress import`: sends a file to the running server part by part, and writes down which
// rows were bad. If it breaks off, run it again: what stands on the list is left alone.

import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { ImportAnswer } from '../../api/suppressions/wire.ts';
import type { SuppressionKind } from '../../domain/suppression/suppression.ts';
import { findLayout } from '../../intake/listed/rows.ts';
import { type Caller, postText, Unavailable } from '../client.ts';
import { type Part, readParts, sizeOf } from './parts.ts';

export interface ImportOptions {
  readonly kind: SuppressionKind;
  readonly list: string;
  readonly campaign?: string;
  readonly expires?: string;
  readonly column?: string;
  readonly origin?: string;
  readonly hashed: boolean;
  readonly dryRun: boolean;
  /** Where bad rows are written down. */
  readonly result?: string;
}

/** What is done so far, and how fast. */
export interface Progress {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Of the file's bytes. */
  readonly percent: number;
}

interface Sum {
  rows: number;
  added: number;
  renewed: number;
  known: number;
  bad: number;
}

/** Imports a file and returns what to print. Throws `CommandError`. */
export async function importFile(
  file: string,
  options: ImportOptions,
  from: Caller & { onProgress(progress: Progress): void; now(): number },
): Promise<string> {
  const size = await sizeOf(file);
  const startedMs = from.now();
  const sum: Sum = { rows: 0, added: 0, renewed: 0, known: 0, bad: 0 };
  const badRows = createBadRows(options.result ?? `${file}.bad-rows.csv`);
  let header: Buffer | undefined;
  try {
    for await (const part of readParts(file)) {
      header ??= headerOf(part, options);
      const answer = await sendPart(part, header, { file, options, caller: from });
      for (const key of Object.keys(sum) as (keyof Sum)[]) sum[key] += answer[key];
      await badRows.write(answer.bad_rows);
      const seconds = Math.max(from.now() - startedMs, 1) / 1000;
      from.onProgress({
        rows: sum.rows,
        rowsPerSecond: Math.round(sum.rows / seconds),
        percent: Math.floor((100 * part.readBytes) / size),
      });
    }
  } finally {
    await badRows.end();
  }
  return describeImport(sum, { options, seconds: (from.now() - startedMs) / 1000, badRows });
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

async function sendPart(
  { bytes, firstLine }: Part,
  header: Buffer,
  of: { readonly file: string; readonly options: ImportOptions; readonly caller: Caller },
): Promise<ImportAnswer> {
  const { list, kind, campaign, expires, column, hashed, dryRun } = of.options;
  const isFirst = firstLine === 1;
  const query = new URLSearchParams({
    ...{ list, kind, origin: of.options.origin ?? basename(of.file).slice(0, 200) },
    // The header that is put before counts as a row.
    first_row: String(isFirst || header.length === 0 ? firstLine : firstLine - 1),
    ...(campaign !== undefined && { campaign }),
    ...(expires !== undefined && { expires }),
    ...(column !== undefined && { column }),
    ...(hashed && { hashed: 'true' }),
    ...(dryRun && { dry_run: 'true' }),
  });
  const body = isFirst ? bytes : Buffer.concat([header, bytes]);
  const path = `/v1/suppressions/imports?${query.toString()}`;
  return postPatiently(path, body, of.caller);
}

/** Pauses before each further try of a part. In seconds; a busy machine is back within them. */
const PAUSES_S = [0.2, 1, 2, 4, 8, 15, 30];

/** A part that was stored although nobody said so is stored again without harm. */
async function postPatiently(path: string, body: Buffer, caller: Caller): Promise<ImportAnswer> {
  for (const pause of PAUSES_S) {
    try {
      return await postText<ImportAnswer>(path, { body, type: 'text/csv' }, caller);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await setTimeout(pause * 1000);
    }
  }
  return postText<ImportAnswer>(path, { body, type: 'text/csv' }, caller);
}

/** The file of bad rows, made with the first of them. It holds no values. */
function createBadRows(file: string) {
  let stream: WriteStream | undefined;
  return {
    file,
    async write(found: ImportAnswer['bad_rows']): Promise<void> {
      if (found.length === 0) return;
      const out = (stream ??= createWriteStream(file).on('error', () => undefined));
      if (out.bytesWritten === 0 && out.writableLength === 0) out.write('row,why\n');
      for (const { says, rows } of found) {
        const why = `"${says.replaceAll('"', '""')}"`;
        out.write(rows.map((row) => `${row},${why}\n`).join(''));
      }
    },
    async end(): Promise<void> {
      if (!stream) return;
      stream.end();
      await finished(stream);
    },
  };
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
