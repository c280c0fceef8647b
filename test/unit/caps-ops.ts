// Short words for cap operations, shared by the tests of the caps: windows, and each operation by
// its name.

import {
  applyOps,
  type CapOp,
  type CapsSeed,
  type CapsState,
  type CapWindow,
  emptyCaps,
  seedCaps,
} from '../../src/domain/caps/caps.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** The present of these tests: 2026-11-22, noon in UTC. */
export const NOON = Date.UTC(2026, 10, 22, 12);
export const MIDNIGHT = NOON + 12 * HOUR;

export const DAY = 'contract/apex_auto/day/2026-11-22/leads';
export const MONTH = 'buyer/apex/month/2026-11/cents';

/** A window of leads that ends at midnight. */
export const day = (limit: number, more: Partial<CapWindow> = {}): CapWindow => ({
  key: DAY,
  amount: 1,
  limit,
  endsAtMs: MIDNIGHT,
  ...more,
});

/** A window of cents that ends with November. */
export const month = (amount: number, limit: number): CapWindow => ({
  key: MONTH,
  amount,
  limit,
  endsAtMs: Date.UTC(2026, 11, 1),
});

export const hold = (
  id: string,
  windows: readonly CapWindow[],
  { atMs = NOON, version = 1 } = {},
): CapOp => ({ op: 'hold', id, atMs, windows, version });
export const release = (id: string, atMs = NOON): CapOp => ({ op: 'release', id, atMs });
export const keep = (id: string): CapOp => ({ op: 'keep', id });
export const adjust = (id: string, by: number, key = DAY): CapOp => ({
  op: 'adjust',
  id,
  changes: [{ key, by, endsAtMs: MIDNIGHT }],
});

/** An entity that was seeded, with nothing unless told otherwise. */
export function seeded(seed: Partial<CapsSeed> = {}, nowMs = NOON): CapsState {
  const state = emptyCaps();
  state.epoch = 'first';
  seedCaps(state, { epoch: 'first', used: [], holds: [], ...seed }, nowMs);
  return state;
}

/** Applies operations one batch each, and tells the kinds of the decisions. */
export function kinds(state: CapsState, ops: readonly CapOp[], nowMs = NOON): string[] {
  return ops.flatMap((op) =>
    applyOps(state, [op], nowMs).map((decision) =>
      decision.kind === 'refused' ? decision.why : decision.kind,
    ),
  );
}

/** What counts in a window; undefined when the entity does not know the window. */
export const used = (state: CapsState, key = DAY): number | undefined => state.windows[key]?.used;

/** The state as continue-as-new carries it. */
export const carried = (state: CapsState): CapsState =>
  JSON.parse(JSON.stringify(state)) as CapsState;
