// A file for a suppression list, or a part of one: from its lines to hashes, and what is wrong with
// the others.

import { setImmediate } from 'node:timers/promises';

import { HASH_BYTES } from '../../db/suppressions/hash.ts';
import type { SuppressionKind } from '../../domain/suppression/suppression.ts';
import { findLayout, type Layout, splitLines } from '../../intake/listed/rows.ts';
import { asSha256, CELLS, WANTED_LISTED } from '../../intake/listed/value.ts';
import { Problem } from '../problems.ts';
import type { ImportQuery } from './wire.ts';
import { hashOfCells } from './values.ts';

/** The rows that hold a value, and by what is wrong those that do not. */
export interface ReadRows {
  readonly rows: number;
  /** One after the other, without a gap. */
  readonly hashes: Buffer;
  readonly bad: ReadonlyMap<string, readonly number[]>;
}

/** Of a body that is hashes already, as they are kept. */
export const HASHES_TYPE = 'application/octet-stream';

/** The hashes of a body, as `HASH_BYTES` of each, without a gap. */
export function readHashes(hashes: Buffer): ReadRows {
  if (hashes.length > 0 && hashes.length % HASH_BYTES === 0) {
    return { rows: hashes.length / HASH_BYTES, hashes, bad: new Map() };
  }
  const says = `${hashes.length} bytes are no whole number of hashes`;
  const fix = `send the first ${HASH_BYTES} bytes of each SHA-256, one after the other`;
  throw new Problem('invalid_request', { errors: [{ field: 'body', says, fix }] });
}

/** Between two slices of so many lines leads get their turn: one takes some 5 ms. */
const SLICE = 1_000;

/** Reads all lines of a text. Throws the problem of a column that it does not have. */
export async function readRows(
  text: string,
  { kind, column, hashed, first_row: firstRow = 1 }: ImportQuery,
): Promise<ReadRows> {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const layout = findLayout(lines[0] ?? '', kind, column);
  if (!layout) {
    const says = 'is not in the first row';
    const fix = 'name a column of the file, or leave it out for the first one';
    throw new Problem('invalid_request', { errors: [{ field: 'column', says, fix }] });
  }
  const reading: Reading = { kind, layout, hashed: hashed === 'true', hashes: [], bad: new Map() };
  for (let at = layout.hasHeader ? 1 : 0; at < lines.length; at += SLICE) {
    readSlice(reading, lines.slice(at, at + SLICE), firstRow + at);
    await setImmediate();
  }
  const bad = [...reading.bad.values()].reduce((sum, rows) => sum + rows.length, 0);
  const { hashes } = reading;
  return { rows: hashes.length + bad, hashes: Buffer.concat(hashes), bad: reading.bad };
}

interface Reading {
  readonly kind: SuppressionKind;
  readonly layout: Layout;
  readonly hashed: boolean;
  readonly hashes: Buffer[];
  readonly bad: Map<string, number[]>;
}

function readSlice(reading: Reading, lines: readonly string[], firstRow: number): void {
  const { kind, layout, hashes } = reading;
  splitLines(lines, layout.delimiter).forEach((row, index) => {
    if (row?.every((cell) => cell.trim() === '')) return;
    const cells = row && layout.columns.map((column) => row[column] ?? '');
    const isRight = cells && (!reading.hashed || asSha256(cells[0] ?? '') !== undefined);
    const hash = isRight ? hashOfCells(kind, cells) : undefined;
    if (hash) hashes.push(hash);
    else note(reading.bad, wrongWith(reading, cells), firstRow + index);
  });
}

function wrongWith({ kind, hashed }: Reading, cells: readonly string[] | undefined): string {
  if (!cells) return 'not a row of CSV: a quote is not closed';
  if (hashed) return 'not a SHA-256 in hex';
  if (CELLS[kind] === 1 && cells[0]?.trim() === '') return 'blank';
  return `not ${WANTED_LISTED[kind]}`;
}

function note(bad: Map<string, number[]>, says: string, row: number): void {
  const rows = bad.get(says);
  if (rows) rows.push(row);
  else bad.set(says, [row]);
}
