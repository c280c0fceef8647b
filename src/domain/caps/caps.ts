// The rules of one buyer's caps: hold, release, keep, adjust, as a pure reducer over plain JSON.
// Windows arrive with the operation as keys with their limit and end, computed outside (time-zone
// data would break replay); this file knows no calendar. The entity workflow is a mailbox around
// it.

import type { HoldId } from '../ids.ts';
import { isBalanceKey } from './keys.ts';
import {
  addToBucket,
  bucketAt,
  type Buckets,
  dropPast,
  oldestEnd,
  takeFromBucket,
} from './rolling.ts';

/** One cap in one period: the key names both (`contract/apex_auto/day/2026-11-22/leads`). */
export interface CapWindow {
  readonly key: string;
  /** What this hold takes: 1 lead, or the price in cents. */
  readonly amount: number;
  readonly limit: number;
  /** When the period is over; null for a total. Rolling: when this hold stops to count. */
  readonly endsAtMs: number | null;
  /** A rolling cap: the length of its period in milliseconds. */
  readonly rolling?: number;
  /** How much of the limit may be used so far. */
  readonly paced?: Paced;
}

export interface Paced {
  readonly limit: number;
  /** When more is allowed. */
  readonly untilMs: number;
  /** The same for people, in the buyer's zone: `14:20`. */
  readonly until: string;
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
    }
  | ({ readonly op: 'deposit'; readonly id: string } & Deposits)
  | {
      readonly op: 'correct';
      readonly id: string;
      readonly corrections: readonly Correction[];
    };

/** A correction of one window's use, up or down. */
export interface Change {
  readonly key: string;
  readonly by: number;
  readonly endsAtMs: number | null;
  readonly rolling?: number;
}

/**
 * All that a buyer has paid in, up to a deposit by its number. A sum and not a step: one that
 * arrives twice, late, or after a seed that knew it changes nothing, however long ago it was.
 */
export interface Deposits {
  readonly key: string;
  readonly totalCents: number;
  readonly upTo: number;
}

/**
 * All that changes of prices add to the use of one window, up to a change by its number. A sum, for
 * the same reason.
 */
export interface Correction {
  readonly key: string;
  /** May be negative. */
  readonly totalCents: number;
  readonly upTo: number;
  readonly endsAtMs: number | null;
}

/** Room left in one window after the operation. */
export interface Room {
  readonly key: string;
  readonly left: number;
  readonly endsAtMs: number | null;
  /** Of what is taken nothing may still be released or paid in: this much is left for a while. */
  readonly firm?: true;
}

export type CapDecision =
  | { readonly kind: 'granted'; readonly rooms: readonly Room[] }
  | {
      readonly kind: 'denied';
      readonly room: Room;
      readonly used: number;
      readonly limit: number;
      /** Only pacing stood in the way; until when, for people. */
      readonly pacedUntil?: string;
    }
  /** release, keep, adjust, deposit and correct: it is so now, or was so already. */
  | { readonly kind: 'done' }
  /** Too old to be judged, or finished the other way before. */
  | { readonly kind: 'refused'; readonly why: 'stale' | 'released' | 'kept' }
  | { readonly kind: 'busy' }
  /** The entity knows nothing yet: seed this epoch, then ask again. */
  | { readonly kind: 'unseeded'; readonly epoch: string };

type Denied = CapDecision & { readonly kind: 'denied' };

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
  readonly deposits?: Deposits;
  /** In `used` already. */
  readonly corrections?: readonly Correction[];
}

/** What one hold takes of one window. */
export interface Take {
  readonly key: string;
  readonly amount: number;
  /** Rolling: the end of the bucket it was counted in. */
  readonly endsAtMs?: number;
}

export interface WindowState {
  used: number;
  limit: number;
  version: number;
  /** Rolling: when the youngest bucket leaves. */
  endsAtMs: number | null;
  /** Rolling: what `used` is made of. */
  buckets?: Buckets;
  /** A balance: what `used` has been lowered by, and up to which deposit. */
  deposited?: { cents: number; upTo: number };
  /** What of `used` comes from changes of prices, and up to which one. */
  corrected?: { cents: number; upTo: number };
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
  /** No window or bucket is past its time before then; absent = not known. */
  dueMs?: number;
  /** Bytes that windows take; absent = not counted yet. */
  windowBytes?: number;
}

