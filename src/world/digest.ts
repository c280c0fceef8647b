// What tells two world documents apart, however they are written.

import { createHash } from 'node:crypto';

/** SHA-256 of the canonical text, as lower-case hex. */
export function digestOf(document: unknown): string {
  return createHash('sha256').update(canonicalText(document)).digest('hex');
}

/** JSON with sorted keys. What is undefined is left out of maps, and reads as nothing elsewhere. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const map = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  const parts = keys.sort().map((key) => `${JSON.stringify(key)}:${canonicalText(map[key])}`);
  return `{${parts.join(',')}}`;
}
