// A deposit told to a buyer's entity by the cap desk: certain or to be repeated, counted once, and
// no denial of before it stands in the way of a lead afterwards. Time is fake.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { balanceKeyOf } from '../../src/domain/caps/keys.ts';
import { deskWithEntity, request, settle, stopClock } from './desk-entity.ts';

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

const KEY = balanceKeyOf('apex');
const paid = (upTo: number, totalCents: number) => ({ key: KEY, upTo, totalCents });
const charge = (id: string) => request(id, 0, { key: KEY, amount: 1480, endsAtMs: null });

/** Lets an answer come, however many turns it takes. */
async function answerOf<T>(asked: Promise<T>, ms = 0): Promise<T> {
  await settle(ms);
  return asked;
}

test('a denial is forgotten with the deposit, and the next lead is granted', async () => {
  const { desk } = deskWithEntity();
  expect(await answerOf(desk.hold('apex', charge('lead/0'), 1))).toMatchObject({ kind: 'denied' });
  expect(desk.deniedKey(KEY, 0)).toMatchObject({ detail: `${KEY}: $0.00 left` });
  expect(await answerOf(desk.deposit('apex', paid(1, 2_000)))).toBe(true);
  expect(desk.deniedKey(KEY, 0)).toBeUndefined();
  expect(await answerOf(desk.hold('apex', charge('lead/1'), 1))).toEqual({ kind: 'granted' });
});

test('one that was denied in the same batch, a moment before, is forgotten too', async () => {
  const { desk } = deskWithEntity();
  const denied = desk.hold('apex', charge('lead/0'), 1);
  const told = desk.deposit('apex', paid(1, 2_000));
  expect(await answerOf(denied)).toMatchObject({ kind: 'denied' });
  expect(await told).toBe(true);
  expect(desk.deniedKey(KEY, 0)).toBeUndefined();
});

test('without an answer it is not certain; repeated, it counts once', async () => {
  const { desk, wire, used } = deskWithEntity();
  wire.next = ['lost after', 'lost after', 'lost before'];
  expect(await answerOf(desk.deposit('apex', paid(1, 2_000)), 2_000)).toBe(false);
  expect(await answerOf(desk.deposit('apex', paid(1, 2_000)))).toBe(true);
  expect(used(KEY)).toBe(-2_000);
});

test('an entity that knows nothing is seeded first, and counts it once', async () => {
  const seed = { deposits: paid(2, 5_000) };
  const { desk, used, seedEntity } = deskWithEntity({ seeded: false, seed });
  expect(await answerOf(desk.deposit('apex', paid(2, 5_000)))).toBe(true);
  expect(seedEntity).toHaveBeenCalledOnce();
  expect(used(KEY)).toBe(-5_000);
});
