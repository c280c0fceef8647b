// The naive model of a buyer's caps: one entry per id, and the use of a window counted anew from
// all entries whenever it is asked for. Slow, sequential, and short enough to be believed.

import type { CapOp, CapWindow } from '../../src/domain/caps/caps.ts';
import { isBalanceKey } from '../../src/domain/caps/keys.ts';

const HOUR = 60 * 60_000;

interface Entry {
  readonly takes: readonly CapWindow[];
  /** When it was granted: a rolling window counts from then on. */
  readonly grantedMs: number;
  state: 'held' | 'kept' | 'released';
  touchedMs: number;
}

/** What the caps should be, by counting. */
export class CapsModel {
  readonly entries = new Map<string, Entry>();
  readonly corrections = new Map<string, number>();
  readonly limits = new Map<string, { limit: number; version: number }>();
  readonly #adjusted = new Map<string, number>();
  readonly #priced = new Map<string, { cents: number; upTo: number }>();
  readonly #deposited = new Map<string, { cents: number; upTo: number }>();
  #nowMs = 0;

  /** What counts in a window: all that is held or kept, and what was corrected. */
  used(key: string): number {
    let sum = (this.corrections.get(key) ?? 0) + (this.#priced.get(key)?.cents ?? 0);
    sum -= this.#deposited.get(key)?.cents ?? 0;
    for (const { takes, state, grantedMs } of this.entries.values()) {
      for (const take of takes) {
        if (state === 'released' || take.key !== key) continue;
        if (this.#counts(take, grantedMs)) sum += take.amount;
      }
    }
    return sum;
  }

  /** A sixtieth of the period at a time: until the bucket of the grant is a whole period old. */
  #counts({ rolling }: CapWindow, grantedMs: number): boolean {
    if (rolling === undefined) return true;
    const bucketMs = rolling / 60;
    const bucketEndsMs = grantedMs - (grantedMs % bucketMs) + bucketMs;
    return bucketEndsMs + rolling > this.#nowMs;
  }

  /** How many ids are held and young enough to be given back by name. */
  open(): number {
    const young = ({ state, touchedMs }: Entry) => state === 'held' && this.#knows(touchedMs);
    return [...this.entries.values()].filter(young).length;
  }

  /** Applies one operation and tells the kind of its decision. */
  apply(op: CapOp, nowMs: number): string {
    this.#nowMs = nowMs;
    const entry = this.entries.get(op.id);
    const known = entry && this.#knows(entry.touchedMs) ? entry : undefined;
    switch (op.op) {
      case 'hold':
        return this.#hold(op, known);
      case 'release':
        if (known?.state === 'kept') return 'kept';
        if (known?.state === 'released') return 'done';
        if (!known && !this.#knows(op.atMs)) return 'stale';
        this.entries.set(op.id, {
          ...{ takes: known?.takes ?? [], grantedMs: nowMs, state: 'released', touchedMs: nowMs },
        });
        for (const { key } of known?.takes ?? []) this.#correct(key, 0);
        return 'done';
      case 'keep':
        if (known?.state === 'held') Object.assign(known, { state: 'kept', touchedMs: nowMs });
        return 'done';
      case 'adjust': {
        const before = this.#adjusted.get(op.id);
        if (before !== undefined && this.#knows(before)) return 'done';
        this.#adjusted.set(op.id, nowMs);
        for (const { key, by } of op.changes) this.#correct(key, by);
        return 'done';
      }
      case 'deposit': {
        const { key, totalCents, upTo } = op;
        if (upTo > (this.#deposited.get(key)?.upTo ?? 0)) {
          this.#deposited.set(key, { cents: totalCents, upTo });
        }
        return 'done';
      }
      case 'correct':
        for (const { key, totalCents: cents, upTo } of op.corrections) {
          if (upTo > (this.#priced.get(key)?.upTo ?? 0)) this.#priced.set(key, { cents, upTo });
        }
        return 'done';
    }
  }

  #hold({ id, windows, version, atMs }: CapOp & { op: 'hold' }, known: Entry | undefined): string {
    if (!known && !this.#knows(atMs)) return 'stale';
    for (const { key, limit } of windows) {
      if (version >= (this.limits.get(key)?.version ?? -1))
        this.limits.set(key, { limit, version });
    }
    if (known) return known.state === 'released' ? 'released' : 'granted';
    const fits = ({ key, amount, paced }: CapWindow) =>
      this.used(key) + amount <= Math.min(this.limits.get(key)?.limit ?? 0, paced?.limit ?? 1e9);
    if (!windows.every(fits)) return 'denied';
    const nowMs = this.#nowMs;
    this.entries.set(id, { takes: windows, grantedMs: nowMs, state: 'held', touchedMs: nowMs });
    return 'granted';
  }

  #knows(touchedMs: number): boolean {
    return touchedMs >= this.#nowMs - HOUR;
  }

  /** Corrects a use, never to below nothing, unless it is a balance. */
  #correct(key: string, by: number): void {
    const change = isBalanceKey(key) ? by : Math.max(by, -this.used(key));
    this.corrections.set(key, (this.corrections.get(key) ?? 0) + change);
  }
}
