// What the cap desk says of a denial: until when a paced cap waits, what is left of a balance; and
// to which offers it says it.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { DAY, deskWithEntity, request, settle, stopClock } from './desk-entity.ts';

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

test('by pacing says until when', async () => {
  const { desk } = deskWithEntity();
  const paced = { limit: 0, untilMs: Date.now() + 60_000, until: '12:01' };
  const holding = desk.hold('apex', request('lead/0', 40, { paced }), 1);
  await settle();
  const detail = `${DAY} 0/40, paced until 12:01`;
  expect(await holding).toEqual({ kind: 'denied', detail, untilMs: paced.untilMs });
});

test('by a balance says what is left', async () => {
  const { desk } = deskWithEntity();
  const balance = { key: 'buyer/apex/balance/cents', amount: 1480, endsAtMs: null };
  const holding = desk.hold('apex', request('lead/0', 300, balance), 1);
  await settle();
  expect(await holding).toMatchObject({ detail: 'buyer/apex/balance/cents: $3.00 left' });
});

test('with something left is told to dearer offers only', async () => {
  const { desk } = deskWithEntity();
  const budget = { key: 'contract/apex_auto/total/cents', amount: 700 };
  void desk.hold('apex', request('lead/0', 1_000, budget), 1);
  void desk.hold('apex', request('lead/1', 1_000, budget), 1);
  await settle();
  expect(desk.deniedKey(budget.key, 1_000)).toBeUndefined();
  expect(desk.deniedKey(budget.key, 1_000, 300)).toBeUndefined();
  expect(desk.deniedKey(budget.key, 1_000, 301)?.detail).toBe(`${budget.key} 700/1000`);
});
