// The result file: a line for each row, written as rows end, and read by the next run of the same
// import. Of a row that has several lines the last one counts.

import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat, truncate } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';

import { CommandError } from '../running.ts';

/**
 * What became of a row: the API's word, or `refused` (the API does not take it), `unreadable` (it
 * is no row of the table), `failed` (the server had a fault; tried again by the next run). A check
 * without posting says `valid` or `invalid`.
 */
export type RowStatus =
  | ('sold' | 'unsold' | 'rejected' | 'duplicate' | 'pending')
  | ('refused' | 'unreadable' | 'failed' | 'valid' | 'invalid');

export interface Result {
  readonly row: number;
  readonly status: RowStatus;
  readonly lead?: string | undefined;
  readonly reason?: string | undefined;
  readonly payoutCents?: number | undefined;
  readonly problems?: string | undefined;
}

const COLUMNS = ['row', 'lead', 'status', 'reason', 'payout_cents', 'problems', 'import'];
const HEADER = `${COLUMNS.join(',')}\n`;
// Cells before and after the problems never hold a comma.
const LINE = /^(\d{1,15}),(\w*),(\w+),\w*,(\d*),.*,([0-9a-f]{12})$/;

/** What earlier runs of the import left. */
export interface Before {
  /** Rows that need no post: they have an answer, or can never have one. */
  readonly ended: RowSet;
  /** Rows whose lead was still being worked on, and no later line says more. */
  readonly pending: RowSet;
  readonly counts: ReadonlyMap<string, number>;
  readonly payoutCents: number;
}

/** Rows by their number, a bit for each. */
export interface RowSet {
  has(row: number): boolean;
  set(row: number, on: boolean): void;
}

export function createRowSet(): RowSet {
  let bits = new Uint8Array(16 * 1024);
  return {
    has: (row) => ((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0,
    set(row, on) {
      if (row >> 3 >= bits.length) {
        const wider = new Uint8Array(Math.max(bits.length * 2, (row >> 3) + 1));
        wider.set(bits);
        bits = wider;
      }
      const mask = 1 << (row & 7);
      bits[row >> 3] = on ? (bits[row >> 3] ?? 0) | mask : (bits[row >> 3] ?? 0) & ~mask;
    },
  };
}

/** Writes results to the end of a file, one line each. */
export interface ResultFile {
  readonly file: string;
  readonly before: Before;
  write(result: Result): Promise<void>;
  end(): Promise<void>;
}

/** Stands where an import is named: a check posts nothing, so nobody goes on from it. */
export const CHECK = '0'.repeat(12);

/**
 * Opens the result file of an import, a new one or that of an earlier run; a check begins anew.
 * Throws `CommandError` where it is another file, or the result of another import.
 */
export async function openResults(file: string, importId: string): Promise<ResultFile> {
  const id = importId.slice(0, 12);
  const found = await readBefore(file, id);
  if (id === CHECK) await rm(file, { force: true });
  const before = id === CHECK ? nothingBefore('new') : found;
  const stream = createWriteStream(file, { flags: 'a' });
  let fault: Error | undefined;
  stream.on('error', (error) => (fault = error));
  const check = () => {
    if (!fault) return;
    const hint = 'Make room, or name another with --result; then run the command again.';
    throw Object.assign(new CommandError(`cannot write ${file}`, hint), { cause: fault });
  };
  if (before.isNew) stream.write(HEADER);
  let waiting: Promise<unknown> | undefined;
  // One wait for all rows. A disk that fails says so by an error, which ends it.
  const drained = () =>
    (waiting ??= once(stream, 'drain')
      .catch(() => undefined)
      .finally(() => (waiting = undefined)));
  return {
    file,
    before,
    async write({ row, lead = '', status, reason = '', payoutCents, problems = '' }) {
      check();
      const cells = [row, lead, status, reason, payoutCents ?? '', problems, id];
      const goesOn = stream.write(stringify([cells], { escape_formulas: true }));
      if (!goesOn) await drained();
      check();
    },
    async end() {
      stream.end();
      await finished(stream).catch(() => undefined);
      check();
    },
  };
}

function nothingBefore(age: 'new' | 'old') {
  const counts = new Map<string, number>();
  const sets = { ended: createRowSet(), pending: createRowSet() };
  return { ...sets, counts, payoutCents: 0, isNew: age === 'new' };
}

async function readBefore(file: string, id: string): Promise<Before & { isNew: boolean }> {
  const before = nothingBefore('old');
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return nothingBefore('new');
  let keptBytes = 0;
  for await (const line of wholeLines(file)) {
    keptBytes += Buffer.byteLength(line) + 1;
    if (keptBytes === HEADER.length && `${line}\n` === HEADER) continue;
    const [, row, , status = '', payout, of] = LINE.exec(line) ?? [];
    if (row === undefined) throw strange(file);
    if (of !== id) throw ofAnother(file);
    before.payoutCents += Number(payout);
    note(before, Number(row), status);
  }
  if (keptBytes === 0) throw strange(file);
  // A line that was cut off by an accident: its row is posted again under its key.
  if (keptBytes < size) await truncate(file, keptBytes);
  return before;
}

function note(
  { ended, pending, counts }: Omit<Before, 'payoutCents'> & { counts: Map<string, number> },
  row: number,
  status: string,
): void {
  const add = (name: string, by: number) => counts.set(name, (counts.get(name) ?? 0) + by);
  if (pending.has(row)) {
    if (status === 'pending' || status === 'failed') return;
    add('pending', -1);
    pending.set(row, false);
  }
  if (status === 'failed') return;
  if (status === 'pending') pending.set(row, true);
  ended.set(row, true);
  add(status, 1);
}

function strange(file: string): CommandError {
  const hint = 'It would be written over: name another with --result.';
  return new CommandError(`${file} is there, and is not the result of an import`, hint);
}

function ofAnother(file: string): CommandError {
  return new CommandError(
    `${file} is the result of another file or campaign, or the file was changed since`,
    'Rows that were posted would become leads once more. Put new rows into a file of their own; ' +
      'to post all the same, name another result with --result.',
  );
}

/** The lines that end, of a file of any size. */
async function* wholeLines(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** The leads that are still pending by the file, in its order. */
export async function* listPending({ file, before }: ResultFile) {
  for await (const line of wholeLines(file)) {
    const [, row, lead = '', status] = LINE.exec(line) ?? [];
    if (status !== 'pending' || !before.pending.has(Number(row))) continue;
    before.pending.set(Number(row), false);
    yield { row: Number(row), lead };
  }
}
