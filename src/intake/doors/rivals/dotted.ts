// Dotted names become objects: `person.first=Ann` is `{ person: { first: 'Ann' } }`.

import { toPlain } from '../../plain-values.ts';

export type Expanded =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, unknown>> }
  /** A name stands for a value and for an object, or for more than is kept. */
  | { readonly kind: 'conflict'; readonly says: string };

// Deeper ones are refused anyway, and are not to be built first.
const MAX_STEPS = 20;

type Branch = Map<string, unknown>;

/** Never throws. Values are only ever added: what would replace another one is a conflict. */
export function expandDots(values: Readonly<Record<string, unknown>>): Expanded {
  const root: Branch = new Map();
  for (const [name, value] of Object.entries(values)) {
    const path = name.split('.');
    if (path.length > MAX_STEPS) return { kind: 'conflict', says: 'a name has too many dots' };
    if (!put(root, path.includes('') ? [name] : path, branchOf(value))) {
      return { kind: 'conflict', says: 'a dotted name has a value of its own as well' };
    }
  }
  const plain = toPlain(objectOf(root));
  if (plain.kind === 'plain') return { kind: 'values', values: plain.value };
  return { kind: 'conflict', says: `${plain.says}: ${plain.fix}` };
}

function put(root: Branch, path: readonly string[], value: unknown): boolean {
  let branch = root;
  for (const step of path.slice(0, -1)) {
    if (!branch.has(step)) branch.set(step, new Map());
    const next = branch.get(step);
    if (!(next instanceof Map)) return false;
    branch = next as Branch;
  }
  const leaf = path.at(-1) ?? '';
  const before = branch.get(leaf);
  if (before instanceof Map && value instanceof Map) {
    return [...(value as Branch)].every(([name, each]) => put(before as Branch, [name], each));
  }
  if (branch.has(leaf)) return false;
  branch.set(leaf, value);
  return true;
}

/** An object that was sent as one is a branch like those that dots make. */
function branchOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return new Map(Object.entries(value).map(([name, each]) => [name, branchOf(each)]));
}

function objectOf(branch: Branch): object {
  const entries = [...branch].map(([name, value]): [string, unknown] => [
    name,
    value instanceof Map ? objectOf(value as Branch) : value,
  ]);
  return Object.fromEntries(entries);
}
