// Giving room back, and turning it into a sale: a release is repeated until it is certain, and a
// keep is never worth a batch of its own. Time is fake.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { REMEMBER_MS } from '../../src/domain/caps/caps.ts';
import { DAY, deskWithEntity, request, settle, stopClock } from './desk-entity.ts';

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

describe('a release', () => {
  test('of what holds no window needs no entity', async () => {
    const { desk, calls } = deskWithEntity();
    const nothing = { ...request('lead/0', 1), windows: [] };
    expect(await desk.release('apex', nothing, 'first')).toBe(true);
    expect(calls).toEqual([]);
  });

  test('is certain when the entity says so, and a second one as well', async () => {
    const { desk, used } = deskWithEntity();
    void desk.hold('apex', request('lead/0', 5), 1);
    await settle();
    for (let time = 0; time < 2; time += 1) {
      const released = desk.release('apex', request('lead/0', 5), 'first');
      await settle();
      expect(await released).toBe(true);
      expect(used(DAY)).toBe(0);
    }
  });

  test('is not certain after 2 s without an answer', async () => {
    const { desk, wire } = deskWithEntity();
    wire.slow = true;
    const released = desk.release('apex', request('lead/0', 5), 'first');
    await settle(2_000);
    expect(await released).toBe(false);
  });

  test('of a hold that was never granted refuses the hold, should it arrive late', async () => {
    const { desk, used } = deskWithEntity();
    const late = request('lead/0', 5);
    void desk.release('apex', late, 'first');
    await settle();
    const holding = desk.hold('apex', late, 1);
    await settle();
    expect(await holding).toMatchObject({ kind: 'denied', detail: 'the hold is released' });
    expect(used(DAY)).toBe(0);
  });

  test('of what became a sale gives nothing back', async () => {
    const { desk, used } = deskWithEntity();
    const sold = request('lead/0', 5);
    void desk.hold('apex', sold, 1);
    await settle();
    desk.keepLater('apex', sold.id);
    await settle(2_000);
    const released = desk.release('apex', sold, 'first');
    await settle();
    expect(await released).toBe(true);
    expect(used(DAY)).toBe(1);
  });

  test('T36: of a hold that was folded long ago is corrected by name, once', async () => {
    const { desk, calls, used } = deskWithEntity();
    const endsAtMs = Date.now() + 86_400_000;
    const old = request('lead/0', 5, { endsAtMs });
    void desk.hold('apex', old, 1);
    await settle();
    await settle(REMEMBER_MS + 1);
    for (let time = 0; time < 2; time += 1) {
      const released = desk.release('apex', old, 'first');
      await settle();
      expect(await released).toBe(true);
      expect(used(DAY)).toBe(0);
    }
    expect(calls.at(-1)?.ops).toEqual([
      { op: 'adjust', id: 'release/lead/0', changes: [{ key: DAY, by: -1, endsAtMs }] },
    ]);
  });
});

test('a repeat of a release that nobody remembers corrects nothing', async () => {
  const { desk, calls, used } = deskWithEntity();
  const old = request('lead/0', 5);
  void desk.hold('apex', old, 1);
  await settle();
  await settle(REMEMBER_MS + 1);
  const released = desk.release('apex', old, 'repeat');
  await settle();
  expect(await released).toBe(true);
  expect(used(DAY)).toBe(1);
  expect(calls.at(-1)?.ops).toMatchObject([{ op: 'release' }]);
});

describe('a keep', () => {
  const holdOne = async (given: ReturnType<typeof deskWithEntity>) => {
    void given.desk.hold('apex', request('lead/0', 5), 1);
    await settle();
  };

  test('leaves with the next batch', async () => {
    const given = deskWithEntity();
    await holdOne(given);
    given.desk.keepLater('apex', 'lead/0');
    await settle(500);
    expect(given.batches()).toEqual([['lead/0']]);
    void given.desk.hold('apex', request('lead/1', 5), 1);
    await settle();
    expect(given.calls[1]?.ops.map(({ op }) => op)).toEqual(['keep', 'hold']);
    expect(given.state).toMatchObject({ open: 1, done: { 'lead/0': { as: 'kept' } } });
    await settle(5_000);
    expect(given.calls, 'nothing is left to send').toHaveLength(2);
  });

  test('leaves after 2 s on a quiet buyer, with all others of that time', async () => {
    const given = deskWithEntity();
    await holdOne(given);
    given.desk.keepLater('apex', 'lead/0');
    await settle(1_500);
    given.desk.keepLater('apex', 'lead/x');
    await settle(499);
    expect(given.calls).toHaveLength(1);
    await settle(1);
    expect(given.batches()[1]).toEqual(['lead/0', 'lead/x']);
    await settle(5_000);
    expect(given.calls).toHaveLength(2);
  });

  test.for(['before', 'while'] as const)(
    'asked for %s a batch leaves never makes a second one in flight',
    async (when) => {
      const given = deskWithEntity();
      given.wire.slow = true;
      if (when === 'before') given.desk.keepLater('apex', 'lead/x');
      void given.desk.hold('apex', request('lead/0', 5), 1);
      await settle();
      if (when === 'while') given.desk.keepLater('apex', 'lead/x');
      void given.desk.release('apex', request('lead/1', 5), 'first');
      given.letGo();
      await settle();
      void given.desk.release('apex', request('lead/2', 5), 'first');
      await settle(1_999);
      void given.desk.release('apex', request('lead/3', 5), 'first');
      await settle(2_000);
      expect(given.calls).toHaveLength(2);
      expect(given.wire.most).toBe(1);
    },
  );

  test('asked for while a batch is in flight leaves with the one after it', async () => {
    const given = deskWithEntity();
    given.wire.slow = true;
    void given.desk.hold('apex', request('lead/0', 5), 1);
    await settle();
    given.desk.keepLater('apex', 'lead/0');
    given.letGo();
    await settle();
    expect(given.batches()).toEqual([['lead/0'], ['lead/0']]);
  });
});
