// The rules of one buyer's caps: hold, release, keep, adjust, as a pure reducer over plain JSON.
// Windows arrive with the operation as keys with their limit and end, computed outside (time-zone
// data would break replay); this file knows no calendar. The entity workflow is a mailbox around
// it.

import type { HoldId } from '../ids.ts';

/** One cap in one period: the key names both (`contract/apex_auto/day/2026-11-22/leads`). */
export interface CapWindow {
  readonly key: string;
  /** What this hold takes: 1 lead, or the price in cents. */
  readonly amount: number;
  readonly limit: number;
  /** When the period is over; null for a total. */
  readonly endsAtMs: number | null;
}

/** `atMs` is when the attempt was planned: what is older than the memory is not judged any more. */
export type CapOp =
  | {
      readonly op: 'hold';
      readonly id: HoldId;
      readonly atMs: number;
      readonly windows: readonly CapWindow[];
      /** The version of the world that the limits were read from; the highest one seen rules. */
      readonly version: number;
    }
  | { readonly op: 'release'; readonly id: HoldId; readonly atMs: number }
  | { readonly op: 'keep'; readonly id: HoldId }
  | {
      readonly op: 'adjust';
      /** The row that causes the correction; made once. */
      readonly id: string;
      readonly changes: readonly Change[];
    };

/** A correction of one window's use, up or down. */
export interface Change {
  readonly key: string;
  readonly by: number;
  readonly endsAtMs: number | null;
}

/** Room left in one window after the operation. */
export interface Room {
  readonly key: string;
  readonly left: number;
  readonly endsAtMs: number | null;
}

export type CapDecision =
  | { readonly kind: 'granted'; readonly rooms: readonly Room[] }
  | { readonly kind: 'denied'; readonly room: Room; readonly used: number; readonly limit: number }
  /** release, keep and adjust: it is so now, or was so already. */
  | { readonly kind: 'done' }
  /** Too old to be judged, or finished the other way before. */
  | { readonly kind: 'refused'; readonly why: 'stale' | 'released' | 'kept' }
  | { readonly kind: 'busy' }
  /** The entity knows nothing yet: seed this epoch, then ask again. */
  | { readonly kind: 'unseeded'; readonly epoch: string };

/** What PostgreSQL knows: the use of each window, and the holds that may still be released. */
export interface CapsSeed {
  readonly epoch: string;
  /** What all attempts that count take, `holds` included. */
  readonly used: readonly Change[];
  readonly holds: readonly {
    readonly id: HoldId;
    readonly windows: readonly Take[];
    /** Counted, although nobody knows whether it was ever granted: its own hold will tell. */
    readonly planned: boolean;
  }[];
}

/** What one hold takes of one window. */
export interface Take {
  readonly key: string;
  readonly amount: number;
}

interface WindowState {
  used: number;
  limit: number;
  version: number;
  endsAtMs: number | null;
}

interface Held {
  takes: readonly Take[];
  atMs: number;
  /** Seeded from a plan and not asked for yet. */
  planned?: true;
}

/** The whole memory of an entity: plain JSON, carried through continue-as-new. */
export interface CapsState {
  readonly format: 1;
  epoch: string | null;
  seeded: boolean;
  windows: Record<string, WindowState>;
  holds: Record<HoldId, Held>;
  /** How many holds are open. */
  open: number;
  /** Ids that are finished: kept, released or adjusted. A repeat is answered from here. */
  done: Record<string, { as: 'kept' | 'released' | 'adjusted'; atMs: number }>;
  /** How many ids `done` holds. */
  finished: number;
  /** What was planned until then may be forgotten: such operations are not judged any more. */
  horizonMs: number;
  /** No id in `done` or `holds` is older. */
  oldestMs: number;
}

/** How long an id is remembered after its last operation; then holds fold into their counters. */
export const REMEMBER_MS = 60 * 60 * 1000;
/** Finished ids above which the oldest are forgotten early: 10,000 are 0.8 MB to carry. */
export const MAX_FINISHED = 10_000;
const FORGET_AT_ONCE = 1_000;
/**
 * Bytes of open holds above which the entity grants nothing. Temporal carries 2 MB at most; beyond,
 * a run could never go on as a new one. Some 4,000 holds of two windows each.
 */
