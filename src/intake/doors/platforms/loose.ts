// JSON of platforms, taken apart without trust: what is missing or of another kind is absent.

import { parseJsonExactly } from '../../../domain/fields/json-numbers.ts';

export type Loose = Readonly<Record<string, unknown>>;

/** What a body says; undefined where it is no JSON in UTF-8. */
export function parseLoose(sent: Uint8Array | string): Loose | undefined {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const text = typeof sent === 'string' ? sent : decoder.decode(sent);
    return looseOf(parseJsonExactly(text));
  } catch {
    return undefined;
  }
}

export function looseOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty, or a number as text. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
