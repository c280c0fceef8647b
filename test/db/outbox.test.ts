// What leaves after a commit: each signal at least once, whatever becomes of the others.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatchSignals, type OutgoingSignal } from '../../src/db/outbox.ts';
import { settleUnaccepted } from '../../src/db/settlement.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, inDoubt, rejected, sending, storeLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

test('a signal is handed over at least once, and one that fails holds up no other', async () => {
  const settleOne = async () => {
    const leadId = await storeLead(db.pool);
    const key = await sending(db.pool, leadId);
    await settleUnaccepted(db.pool, key, inDoubt);
    await settleUnaccepted(db.pool, key, rejected);
    return leadId;
  };
  const [failing, fine] = [await settleOne(), await settleOne()];
  const sent: OutgoingSignal[] = [];
  const send = async (signal: OutgoingSignal) => {
    if (signal.leadId === failing && sent.length < 2) throw new Error('Temporal is away');
    sent.push(signal);
  };
  expect(await dispatchSignals(db.pool, send)).toBe(1);
  expect(sent).toMatchObject([
    { leadId: fine, name: 'attemptSettled', payload: { contract: 'apex_auto' } },
  ]);
  sent.push(...sent);
  expect(await dispatchSignals(db.pool, send)).toBe(1);
  expect(sent.at(-1)).toMatchObject({ leadId: failing });
  expect(await dispatchSignals(db.pool, send)).toBe(0);
});
