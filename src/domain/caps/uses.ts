// What of a buyer's caps is used, for people and for comparing with PostgreSQL: a bounded list, the
// fullest windows first where there are many.

import { dollars, parseDollars } from '../money.ts';
import type { CapDecision, CapsState, WindowState } from './caps.ts';
import { isBalanceKey } from './keys.ts';
import { oldestEnd } from './rolling.ts';

/** One window that has not ended. */
export interface CapUse {
  readonly key: string;
  /** What is sold and held. */
  readonly used: number;
  /** Null until the first hold names it; of a balance with what was paid in. */
  readonly limit: number | null;
  /** Of a balance: what was paid in, as far as the entity was told. */
  readonly paidIn?: number;
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
    const paidIn = window.deposited?.cents;
    const use = {
      key,
      used: usedAt(window, nowMs) + (paidIn ?? 0),
      limit: version < 0 ? null : limit + (paidIn ?? 0),
      ...(paidIn !== undefined && { paidIn }),
    };
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
  return limit <= 0 ? 1 : used / limit;
}

/**
 * Why there is no room, for people: `contract/apex_auto/day/2026-11-24/leads 13/40, paced until
 * 14:20`; of a balance, what is left.
 */
export function describeDenial(denied: CapDecision & { readonly kind: 'denied' }): string {
  const { room, used, limit, pacedUntil } = denied;
  if (isBalanceKey(room.key)) return `${room.key}: ${dollars(room.left)} left`;
  const paced = pacedUntil === undefined ? '' : `, paced until ${pacedUntil}`;
  return `${room.key} ${used}/${limit}${paced}`;
}

/** What is left by such a text: of `29776/30000` it is 224, and nothing where the cap is paced. */
export function leftIn(denial: string): number {
  if (denial.includes('paced')) return 0;
  const [, money] = / (\$[\d,.]+) left$/.exec(denial) ?? [];
  if (money !== undefined) return parseDollars(money) ?? 0;
  const [, used, limit] = / (\d+)\/(\d+)$/.exec(denial) ?? [];
  return used === undefined ? 0 : Number(limit) - Number(used);
}
