// The promise of the caps: never more is granted than the limit, whatever arrives in whatever
// order, twice, late, or cut into other batches. Sequences of operations run through the reducer
// and through a naive model that counts everything anew.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  applyOps,
  type CapOp,
  type CapsState,
  type CapWindow,
} from '../../src/domain/caps/caps.ts';
import { bucketAt } from '../../src/domain/caps/rolling.ts';
import { CapsModel } from './caps-model.ts';
import { carried, HOUR, MINUTE, NOON, seeded } from './caps-ops.ts';

/** One operation, and when it arrives. */
interface Step {
  readonly op: CapOp;
  readonly nowMs: number;
}

const TOTAL = 'buyer/apex/total/cents';
const BALANCE = 'buyer/apex/balance/cents';
const ROLLING = 'buyer/apex/rolling/2h/leads';
const hourOf = (atMs: number) => Math.floor(atMs / HOUR);

interface Terms {
  readonly cents: number;
  readonly limit: number;
  readonly state: string;
}

/**
 * The windows of an offer, by the time it was planned: leads per hour and state, the even number of
 * them paced; cents in total; leads of two hours; what was paid in.
 */
function windowsOf(atMs: number, { cents, limit, state }: Terms): CapWindow[] {
  const endsAtMs = (hourOf(atMs) + 1) * HOUR;
  const hour = { key: `contract/apex_auto/state=${state}/hour/${hourOf(atMs)}/leads`, amount: 1 };
  const paced = { limit: Math.ceil(limit / 2), untilMs: endsAtMs, until: '13:00' };
  return [
    { ...hour, limit, endsAtMs, ...(limit % 2 === 0 && { paced }) },
    { key: TOTAL, amount: cents, limit: limit * 500, endsAtMs: null },
    { key: ROLLING, amount: 1, limit: limit + 2, endsAtMs: bucketAt(atMs, SPAN), rolling: SPAN },
    { key: BALANCE, amount: cents, limit: 100, endsAtMs: null },
  ];
}

const SPAN = 2 * HOUR;

const move = fc.record({
  what: fc.constantFrom(
    ...(['hold', 'hold', 'hold', 'hold', 'release', 'release', 'keep', 'adjust'] as const),
    ...(['deposit', 'correct'] as const),
  ),
  id: fc.nat(11),
  minutes: fc.constantFrom(0, 0, 0, 0, 0, 1, 7, 29, 61),
  version: fc.nat(2),
  by: fc.integer({ min: -2, max: 2 }),
});

/** A limit for each of three versions of the world. */
const limits = fc.array(fc.nat(4), { minLength: 3, maxLength: 3 });
const moves = fc.array(move, { minLength: 1, maxLength: 60 });

/** Turns moves into operations: an id keeps its price, and the time at which it was planned. */
const steps = fc.tuple(moves, limits).map(([made, limitOf]): Step[] => {
  const plannedAt = new Map<string, number>();
  let nowMs = NOON;
  return made.map(({ what, id: number, minutes, version, by }) => {
    nowMs += minutes * MINUTE;
    const id = `lead/${number}`;
    const atMs = plannedAt.get(id) ?? nowMs;
    plannedAt.set(id, atMs);
    if (what === 'hold') {
      const windows = windowsOf(atMs, {
        cents: 100 * (1 + (number % 5)),
        limit: limitOf[version] ?? 0,
        state: number % 3 === 0 ? 'TX' : '',
      });
      return { op: { op: 'hold', id, atMs, windows, version }, nowMs };
    }
    if (what === 'release') return { op: { op: 'release', id, atMs }, nowMs };
    if (what === 'keep') return { op: { op: 'keep', id }, nowMs };
    if (what === 'deposit') {
      // A sum of all that came before: sent again, late, or out of order.
      const op = {
        op: 'deposit',
        id,
        key: BALANCE,
        totalCents: number * 200,
        upTo: number,
      } as const;
      return { op, nowMs };
    }
    if (what === 'correct') {
      // Sums as well; more never follows, so that no limit is passed by it.
      const totalCents = -number * 10;
      const corrections = [{ key: BALANCE, totalCents, upTo: number, endsAtMs: null }];
      return { op: { op: 'correct', id, corrections }, nowMs };
    }
    const changes = [{ key: TOTAL, by: by * 100, endsAtMs: null }];
    return { op: { op: 'adjust', id: `row/${number}`, changes }, nowMs };
  });
});

