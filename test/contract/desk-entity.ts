// A cap desk beside an entity that a test holds in its hand: the real rules of the caps, and a wire
// that can be slow, break before or after the entity has counted, and be looked at.

import { vi } from 'vitest';

import { createCapDesk, type HoldRequest } from '../../src/activities/cap-desk.ts';
import {
  applyOps,
  type CapDecision,
  type CapOp,
  type CapsSeed,
  type CapWindow,
  emptyCaps,
  seedCaps,
} from '../../src/domain/caps/caps.ts';

/** One batch as it arrived at the entity's door. */
export interface Call {
  readonly buyerId: string;
  readonly ops: readonly CapOp[];
  readonly batchId: string;
}

/** What the wire does to a batch: nothing, or lose it before or after the entity has counted it. */
export type Wire = 'works' | 'lost before' | 'lost after';

type Answer = (decide: () => CapDecision[]) => Promise<CapDecision[]>;

/** A desk and the entity of every buyer, seeded from nothing unless told otherwise. */
export function deskWithEntity({ seeded = true, seed = {} as Partial<CapsSeed> } = {}) {
  const state = emptyCaps();
  state.epoch = 'run-1';
  const nothing: CapsSeed = { epoch: 'run-1', used: [], holds: [] };
  if (seeded) seedCaps(state, { ...nothing, ...seed }, Date.now());

  const calls: Call[] = [];
  const waiting: (() => void)[] = [];
  const wire = { next: [] as Wire[], slow: false, inFlight: 0, most: 0 };
  // An entity answers a repeated batch from memory, as Temporal does by its update id.
  const answered = new Map<string, CapDecision[]>();

  const answer: Answer = async (decide) => {
    wire.inFlight += 1;
    wire.most = Math.max(wire.most, wire.inFlight);
    try {
      if (wire.slow) await new Promise<void>((resolve) => waiting.push(resolve));
      const fate = wire.next.shift() ?? 'works';
      if (fate === 'lost before') throw new Error('the wire broke');
      const decisions = decide();
      if (fate === 'lost after') throw new Error('the wire broke');
      return decisions;
    } finally {
      wire.inFlight -= 1;
    }
  };
  const seedEntity = vi.fn(async (_buyerId: string, epoch: string) => {
    seedCaps(state, { ...nothing, ...seed, epoch }, Date.now());
  });
  const anotherDesk = () =>
    createCapDesk({
      applyCaps: (buyerId, ops, batchId) => {
        calls.push({ buyerId, ops, batchId });
        return answer(() => {
          const decisions = answered.get(batchId) ?? applyOps(state, ops, Date.now());
          answered.set(batchId, decisions);
          return decisions;
        });
      },
      seedCaps: seedEntity,
      now: Date.now,
      holdWaitMs: 1_000,
    });
  return {
    desk: anotherDesk(),
    /** That of a further process, at the same entity. */
    anotherDesk,
    state,
    calls,
    wire,
    seedEntity,
    /** Lets the oldest batch that waits on a slow wire go on. */
    letGo: () => waiting.shift()?.(),
    /** The ids of each batch. */
    batches: () => calls.map(({ ops }) => ops.map(({ id }) => id)),
    used: (key: string) => state.windows[key]?.used,
  };
}

export const DAY = 'contract/apex_auto/day/2026-11-22/leads';

/** Ids of holds, counted up. */
export const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `lead/${from + index}`);

/** A request for one lead of the day's room. */
export const request = (id: string, limit: number, more: Partial<CapWindow> = {}): HoldRequest => ({
  id,
  atMs: Date.now(),
  windows: [{ key: DAY, amount: 1, limit, endsAtMs: Date.now() + 86_400_000, ...more }],
});

/** Stops the clock at noon. Turns of the loop stay real: a batch leaves one turn later. */
export function stopClock(): void {
  const toFake = ['setTimeout', 'clearTimeout', 'Date'] as const;
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12), toFake: [...toFake] });
}

/** Lets time pass, and all that it leads to happen. */
export async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
}
