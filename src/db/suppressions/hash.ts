// How a value stands on a suppression list: by a part of the hash of its normal form.

import { hash } from 'node:crypto';

import type { ListedValue } from '../../domain/suppression/suppression.ts';

/** Bytes kept of a SHA-256: no two of all the people there are share them. */
export const HASH_BYTES = 16;

/** In SQL: the hashes that stand one after the other in parameter 1, each once. */
export const DISTINCT_HASHES = `
  select distinct substring($1::bytea from n * ${HASH_BYTES} + 1 for ${HASH_BYTES}) as hash
  from generate_series(0, octet_length($1::bytea) / ${HASH_BYTES} - 1) n`;

/** The kept part of the SHA-256 of a normal value. */
export function hashOfValue({ value }: Pick<ListedValue, 'value'>): Buffer {
  // As text on the way: a digest in bytes of its own takes five times as long, and ten million of
  // them are half a gigabyte before they are collected.
  return Buffer.from(hash('sha256', value, 'hex').slice(0, 2 * HASH_BYTES), 'hex');
}

/** The kept part of a whole SHA-256. */
export function keptPart(sha256: Buffer): Buffer {
  return sha256.subarray(0, HASH_BYTES);
}
