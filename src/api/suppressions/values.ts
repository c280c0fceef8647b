// Values as operators send them: normal forms and hashes, or what is wrong with them.

import type { SuppressionKind } from '../../domain/suppression/suppression.ts';
import { hashOfValue, keptPart } from '../../db/suppressions/hash.ts';
import { asSha256, CELLS, normalListed, WANTED_LISTED } from '../../intake/listed/value.ts';
import { rangesOf } from '../../domain/suppression/ip.ts';
import { Problem } from '../problems.ts';

/** The hash under which an entry of these cells is kept; undefined where they hold none. */
export function hashOfCells(kind: SuppressionKind, cells: readonly string[]): Buffer | undefined {
  const sha256 = asSha256(cells[0] ?? '');
  if (sha256 !== undefined) return keptPart(Buffer.from(sha256, 'hex'));
  const value = normalListed(kind, cells);
  return value === undefined ? undefined : hashOfValue({ value });
}

/** The cells of a value that stands in one text. */
export function cellsOf(kind: SuppressionKind, text: string): string[] {
  return CELLS[kind] === 1 ? [text] : text.split('|');
}

/** The hash of one value. Throws the problem of one that is none, at a field of the request. */
export function loadHash(kind: SuppressionKind, cells: readonly string[], field: string): Buffer {
  const hash = hashOfCells(kind, cells);
  if (hash) return hash;
  const error = { field, says: `not ${WANTED_LISTED[kind]}`, fix: 'or its SHA-256 in hex' };
  throw new Problem('invalid_request', { errors: [error] });
}

/** All hashes under which a value may be listed: an address also stands in its ranges. */
export function hashesToAsk(kind: SuppressionKind, text: string): Buffer[] {
  const ranges = kind === 'ip' ? rangesOf(text.trim()) : [];
  if (ranges.length > 0) return ranges.map((value) => hashOfValue({ value }));
  return [loadHash(kind, cellsOf(kind, text), 'value')];
}
