// The memory of a hot buyer stays small enough to carry: finished ids beyond a number are forgotten
// before their hour is over, and what may have been forgotten is refused instead of counted again.

import { expect, test } from 'vitest';

import {
  applyOps,
  type CapOp,
  type CapWindow,
  emptyCaps,
  MAX_FINISHED,
  seedCaps,
} from '../../src/domain/caps/caps.ts';

const WINDOW = { key: 'day', amount: 1, limit: 1_000_000, endsAtMs: null };
const BEGIN = 1_700_000_000_000;
const hold = (id: string, atMs: number): CapOp => ({
  ...{ op: 'hold', id, atMs, version: 1 },
  windows: [WINDOW],
});

const leadNo = (n: number) =>
  `lead_01M879XYRNRASR65K${String(n).padStart(5, '0')}/northside_windows/1`;

/** As many caps as asked for, named as they are in life. */
function windowsOf(count: number): CapWindow[] {
  return Array.from({ length: count }, (_, n) => {
    const key = `contract/northside_windows/day${n}/2026-11-24/leads`;
    return { key, amount: 1, limit: 1_000_000, endsAtMs: BEGIN };
  });
}

function busyBuyer() {
  const state = { ...emptyCaps(), epoch: 'e' };
  seedCaps(state, { epoch: 'e', used: [], holds: [] }, BEGIN);
  for (let n = 0; n < MAX_FINISHED + 1_500; n += 1) {
    const atMs = BEGIN + n;
    applyOps(state, [hold(`lead/${n}`, atMs), { op: 'keep', id: `lead/${n}` }], atMs);
  }
  return state;
}

test('finished ids beyond the bound are forgotten, the oldest first, and the use stays', () => {
  const state = busyBuyer();
  expect(Object.keys(state.done).length).toBeLessThan(MAX_FINISHED + 1_000);
  expect(state.finished).toBe(Object.keys(state.done).length);
  expect(state.windows['day']?.used).toBe(MAX_FINISHED + 1_500);
  expect(JSON.stringify(state).length).toBeLessThan(1_000_000);
});

test('a repeat of a forgotten hold is refused as stale, never counted twice', () => {
  const state = busyBuyer();
  const later = BEGIN + MAX_FINISHED + 1_600;
  expect(applyOps(state, [hold('lead/0', BEGIN)], later)).toEqual([
    { kind: 'refused', why: 'stale' },
  ]);
  expect(applyOps(state, [hold('lead/new', later)], later)).toMatchObject([{ kind: 'granted' }]);
  expect(state.windows['day']?.used).toBe(MAX_FINISHED + 1_501);
});

test('a repeat of a remembered hold is granted again and counts once', () => {
  const state = busyBuyer();
  const last = MAX_FINISHED + 1_499;
  const again = applyOps(state, [hold(`lead/${last}`, BEGIN + last)], BEGIN + last + 1);
  expect(again).toMatchObject([{ kind: 'granted' }]);
  expect(state.windows['day']?.used).toBe(MAX_FINISHED + 1_500);
});

test.for([1, 2, 8])('open holds of %i windows never outgrow what Temporal carries', (count) => {
  const state = busyBuyer();
  const windows = windowsOf(count);
  const atMs = BEGIN + 2 * MAX_FINISHED;
  const ask = (n: number) =>
    applyOps(state, [{ op: 'hold', id: leadNo(n), atMs, version: 1, windows }], atMs)[0]?.kind;
  let open = 0;
  while (ask(open) === 'granted') open += 1;
  expect(open).toBeGreaterThan(1_000);
  expect(JSON.stringify(state).length).toBeLessThan(2_000_000);
  expect([ask(open), ask(open - 1)], 'a repeat is no new hold').toEqual(['busy', 'granted']);
  applyOps(state, [{ op: 'keep', id: leadNo(0) }], atMs);
  expect(ask(open)).toBe('granted');
});
