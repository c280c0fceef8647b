// The naive model of a buyer's caps: one entry per id, and the use of a window counted anew from
// all entries whenever it is asked for. Slow, sequential, and short enough to be believed.

import type { CapOp, CapWindow } from '../../src/domain/caps/caps.ts';

const HOUR = 60 * 60_000;

interface Entry {
  readonly takes: readonly CapWindow[];
  state: 'held' | 'kept' | 'released';
  touchedMs: number;
}

/** What the caps should be, by counting. */
export class CapsModel {
  readonly entries = new Map<string, Entry>();
  readonly corrections = new Map<string, number>();
  readonly limits = new Map<string, { limit: number; version: number }>();
  readonly #adjusted = new Map<string, number>();
  #nowMs = 0;

  /** What counts in a window: all that is held or kept, and what was corrected. */
  used(key: string): number {
    let sum = this.corrections.get(key) ?? 0;
    for (const { takes, state } of this.entries.values()) {
      for (const take of takes) if (state !== 'released' && take.key === key) sum += take.amount;
    }
    return sum;
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
        this.entries.set(op.id, { takes: known?.takes ?? [], state: 'released', touchedMs: nowMs });
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
    }
  }

  #hold({ id, windows, version, atMs }: CapOp & { op: 'hold' }, known: Entry | undefined): string {
    for (const { key, limit } of windows) {
      if (version >= (this.limits.get(key)?.version ?? -1))
        this.limits.set(key, { limit, version });
    }
    if (known) return known.state === 'released' ? 'released' : 'granted';
    if (!this.#knows(atMs)) return 'stale';
    const fits = ({ key, amount }: CapWindow) =>
      this.used(key) + amount <= (this.limits.get(key)?.limit ?? 0);
    if (!windows.every(fits)) return 'denied';
    this.entries.set(id, { takes: windows, state: 'held', touchedMs: this.#nowMs });
    return 'granted';
  }

  #knows(touchedMs: number): boolean {
    return touchedMs >= this.#nowMs - HOUR;
  }

  /** Corrects a use, never to below nothing. */
  #correct(key: string, by: number): void {
    const change = Math.max(by, -this.used(key));
    this.corrections.set(key, (this.corrections.get(key) ?? 0) + change);
  }
}
