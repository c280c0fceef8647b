// What was parsed from a body, made safe to keep: bounded, without names that reach an object's
// prototype, without characters that PostgreSQL cannot store.

/** Deeper or larger values than any lead's are refused before anything else walks them. */
const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;

export type Plain =
  | {
      readonly kind: 'plain';
      readonly value: Readonly<Record<string, unknown>>;
      /** The paths of names that were not kept. */
      readonly dropped: readonly string[];
    }
  | { readonly kind: 'too_large'; readonly says: string; readonly fix: string };

/** A copy of an object that was parsed from text. Never throws, and never quotes it. */
export function toPlain(found: object): Plain {
  const walk: Walk = { values: 0, dropped: [], says: undefined };
  const value = cleanObject(found, { path: '', depth: 1 }, walk);
  const { says, dropped } = walk;
  if (says === undefined) return { kind: 'plain', value, dropped };
  const fix = `at most ${MAX_DEPTH} levels and ${MAX_VALUES} values`;
  return { kind: 'too_large', says, fix };
}

interface Walk {
  values: number;
  readonly dropped: string[];
  /** Set where it ended early. */
  says: string | undefined;
}
interface Place {
  readonly path: string;
  readonly depth: number;
}

// Names that reach an object's prototype in code that copies by assignment.
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

function cleanObject(found: object, { path, depth }: Place, walk: Walk): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const [name, value] of Object.entries(found)) {
    if (walk.says !== undefined) break;
    const at = path === '' ? name : `${path}.${name}`;
    if (UNSAFE.has(name)) walk.dropped.push(at);
    else kept.push([storable(name), clean(value, { path: at, depth: depth + 1 }, walk)]);
  }
  return Object.fromEntries(kept);
}

function clean(value: unknown, place: Place, walk: Walk): unknown {
  walk.values += 1;
  if (place.depth > MAX_DEPTH) walk.says ??= 'nested too deeply';
  if (walk.values > MAX_VALUES) walk.says ??= 'too many values';
  if (walk.says !== undefined) return null;
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) {
    return value.map((entry: unknown) => clean(entry, { ...place, depth: place.depth + 1 }, walk));
  }
  return typeof value === 'object' && value !== null ? cleanObject(value, place, walk) : value;
}

// PostgreSQL's jsonb takes neither; one such character must not lose the lead.
function storable(text: string): string {
  return text.replace(/\0/g, '').replace(/\p{Cs}/gu, '\ufffd');
}
