// What of a buyer's caps is used, for people and for comparing with PostgreSQL: a bounded list, the
// fullest windows first where there are many.

import type { CapsState, WindowState } from './caps.ts';
import { oldestEnd } from './rolling.ts';

/** One window that has not ended. */
export interface CapUse {
  readonly key: string;
  /** What is sold and held; of a balance, less what was paid in. */
  readonly used: number;
  /** Null until the first hold names it. */
  readonly limit: number | null;
  /** When it ends; rolling: when the oldest use leaves. Null = never. */
  readonly endsAtMs: number | null;
}

export interface CapUses {
  readonly fullest: readonly CapUse[];
  /** How many windows were left out. */
  readonly more: number;
}

/**
 * The windows that have not ended: all in the order in which they were begun, or the `most` fullest
 * of them. Reads only.
 */
export function listUses(state: CapsState, nowMs: number, most: number): CapUses {
  const uses = Object.entries(state.windows).flatMap(([key, window]): CapUse[] => {
    const { version, limit, endsAtMs } = window;
    if (endsAtMs !== null && endsAtMs <= nowMs) return [];
    const use = { key, used: usedAt(window, nowMs), limit: version < 0 ? null : limit };
    const leaves = window.buckets && oldestEnd(liveBuckets(window.buckets, nowMs));
    return [{ ...use, endsAtMs: leaves ?? endsAtMs }];
  });
  if (uses.length <= most) return { fullest: uses, more: 0 };
  const fullest = uses.toSorted((a, b) => fullness(b) - fullness(a) || (a.key < b.key ? -1 : 1));
  return { fullest: fullest.slice(0, most), more: uses.length - most };
}

function usedAt({ used, buckets }: WindowState, nowMs: number): number {
  if (!buckets) return used;
  return Object.values(liveBuckets(buckets, nowMs)).reduce((sum, amount) => sum + amount, 0);
}

function liveBuckets(buckets: Readonly<Record<number, number>>, nowMs: number) {
  return Object.fromEntries(Object.entries(buckets).filter(([endsAt]) => Number(endsAt) > nowMs));
}

function fullness({ used, limit }: CapUse): number {
  if (limit === null) return 0;
  return limit === 0 ? 1 : used / limit;
}
