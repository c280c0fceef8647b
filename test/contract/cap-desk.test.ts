// The cap desk: what callers ask of a buyer's entity leaves in few batches, one at a time; nothing
// is counted twice over a wire that breaks; and no source waits longer than it should. Time is
// fake.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createCapDesk } from '../../src/activities/cap-desk.ts';
import { DAY, deskWithEntity, ids, request, settle, stopClock } from './desk-entity.ts';

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

describe('batches', () => {
  test('gather what is asked for in one turn', async () => {
    const { desk, batches } = deskWithEntity();
    const asked = ids(40).map((id) => desk.hold('apex', request(id, 100), 1));
    await settle();
    expect(await Promise.all(asked)).toEqual(ids(40).map(() => ({ kind: 'granted' })));
    expect(batches()).toEqual([ids(40)]);
  });

  test('of a buyer leave one at a time, and what comes meanwhile is the next one', async () => {
    const { desk, wire, batches, letGo } = deskWithEntity();
    wire.slow = true;
    const first = desk.hold('apex', request('lead/0', 100), 1);
    await settle();
    const later = ids(3, 1).map((id) => desk.hold('apex', request(id, 100), 1));
    await settle(50);
    expect(batches(), 'one is in flight').toEqual([['lead/0']]);
    letGo();
    await settle();
    expect(batches()).toEqual([['lead/0'], ids(3, 1)]);
    letGo();
    await settle();
    expect(await Promise.all([first, ...later])).toHaveLength(4);
    expect(wire.most).toBe(1);
  });

  test('of two buyers do not wait for each other', async () => {
    const { desk, wire, calls } = deskWithEntity();
    wire.slow = true;
    void desk.hold('apex', request('lead/0', 100), 1);
    void desk.hold('bolt', request('lead/0', 100), 1);
    await settle();
    expect(calls.map(({ buyerId }) => buyerId)).toEqual(['apex', 'bolt']);
  });

  test('hold 500 operations at most, in the order asked', async () => {
    const { desk, calls } = deskWithEntity();
    const asked = ids(1_201).map((id) => desk.hold('apex', request(id, 10_000), 1));
    await settle();
    await Promise.all(asked);
    expect(calls.map(({ ops }) => ops.length)).toEqual([500, 500, 201]);
    expect(calls.flatMap(({ ops }) => ops.map(({ id }) => id))).toEqual(ids(1_201));
  });

  test('T34: 200 callers and a cap of 10 make 10 grants', async () => {
    const { desk, used } = deskWithEntity();
    const asked = ids(200).map((id) => desk.hold('apex', request(id, 10), 1));
    await settle();
    const granted = (await Promise.all(asked)).filter(({ kind }) => kind === 'granted');
    expect(granted).toHaveLength(10);
    expect(used(DAY)).toBe(10);
  });
});

describe('a hold without an answer', () => {
  test('is unknown after a second, and not a millisecond sooner', async () => {
    const { desk, wire } = deskWithEntity();
    wire.slow = true;
    const said = vi.fn();
    void desk.hold('apex', request('lead/0', 100), 1).then(said);
    await settle(999);
    expect(said).not.toHaveBeenCalled();
    await settle(1);
    expect(said).toHaveBeenCalledWith({ kind: 'unknown', detail: 'no answer in 1000 ms' });
  });

  test('that still waited in the queue is never sent', async () => {
    const { desk, wire, batches, letGo, state } = deskWithEntity();
    wire.slow = true;
    void desk.hold('apex', request('lead/0', 100), 1);
    await settle();
    const queued = desk.hold('apex', request('lead/1', 100), 1);
    await settle(1_000);
    expect(await queued).toMatchObject({ kind: 'unknown' });
    const third = desk.hold('apex', request('lead/2', 100), 1);
    letGo();
    await settle();
    letGo();
    await settle();
    expect(await third).toEqual({ kind: 'granted' });
    expect(batches()).toEqual([['lead/0'], ['lead/2']]);
    expect(Object.keys(state.holds)).toEqual(['lead/0', 'lead/2']);
  });

  test('that was sent counts, and its repeat under the same id counts no second time', async () => {
    const { desk, wire, letGo, used } = deskWithEntity();
    wire.slow = true;
    const asked = desk.hold('apex', request('lead/0', 1), 1);
    await settle(1_000);
    expect(await asked).toMatchObject({ kind: 'unknown' });
    wire.slow = false;
    letGo();
    await settle();
    expect(used(DAY)).toBe(1);
    const again = desk.hold('apex', request('lead/0', 1), 1);
    await settle();
    expect(await again).toEqual({ kind: 'granted' });
    expect(used(DAY)).toBe(1);
  });
});

