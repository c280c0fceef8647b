// What the cap desk remembers of a full window: enough that not every lead asks a full buyer,
// and not so long that room stays unused. Time is fake.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { DAY, deskWithEntity, ids, request, settle, stopClock } from './desk-entity.ts';

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

describe('a denial', () => {
  const fill = async ({ desk }: ReturnType<typeof deskWithEntity>) => {
    const asked = ids(2).map((id) => desk.hold('apex', request(id, 1), 1));
    await settle();
    return Promise.all(asked);
  };

  test('says which window is full', async () => {
    const [, denied] = await fill(deskWithEntity());
    expect(denied).toMatchObject({ kind: 'denied', detail: `${DAY} 1/1` });
  });

  test('T37: is remembered for a second at most', async () => {
    const given = deskWithEntity();
    expect(given.desk.deniedKey(DAY, 1)).toBeUndefined();
    await fill(given);
    await settle(999);
    expect(given.desk.deniedKey(DAY, 1)?.detail).toBe(`${DAY} 1/1`);
    await settle(1);
    expect(given.desk.deniedKey(DAY, 1)).toBeUndefined();
  });

  test('is asked again by one lead for all', async () => {
    const given = deskWithEntity();
    await fill(given);
    await settle(1_000);
    expect(given.desk.deniedKey(DAY, 1), 'this one asks').toBeUndefined();
    expect(given.desk.deniedKey(DAY, 1), 'this one does not').toBeDefined();
    await settle(1_000);
    expect(given.desk.deniedKey(DAY, 1), 'the one before did not say').toBeUndefined();
  });

  test('is remembered for ten seconds where nothing of it may be released', async () => {
    const given = deskWithEntity();
    await fill(given);
    given.desk.keepLater('apex', 'lead/0');
    await settle(2_000);
    const denied = given.desk.hold('apex', request('lead/2', 1), 1);
    await settle();
    expect((await denied).kind).toBe('denied');
    await settle(9_999);
    expect(given.desk.deniedKey(DAY, 1)?.detail).toBe(`${DAY} 1/1`);
    await settle(1);
    expect(given.desk.deniedKey(DAY, 1)).toBeUndefined();
  });

  test('of a balance is short: money may be paid in at another process', async () => {
    const [key, amount] = ['buyer/apex/balance/cents', 900];
    const { desk } = deskWithEntity();
    const denied = desk.hold('apex', request('lead/0', 800, { key, amount }), 1);
    await settle();
    expect((await denied).kind).toBe('denied');
    await settle(999);
    expect(desk.deniedKey(key, 800, amount)).toBeDefined();
    await settle(1);
    expect(desk.deniedKey(key, 800, amount)).toBeUndefined();
  });

  test('is forgotten when a lead finds more room than was known', async () => {
    const { desk, anotherDesk } = deskWithEntity();
    const hold = async (id: string) => {
      void desk.hold('apex', request(id, 2), 1);
      await settle();
    };
    await hold('lead/0');
    await hold('lead/1');
    expect(desk.deniedKey(DAY, 2)).toBeDefined();
    for (const id of ids(2)) void anotherDesk().release('apex', request(id, 2), 'first');
    await settle();
    expect(desk.deniedKey(DAY, 2), 'not known here').toBeDefined();
    await hold('lead/2');
    expect(desk.deniedKey(DAY, 2)).toBeUndefined();
  });

  test('is remembered from the grant that took the last room', async () => {
    const { desk } = deskWithEntity();
    void desk.hold('apex', request('lead/0', 2), 1);
    await settle();
    expect(desk.deniedKey(DAY, 2)).toBeUndefined();
    void desk.hold('apex', request('lead/1', 2), 1);
    await settle();
    expect(desk.deniedKey(DAY, 2)?.detail).toBe('no room left');
  });

  test('says nothing under another limit, and is forgotten with a new world', async () => {
    const given = deskWithEntity();
    await fill(given);
    expect(given.desk.deniedKey(DAY, 2), 'raised').toBeUndefined();
    await fill(given);
    expect(given.desk.deniedKey(DAY, 1)).toBeDefined();
    given.desk.forgetDenials();
    expect(given.desk.deniedKey(DAY, 1)).toBeUndefined();
  });

  test('is forgotten where its window ends', async () => {
    const { desk } = deskWithEntity();
    const endsAtMs = Date.now() + 300;
    void desk.hold('apex', request('lead/0', 1, { endsAtMs }), 1);
    await settle(299);
    expect(desk.deniedKey(DAY, 1)).toBeDefined();
    await settle(1);
    expect(desk.deniedKey(DAY, 1)).toBeUndefined();
  });

  test('T36: is forgotten once a release here has made room', async () => {
    const given = deskWithEntity();
    await fill(given);
    const released = given.desk.release('apex', request('lead/0', 1), 'first');
    await settle();
    expect(await released).toBe(true);
    expect(given.desk.deniedKey(DAY, 1)).toBeUndefined();
  });

  test('T36: is forgotten also when it came in the same batch as that release', async () => {
    const { desk } = deskWithEntity();
    void desk.hold('apex', request('lead/0', 1), 1);
    await settle();
    const denied = desk.hold('apex', request('lead/1', 1), 1);
    const released = desk.release('apex', request('lead/0', 1), 'first');
    await settle();
    expect([(await denied).kind, await released]).toEqual(['denied', true]);
    expect(desk.deniedKey(DAY, 1)).toBeUndefined();
  });

  test('of a dear lead is not remembered while a cheaper one would fit', async () => {
    const { desk } = deskWithEntity();
    const cents = (id: string, amount: number) => request(id, 2_000, { amount });
    const asked = [cents('lead/0', 1_500), cents('lead/1', 900), cents('lead/2', 500)];
    const said = asked.map((each) => desk.hold('apex', each, 1));
    await settle();
    expect((await Promise.all(said)).map(({ kind }) => kind)).toEqual([
      'granted',
      'denied',
      'granted',
    ]);
    void desk.release('apex', cents('lead/2', 500), 'first');
    await settle();
    const denied = desk.hold('apex', cents('lead/3', 900), 1);
    await settle();
    expect((await denied).kind).toBe('denied');
    expect(desk.deniedKey(DAY, 1)).toBeUndefined();
  });
});