function kindOf(state: CapsState, { op, nowMs }: Step): string {
  const [decision] = applyOps(state, [op], nowMs);
  return decision?.kind === 'refused' ? decision.why : (decision?.kind ?? 'none');
}

/** Applies steps in batches: those of one moment may share one, cut where `cuts` says. */
function inBatches(state: CapsState, all: readonly Step[], cuts: readonly boolean[]): string[] {
  const kinds: string[] = [];
  let batch: CapOp[] = [];
  all.forEach(({ op, nowMs }, index) => {
    batch.push(op);
    if (all[index + 1]?.nowMs === nowMs && !cuts[index]) return;
    kinds.push(...applyOps(state, batch, nowMs).map(({ kind }) => kind));
    batch = [];
  });
  return kinds;
}

const cuts = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });

describe('for every sequence of operations', () => {
  test('T34: each decision and each use is what counting says, and no grant passes a limit', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const [state, model] = [seeded(), new CapsModel()];
        for (const step of all) {
          const kind = kindOf(state, step);
          expect(kind).toBe(model.apply(step.op, step.nowMs));
          expect(state.open).toBe(model.open());
          expect(Object.keys(state.holds)).toHaveLength(state.open);
          // A late repeat may name a window that was dropped; the next batch drops it again.
          applyOps(state, [], step.nowMs);
          for (const [key, { used, limit }] of Object.entries(state.windows)) {
            expect(used).toBe(model.used(key));
            // A repeat is granted even where the limit was lowered since.
            if (kind === 'granted' && takesFirst(all, step, key)) {
              expect(used).toBeLessThanOrEqual(limit);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('at rest, what counts is what is held and kept, and nothing else', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const [state, model] = [seeded(), new CapsModel()];
        for (const step of all) {
          if (step.op.op === 'adjust') continue;
          kindOf(state, step);
          model.apply(step.op, step.nowMs);
        }
        const counted = [...model.entries.values()].filter((entry) => entry.state !== 'released');
        const cents = counted.flatMap(({ takes }) => takes.filter(({ key }) => key === TOTAL));
        const sum = cents.reduce((total, { amount }) => total + amount, 0);
        expect(state.windows[TOTAL]?.used ?? 0).toBe(sum);
      }),
      { numRuns: 200 },
    );
  });

  test('batches cut elsewhere decide the same and leave the same', () => {
    fc.assert(
      fc.property(steps, cuts, (all, cut) => {
        const [one, other] = [seeded(), seeded()];
        const kinds = all.flatMap(({ op, nowMs }) => applyOps(one, [op], nowMs));
        expect(inBatches(other, all, cut)).toEqual(kinds.map(({ kind }) => kind));
        const lastMs = all.at(-1)?.nowMs ?? NOON;
        for (const state of [one, other]) applyOps(state, [], lastMs);
        expect(other).toEqual(one);
      }),
      { numRuns: 200 },
    );
  });

  test('T16: a state carried over as JSON, anywhere, decides and ends as if it had stayed', () => {
    fc.assert(
      fc.property(steps, cuts, (all, carry) => {
        const stayed = seeded();
        let moved = seeded();
        all.forEach((step, index) => {
          if (carry[index]) moved = carried(moved);
          expect(kindOf(moved, step)).toBe(kindOf(stayed, step));
        });
        expect(carried(moved)).toEqual(carried(stayed));
        // The order of ids is part of the state: forgetting walks it from the oldest.
        expect(JSON.stringify(moved)).toBe(JSON.stringify(stayed));
      }),
      { numRuns: 200 },
    );
  });

  test('a batch that arrives twice counts once', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const state = seeded();
        const lastMs = all.at(-1)?.nowMs ?? NOON;
        const young = all.map(({ op }) => op);
        const decisions = applyOps(state, young, lastMs);
        // A hold that was denied may find room the second time, and then holds it: left out.
        const sure = young.filter((_, index) => decisions[index]?.kind !== 'denied');
        const before = carried(state).windows;
        applyOps(state, sure, lastMs);
        expect(state.windows).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });
});

/** True for the first hold of its id, if it takes room in the window. */
function takesFirst(all: readonly Step[], step: Step, key: string): boolean {
  const { op } = step;
  if (op.op !== 'hold' || !op.windows.some((window) => window.key === key)) return false;
  const before = all.slice(0, all.indexOf(step));
  return !before.some((other) => other.op.op === 'hold' && other.op.id === op.id);
}
