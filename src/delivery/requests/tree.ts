// Values at their places become one tree. Lists close their gaps: where the first of two entries
// has no value, the second moves up.

import type { Place } from '../../domain/delivery/request.ts';
import type { ValuePath } from '../../domain/world/value-path.ts';
import type { FieldValue } from '../../domain/world/world.ts';
import type { Placed } from './values.ts';

/** A map has no prototype, so that no name of a place means anything but itself. */
export type Tree = FieldValue | readonly Tree[] | { readonly [name: string]: Tree };

/** What an XML element with attributes holds besides them. */
export const TEXT = '#text';

interface Branch {
  readonly parts: Map<string | number, Branch | FieldValue>;
}

/** The tree of the values; `{}` where there are none. Places that contradict throw: see below. */
export function toTree(placed: readonly Placed[]): Tree {
  const root: Branch = { parts: new Map() };
  for (const { to, value } of placed) put(root, to.path, value);
  return closed(root);
}

/** Why two places cannot stand in one tree; undefined where all can. */
export function faultOfPlaces(places: readonly Place[]): { at: number; says: string } | undefined {
  const root: Branch = { parts: new Map() };
  for (const [at, place] of places.entries()) {
    try {
      put(root, place.path, '');
    } catch {
      const before = places.slice(0, at).find(({ path }) => isBeside(path, place.path));
      return { at, says: `"${place.name}" does not go with "${before?.name ?? 'one before it'}"` };
    }
  }
  return undefined;
}

function put(root: Branch, path: ValuePath, value: FieldValue): void {
  let branch = root;
  path.forEach((step, index) => {
    const [first] = branch.parts.keys();
    if (first !== undefined && typeof first !== typeof step) throw new Error('a list and a map');
    const known = branch.parts.get(step);
    if (index === path.length - 1) {
      if (known !== undefined) throw new Error('two values for one place');
      branch.parts.set(step, value);
      return;
    }
    const next = known === undefined ? { parts: new Map<string | number, never>() } : known;
    if (typeof next !== 'object') throw new Error('a value and a part');
    branch.parts.set(step, next);
    branch = next;
  });
}

function isBeside(a: ValuePath, b: ValuePath): boolean {
  const shared = a.findIndex((step, index) => step !== b[index]);
  const at = shared === -1 ? Math.min(a.length, b.length) : shared;
  return at >= Math.min(a.length, b.length) || typeof a[at] !== typeof b[at];
}

function closed({ parts }: Branch): Tree {
  const entries = [...parts].map(([step, part]): [string | number, Tree] => {
    return [step, typeof part === 'object' ? closed(part) : part];
  });
  if (typeof entries[0]?.[0] === 'number') {
    return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, part]) => part);
  }
  const map = Object.create(null) as Record<string, Tree>;
  for (const [name, part] of entries) map[name] = part;
  return map;
}
