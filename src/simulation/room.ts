// The caps of all buyers in memory, by the reducer that their entities run. A window is as recorded
// until a lead takes of it what it did not take then: until that happens, what was granted and what
// was denied then is repeated, whatever order leads came in at the edge of a cap.

import {
  applyOps,
  type CapDecision,
  type CapsState,
  type CapWindow,
  type Change,
  emptyCaps,
  seedCaps,
} from '../domain/caps/caps.ts';
import { bucketAt } from '../domain/caps/rolling.ts';
import { type BuyerId, type HoldId, teamOf } from '../domain/ids.ts';
import { holdRoom, unusedCaps } from '../routing/caps.ts';
import type { FullCap } from '../eligibility/explain.ts';

/** What one offer takes, if it is a sale. */
export interface Taking {
  readonly id: HoldId;
  readonly buyerId: BuyerId;
  readonly windows: readonly CapWindow[];
  readonly atMs: number;
}

export type Room = ReturnType<typeof createRoom>;

/** Begins with what was used before the first lead, by buyer. */
export function createRoom(before: ReadonlyMap<BuyerId, readonly Change[]>) {
  const states = new Map<BuyerId, CapsState>();
  const owners = new Map<string, CapsState>();
  const changed = new Set<string>();
  // A lead that waited comes back hours later: the reducer forgets by a clock that only goes on.
  let nowMs = 0;
  let corrections = 0;

  for (const [buyerId, used] of before) {
    const state = emptyCaps();
    const epoch = 'before the first lead';
    state.epoch = epoch;
    seedCaps(state, { epoch, used, holds: [] }, 0);
    states.set(buyerId, state);
    for (const { key } of used) owners.set(key, state);
  }

  function stateOf(buyerId: BuyerId, windows: readonly { readonly key: string }[]): CapsState {
    const team = teamOf(buyerId);
    let state = states.get(team);
    if (!state) states.set(team, (state = unusedCaps()));
    for (const { key } of windows) owners.set(key, state);
    return state;
  }

  function goOnTo(atMs: number): number {
    return (nowMs = Math.max(nowMs, atMs));
  }

  return {
    /** Whether these windows are used as they were then. */
    isAsRecorded: (windows: readonly { readonly key: string }[]) =>
      windows.every(({ key }) => !changed.has(key)),

    /** From now on these windows are used otherwise than they were. */
    differ(keys: Iterable<string>): void {
      for (const key of keys) changed.add(key);
    },

    /** How full a window is, if there is no room in it at all. */
    fullAt(key: string, limit: number, atMs: number): FullCap | undefined {
      const state = owners.get(key);
      if (!state) return undefined;
      applyOps(state, [], goOnTo(atMs));
      const window = state.windows[key];
      if (!window || window.used < limit) return undefined;
      return { detail: `${window.used} of ${limit}`, endsAtMs: window.endsAtMs };
    },

    /** Takes room if there is some; `giveBack` or nothing must follow. */
    hold({ id, buyerId, windows, atMs }: Taking): CapDecision {
      const now = goOnTo(atMs);
      return holdRoom(stateOf(buyerId, windows), { id, atMs: now, windows });
    },

    giveBack({ id, buyerId, windows, atMs }: Taking): void {
      const now = goOnTo(atMs);
      applyOps(stateOf(buyerId, windows), [{ op: 'release', id, atMs: now }], now);
    },

    /** What was held stays taken. */
    keep({ id, buyerId, windows, atMs }: Taking): void {
      applyOps(stateOf(buyerId, windows), [{ op: 'keep', id }], goOnTo(atMs));
    },

    /** Counts what was taken then, whatever the limit says now. */
    count({ buyerId, windows, atMs }: Omit<Taking, 'id'>): void {
      if (windows.length === 0) return;
      const now = goOnTo(atMs);
      const changes = windows.map(({ key, amount, endsAtMs, rolling }) => ({
        ...{ key, by: amount },
        endsAtMs:
          rolling === undefined ? endsAtMs : Math.max(endsAtMs ?? 0, bucketAt(now, rolling)),
        ...(rolling !== undefined && { rolling }),
      }));
      corrections += 1;
      const id = `counted/${corrections}`;
      applyOps(stateOf(buyerId, windows), [{ op: 'adjust', id, changes }], now);
    },
  };
}

/** How the limits of an offer's windows are to those that it had then. */
export interface ComparedRoom {
  /** No limit is lower: what was granted is granted. */
  readonly asMuch: boolean;
  /** No limit is higher: what was denied is denied. */
  readonly asLittle: boolean;
}

/** Compares the windows of an offer with those that it had then; by other windows it is neither. */
export function compareRoom(now: readonly CapWindow[], then: readonly CapWindow[]): ComparedRoom {
  const pairs = now.map((window, index) => [window, then[index]] as const);
  const isSame = pairs.every(([a, b]) => a.key === b?.key && a.amount === b.amount);
  if (!isSame || now.length !== then.length) return { asMuch: false, asLittle: false };
  return {
    asMuch: pairs.every(([a, b]) => b !== undefined && mostOf(a) >= mostOf(b)),
    asLittle: pairs.every(([a, b]) => b !== undefined && mostOf(a) <= mostOf(b)),
  };
}

function mostOf({ limit, paced }: CapWindow): number {
  return Math.min(limit, paced?.limit ?? limit);
}