export const MAX_OPEN_BYTES = 1_100_000;

/** An entity that knows nothing and grants nothing. */
export function emptyCaps(): CapsState {
  return {
    format: 1,
    epoch: null,
    seeded: false,
    windows: {},
    holds: {},
    open: 0,
    done: {},
    finished: 0,
    horizonMs: 0,
    oldestMs: 0,
  };
}

/**
 * Applies a batch in order and returns one decision per operation. Changes `state` in place: a copy
 * of thousands of holds per batch would be most of the work. The same operation twice counts once.
 */
export function applyOps(state: CapsState, ops: readonly CapOp[], nowMs: number): CapDecision[] {
  const { epoch } = state;
  if (!state.seeded) return ops.map(() => ({ kind: 'unseeded', epoch: epoch ?? '' }));
  forget(state, nowMs);
  return ops.map((op) => applyOp(state, op, nowMs));
}

/** Takes over what PostgreSQL knows, once per epoch; a second seed changes nothing. */
export function seedCaps(state: CapsState, seed: CapsSeed, nowMs: number): void {
  if (state.seeded || seed.epoch !== state.epoch) return;
  state.seeded = true;
  for (const { key, by, endsAtMs } of seed.used) windowOf(state, key, endsAtMs).used += by;
  for (const { id, windows, planned } of seed.holds) {
    state.holds[id] = { takes: windows, atMs: nowMs, ...(planned && { planned }) };
  }
  state.open = seed.holds.length;
}

function applyOp(state: CapsState, op: CapOp, nowMs: number): CapDecision {
  switch (op.op) {
    case 'hold':
      return hold(state, op, nowMs);
    case 'release':
      return release(state, op, nowMs);
    case 'keep':
      return keep(state, op, nowMs);
    case 'adjust':
      return adjust(state, op, nowMs);
  }
}

function hold(state: CapsState, op: CapOp & { op: 'hold' }, nowMs: number): CapDecision {
  for (const window of op.windows) learnLimit(state, window, op.version);
  const before = state.done[op.id];
  if (before?.as === 'released') return { kind: 'refused', why: 'released' };
  const held = state.holds[op.id];
  // Thirty offers planned before the seed must not all count as granted: each is judged now.
  if (held?.planned) giveBack(state, op.id, held);
  else if (before || held) return { kind: 'granted', rooms: roomsOf(state, op.windows) };
  if (isStale(state, op, nowMs)) return { kind: 'refused', why: 'stale' };
  if ((state.open + 1) * bytesOf(op) > MAX_OPEN_BYTES) return { kind: 'busy' };

  for (const { key, amount } of op.windows) {
    const { used, limit, endsAtMs } = loadWindow(state, key);
    if (used + amount > limit) {
      return {
        kind: 'denied',
        room: { key, left: Math.max(0, limit - used), endsAtMs },
        used,
        limit,
      };
    }
  }
  for (const { key, amount } of op.windows) loadWindow(state, key).used += amount;
  const takes = op.windows.map(({ key, amount }) => ({ key, amount }));
  state.holds[op.id] = { takes, atMs: nowMs };
  state.open += 1;
  return { kind: 'granted', rooms: roomsOf(state, op.windows) };
}

/** What a hold takes of the state's JSON. A buyer's holds are much alike: one speaks for all. */
function bytesOf({ id, windows }: CapOp & { op: 'hold' }): number {
  return windows.reduce((bytes, { key }) => bytes + key.length + 30, id.length + 50);
}