/** How long an id is remembered after its last operation; then holds fold into their counters. */
export const REMEMBER_MS = 60 * 60 * 1000;
/** Finished ids above which the oldest are forgotten early: 10,000 are 0.8 MB to carry. */
export const MAX_FINISHED = 10_000;
const FORGET_AT_ONCE = 1_000;
/**
 * Bytes of windows and open holds above which the entity grants nothing new. Temporal carries 2 MB
 * at most; beyond, a run could never go on as a new one. Some 4,000 holds of two windows each.
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
  for (const change of seed.used) addUse(windowOf(state, change), change.by, change.endsAtMs);
  if (seed.deposits) countDeposits(state, seed.deposits);
  for (const { totalCents, upTo, ...window } of seed.corrections ?? []) {
    windowOf(state, window).corrected = { cents: totalCents, upTo };
  }
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
    case 'deposit':
      countDeposits(state, op);
      return { kind: 'done' };
    case 'correct':
      for (const correction of op.corrections) correct(state, correction, nowMs);
      return { kind: 'done' };
  }
}

function hold(state: CapsState, op: CapOp & { op: 'hold' }, nowMs: number): CapDecision {
  const before = state.done[op.id];
  const held = state.holds[op.id];
  // Before its windows are remembered: neither what is past nor a fact with many values makes more.
  if (!before && !held) {
    if (isStale(state, op, nowMs)) return { kind: 'refused', why: 'stale' };
    if (isCrammed(state, op)) return { kind: 'busy' };
  }
  for (const window of op.windows) learnLimit(state, window, op.version);
  if (before?.as === 'released') return { kind: 'refused', why: 'released' };
  // Thirty offers planned before the seed must not all count as granted: each is judged now.
  if (held?.planned) giveBack(state, op.id, held);
  else if (before || held) return { kind: 'granted', rooms: roomsOf(state, op.windows) };
  if (isStale(state, op, nowMs)) return { kind: 'refused', why: 'stale' };

  for (const window of op.windows) {
    const denied = deny(loadWindow(state, window.key), window);
    if (!denied) continue;
    return isFirm(state, window.key) ? { ...denied, room: { ...denied.room, firm: true } } : denied;
  }
  const takes = op.windows.map((window) => take(state, window, nowMs));
  state.holds[op.id] = { takes, atMs: nowMs };
  state.open += 1;
  return { kind: 'granted', rooms: roomsOf(state, op.windows) };
}

function deny({ used, limit, ...window }: WindowState, asked: CapWindow): Denied | undefined {
  const { key, amount, paced } = asked;
  const most = paced ? Math.min(limit, paced.limit) : limit;
  if (used + amount <= most) return undefined;
  const room = { key, left: Math.max(0, most - used) };
  if (paced && used + amount <= limit) {
    const endsAtMs = paced.untilMs;
    return { kind: 'denied', room: { ...room, endsAtMs }, used, limit, pacedUntil: paced.until };
  }
  return { kind: 'denied', room: { ...room, endsAtMs: endOf(window) }, used, limit };
}

/** Asked of a full window only; where many holds of it are open, the first is found soon. */
function isFirm({ holds }: CapsState, key: string): boolean {
  if (isBalanceKey(key)) return false;
  for (const id in holds) {
    if (holds[id]?.takes.some((each) => each.key === key)) return false;
  }
  return true;
}

/** Counts in the bucket of now, if the hold was planned in an older one: it is sent now. */
function take(state: CapsState, window: CapWindow, nowMs: number): Take {
  const { key, amount, rolling } = window;
  const known = loadWindow(state, key);
  if (rolling === undefined) {
    known.used += amount;
    return { key, amount };
  }
  const endsAtMs = Math.max(window.endsAtMs ?? 0, bucketAt(nowMs, rolling));
  addUse(known, amount, endsAtMs);
  return { key, amount, endsAtMs };
}

/** What a hold takes of the state's JSON. A buyer's holds are much alike: one speaks for all. */
function bytesOf({ id, windows }: CapOp & { op: 'hold' }): number {
  return windows.reduce((bytes, { key }) => bytes + key.length + 30, id.length + 50);
}

function isCrammed(state: CapsState, op: CapOp & { op: 'hold' }): boolean {
  return (state.open + 1) * bytesOf(op) + (state.windowBytes ?? 0) > MAX_OPEN_BYTES;
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
  for (const { key, amount, endsAtMs } of takes) {
    const window = state.windows[key];
    if (window) takeBack(window, { key, by: -amount, endsAtMs: endsAtMs ?? null });
  }
  delete state.holds[id];
  state.open -= 1;
}

function takeBack(window: WindowState, { key, by, endsAtMs }: Change): void {
  if (window.buckets) window.used -= takeFromBucket(window.buckets, endsAtMs ?? 0, -by);
  // Only a balance goes below nothing: elsewhere that would be room that nobody has given.
  else window.used = isBalanceKey(key) ? window.used + by : Math.max(0, window.used + by);
}

function addUse(window: WindowState, by: number, endsAtMs: number | null): void {
  window.used += by;
  if (!window.buckets || endsAtMs === null) return;
  addToBucket(window.buckets, endsAtMs, by);
  window.endsAtMs = Math.max(window.endsAtMs ?? 0, endsAtMs);
}