describe('a wire that breaks', () => {
  test.for(['lost before', 'lost after'] as const)(
    'a batch that is %s the count is sent again under its own id, and counts once',
    async (fate) => {
      const { desk, wire, calls, used } = deskWithEntity();
      wire.next = [fate];
      const asked = ids(3).map((id) => desk.hold('apex', request(id, 100), 1));
      await settle(100);
      expect(await Promise.all(asked)).toEqual(ids(3).map(() => ({ kind: 'granted' })));
      expect(calls).toHaveLength(2);
      expect(new Set(calls.map(({ batchId }) => batchId)).size).toBe(1);
      expect(calls[1]?.ops).toEqual(calls[0]?.ops);
      expect(used(DAY)).toBe(3);
    },
  );

  test('three times ends the batch as unanswered, and the next one begins anew', async () => {
    const { desk, wire, calls } = deskWithEntity();
    wire.next = ['lost before', 'lost before', 'lost before'];
    const asked = desk.release('apex', request('lead/0', 100), 'first');
    await settle(100 + 200);
    expect(await asked).toBe(false);
    expect(calls).toHaveLength(3);
    const next = desk.hold('apex', request('lead/1', 100), 1);
    await settle();
    expect(await next).toEqual({ kind: 'granted' });
    expect(calls[3]?.batchId).not.toBe(calls[0]?.batchId);
  });

  test('in the middle of an answer leaves unknown what it did not bring', async () => {
    const granted = { kind: 'granted', rooms: [] } as const;
    const deps = { seedCaps: () => Promise.resolve(), now: Date.now, holdWaitMs: 1_000 };
    const desk = createCapDesk({ ...deps, applyCaps: () => Promise.resolve([granted]) });
    const asked = ids(2).map((id) => desk.hold('apex', request(id, 9), 1));
    await settle();
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(['granted', 'unknown']);
  });
});

describe('T35: an entity that knows nothing', () => {
  const seed = { used: [{ key: DAY, by: 9, endsAtMs: null }] };

  test('is seeded, then asked the same again', async () => {
    const { desk, calls, seedEntity, used } = deskWithEntity({ seeded: false, seed });
    const asked = ids(3).map((id) => desk.hold('apex', request(id, 10), 1));
    await settle();
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(kinds).toEqual(['granted', 'denied', 'denied']);
    expect(seedEntity).toHaveBeenCalledExactlyOnceWith('apex', 'run-1');
    expect(calls).toHaveLength(2);
    expect(calls[1]?.ops).toEqual(calls[0]?.ops);
    // Its first answer, `unseeded`, is remembered under the batch's id: the second needs another.
    expect(calls[1]?.batchId).not.toBe(calls[0]?.batchId);
    expect(used(DAY)).toBe(10);
  });

  test('and whose second answer is lost is asked a third time', async () => {
    const { desk, wire, used } = deskWithEntity({ seeded: false, seed });
    wire.next = ['works', 'lost after'];
    const asked = desk.hold('apex', request('lead/0', 10), 1);
    await settle(100);
    expect(await asked).toEqual({ kind: 'granted' });
    expect(used(DAY)).toBe(10);
  });

  test('S31: and cannot be seeded grants nothing', async () => {
    const { desk, seedEntity } = deskWithEntity({ seeded: false });
    seedEntity.mockRejectedValue(new Error('PostgreSQL is away'));
    const asked = desk.hold('apex', request('lead/0', 10), 1);
    await settle(1_000);
    expect(await asked).toMatchObject({ kind: 'unknown' });
  });

  test('is begun and seeded ahead of the first lead by warming, and holds nothing for it', async () => {
    const { desk, seedEntity, state } = deskWithEntity({ seeded: false, seed });
    const warmed = desk.warm(['apex', 'bolt']);
    await settle();
    await warmed;
    expect(seedEntity).toHaveBeenCalled();
    expect(state).toMatchObject({ seeded: true, open: 0, done: {} });
  });
});