function release(state: CapsState, op: CapOp & { op: 'release' }, nowMs: number): CapDecision {
  const held = state.holds[op.id];
  if (!held) {
    const before = state.done[op.id];
    if (before?.as === 'kept') return { kind: 'refused', why: 'kept' };
    // Not remembered anew: `forget` relies on the order in which ids were finished.
    if (before) return { kind: 'done' };
    if (isStale(state, op, nowMs)) return { kind: 'refused', why: 'stale' };
  } else {
    giveBack(state, op.id, held);
  }
  // Also for an id never seen: the tombstone refuses a hold that arrives after its release.
  finish(state, op.id, { as: 'released', atMs: nowMs });
  return { kind: 'done' };
}

function isStale(state: CapsState, { atMs }: { atMs: number }, nowMs: number): boolean {
  return atMs < nowMs - REMEMBER_MS || atMs <= state.horizonMs;
}

function finish(state: CapsState, id: string, end: CapsState['done'][string]): void {
  if (!state.done[id]) state.finished += 1;
  state.done[id] = end;
}

function giveBack(state: CapsState, id: HoldId, { takes }: Held): void {
  for (const { key, amount } of takes) {
    const window = state.windows[key];
    if (window) window.used = Math.max(0, window.used - amount);
  }
  delete state.holds[id];
  state.open -= 1;
}

function keep(state: CapsState, op: CapOp & { op: 'keep' }, nowMs: number): CapDecision {
  if (!state.holds[op.id]) return { kind: 'done' };
  delete state.holds[op.id];
  state.open -= 1;
  finish(state, op.id, { as: 'kept', atMs: nowMs });
  return { kind: 'done' };
}

function adjust(state: CapsState, op: CapOp & { op: 'adjust' }, nowMs: number): CapDecision {
  if (state.done[op.id]) return { kind: 'done' };
  for (const { key, by, endsAtMs } of op.changes) {
    const window = windowOf(state, key, endsAtMs);
    window.used = Math.max(0, window.used + by);
  }
  finish(state, op.id, { as: 'adjusted', atMs: nowMs });
  return { kind: 'done' };
}

function learnLimit(state: CapsState, { key, limit, endsAtMs }: CapWindow, version: number): void {
  const window = windowOf(state, key, endsAtMs);
  if (version < window.version) return;
  window.limit = limit;
  window.version = version;
}

function windowOf(state: CapsState, key: string, endsAtMs: number | null): WindowState {
  return (state.windows[key] ??= { used: 0, limit: 0, version: -1, endsAtMs });
}

function loadWindow(state: CapsState, key: string): WindowState {
  const window = state.windows[key];
  if (!window) throw new Error(`no cap window ${key}`);
  return window;
}

function roomsOf(state: CapsState, windows: readonly CapWindow[]): Room[] {
  return windows.map(({ key }) => {
    const { limit, used, endsAtMs } = loadWindow(state, key);
    return { key, left: Math.max(0, limit - used), endsAtMs };
  });
}

/**
 * Drops what is past its time: ids and holds after an hour, windows an hour after their end (a hold
 * planned a moment before midnight may arrive a moment after it, and counts in the old day). Both
 * records keep the order of insertion, also through JSON, so the walk stops at the first young one.
 */
function forget(state: CapsState, nowMs: number): void {
  const before = nowMs - REMEMBER_MS;
  for (const key in state.windows) {
    const endsAtMs = state.windows[key]?.endsAtMs;
    if (endsAtMs != null && endsAtMs < before) delete state.windows[key];
  }
  // A walk lists every id first, however soon it stops: only when there is something to find.
  if (state.oldestMs >= before && state.finished < MAX_FINISHED + FORGET_AT_ONCE) return;
  state.oldestMs = nowMs;
  for (const id in state.done) {
    const atMs = state.done[id]?.atMs ?? 0;
    if (atMs >= before && state.finished <= MAX_FINISHED) {
      state.oldestMs = atMs;
      break;
    }
    delete state.done[id];
    state.finished -= 1;
    state.horizonMs = Math.max(state.horizonMs, atMs);
  }
  for (const id in state.holds) {
    const atMs = state.holds[id]?.atMs ?? 0;
    if (atMs >= before) {
      state.oldestMs = Math.min(state.oldestMs, atMs);
      break;
    }
    delete state.holds[id];
    state.open -= 1;
  }
}