function countDeposits(state: CapsState, { key, totalCents, upTo }: Deposits): void {
  const window = windowOf(state, { key, endsAtMs: null });
  const before = window.deposited ?? { cents: 0, upTo: 0 };
  if (upTo <= before.upTo) return;
  window.used -= totalCents - before.cents;
  window.deposited = { cents: totalCents, upTo };
}

function correct(
  state: CapsState,
  { key, totalCents, upTo, endsAtMs }: Correction,
  nowMs: number,
): void {
  // What is over for an hour is forgotten, and must not come back with nothing but a correction.
  if (endsAtMs !== null && endsAtMs < nowMs - REMEMBER_MS) return;
  const window = windowOf(state, { key, endsAtMs });
  const before = window.corrected ?? { cents: 0, upTo: 0 };
  if (upTo <= before.upTo) return;
  window.used += totalCents - before.cents;
  window.corrected = { cents: totalCents, upTo };
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
  for (const change of op.changes) {
    const window = windowOf(state, change);
    if (change.by < 0) takeBack(window, change);
    else addUse(window, change.by, change.endsAtMs);
  }
  finish(state, op.id, { as: 'adjusted', atMs: nowMs });
  return { kind: 'done' };
}

function learnLimit(state: CapsState, asked: CapWindow, version: number): void {
  const window = windowOf(state, asked);
  if (version < window.version) return;
  window.limit = asked.limit;
  window.version = version;
}

/** The window of a key, made if there is none. */
function windowOf(
  state: CapsState,
  { key, endsAtMs, rolling }: Pick<CapWindow, 'key' | 'endsAtMs' | 'rolling'>,
): WindowState {
  let window = state.windows[key];
  if (!window) {
    state.windows[key] = window = { used: 0, limit: 0, version: -1, endsAtMs };
    if (rolling !== undefined) window.buckets = {};
    state.windowBytes = (state.windowBytes ?? 0) + bytesOfWindow(key, window);
  }
  if (endsAtMs !== null) {
    if (window.buckets) window.endsAtMs = Math.max(window.endsAtMs ?? 0, endsAtMs);
    // A bucket leaves at its end, a window is dropped an hour after it.
    const dueMs = window.buckets ? endsAtMs : endsAtMs + REMEMBER_MS + 1;
    state.dueMs = Math.min(state.dueMs ?? 0, dueMs);
  }
  return window;
}

function bytesOfWindow(key: string, { buckets }: WindowState): number {
  return key.length + 90 + (buckets ? 60 * 24 : 0);
}

/** When there may be more room by itself: rolling, when the oldest bucket leaves. */
function endOf({ buckets, endsAtMs }: Pick<WindowState, 'buckets' | 'endsAtMs'>): number | null {
  return (buckets && oldestEnd(buckets)) ?? endsAtMs;
}

function loadWindow(state: CapsState, key: string): WindowState {
  const window = state.windows[key];
  if (!window) throw new Error(`no cap window ${key}`);
  return window;
}

function roomsOf(state: CapsState, windows: readonly CapWindow[]): Room[] {
  return windows.map(({ key, paced }) => {
    const window = loadWindow(state, key);
    const { limit, used } = window;
    if (paced && paced.limit < limit) {
      return { key, left: Math.max(0, paced.limit - used), endsAtMs: paced.untilMs };
    }
    return { key, left: Math.max(0, limit - used), endsAtMs: endOf(window) };
  });
}

/**
 * Drops what is past its time: ids and holds after an hour, windows an hour after their end (a hold
 * planned a moment before midnight may arrive a moment after it, and counts in the old day). Both
 * records keep the order of insertion, also through JSON, so the walk stops at the first young one.
 */
function forget(state: CapsState, nowMs: number): void {
  const before = nowMs - REMEMBER_MS;
  if (nowMs >= (state.dueMs ?? 0)) forgetWindows(state, nowMs);
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

/** Walks the windows only when one is due: with a cap for each zip there are thousands. */
function forgetWindows(state: CapsState, nowMs: number): void {
  let [dueMs, bytes] = [Number.MAX_SAFE_INTEGER, 0];
  for (const [key, window] of Object.entries(state.windows)) {
    const { buckets, endsAtMs } = window;
    if (endsAtMs !== null && endsAtMs < nowMs - REMEMBER_MS) {
      delete state.windows[key];
      continue;
    }
    bytes += bytesOfWindow(key, window);
    if (endsAtMs !== null) dueMs = Math.min(dueMs, endsAtMs + REMEMBER_MS + 1);
    if (!buckets) continue;
    window.used -= dropPast(buckets, nowMs);
    dueMs = Math.min(dueMs, oldestEnd(buckets) ?? dueMs);
  }
  state.dueMs = dueMs;
  state.windowBytes = bytes;
}
