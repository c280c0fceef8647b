// What an entity that knows nothing is told: every live attempt counts, and no cap is passed by
// offers that were planned while nobody could count them.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCapsSeed } from '../../src/db/caps-seed.ts';
import { settleAccepted, settleUnaccepted } from '../../src/db/settlement.ts';
import {
  applyOps,
  type CapOp,
  type CapWindow,
  emptyCaps,
  seedCaps,
} from '../../src/domain/caps/caps.ts';
import { holdIdOf, type OfferKey } from '../../src/domain/ids.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
  accepted,
  createBook,
  inDoubt,
  planned,
  rejected,
  saleTerms,
  sending,
  storeLead,
} from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const HOUR_MS = 3_600_000;
const soonMs = Date.now() + HOUR_MS;

function dayOf(buyerId: string, endsAtMs = soonMs, amount = 1): CapWindow {
  return { key: `buyer/${buyerId}/day/today/leads`, amount, limit: 5, endsAtMs };
}

function offerOf(buyerId: string, window = dayOf(buyerId)) {
  return { buyerId, contractId: `${buyerId}_auto`, capWindows: [window] };
}

/** One lead per state that an attempt may be in. */
async function storeEveryState(buyerId: string): Promise<Record<string, OfferKey>> {
  const newLead = () => storeLead(db.pool);
  const offer = offerOf(buyerId);
  const [plan, sent, sold, doubted, refused] = [
    await planned(db.pool, await newLead(), offer),
    await sending(db.pool, await newLead(), offer),
    await sending(db.pool, await newLead(), offer),
    await sending(db.pool, await newLead(), offer),
    await sending(db.pool, await newLead(), offer),
  ];
  await settleAccepted(db.pool, sold, { result: accepted(1000), terms: saleTerms() });
  await settleUnaccepted(db.pool, doubted, inDoubt);
  await settleUnaccepted(db.pool, refused, rejected);
  return { plan, sent, sold, doubted, refused };
}

test('plans, sends, sales and doubts count; a rejection does not', async () => {
  const keys = await storeEveryState('apex');
  const { used, holds } = await readCapsSeed(db.pool, 'apex');
  const key = 'buyer/apex/day/today/leads';
  expect(used).toEqual([{ key, by: 4, endsAtMs: soonMs }]);
  const held = [keys['plan'], keys['sent'], keys['doubted']].map((one) => one && holdIdOf(one));
  expect(holds.map(({ id }) => id).toSorted()).toEqual(held.toSorted());
  expect(holds.every(({ windows }) => windows[0]?.key === key)).toBe(true);
  const unsure = holds.filter(({ planned }) => planned).map(({ id }) => id);
  expect(unsure).toEqual([keys['plan'] && holdIdOf(keys['plan'])]);
});

test('other buyers and ended windows are left out, and a total never ends', async () => {
  await planned(db.pool, await storeLead(db.pool), offerOf('bolt', dayOf('bolt', Date.now() - 1)));
  const total = { key: 'buyer/bolt/total/cents', amount: 1480, limit: 9000, endsAtMs: null };
  await planned(db.pool, await storeLead(db.pool), offerOf('bolt', total));
  const { used, holds } = await readCapsSeed(db.pool, 'bolt');
  expect(used).toEqual([{ key: 'buyer/bolt/total/cents', by: 1480, endsAtMs: null }]);
  expect(holds).toHaveLength(1);
  expect(await readCapsSeed(db.pool, 'nobody')).toEqual({ used: [], holds: [] });
});

test('T35 thirty offers planned before an entity knows anything do not pass its cap', async () => {
  const window = dayOf('crest');
  const offers = await Promise.all(
    Array.from({ length: 30 }, async () =>
      planned(db.pool, await storeLead(db.pool), offerOf('crest', window)),
    ),
  );
  const state = { ...emptyCaps(), epoch: 'run-1' };
  const ops = offers.map((key): CapOp => {
    return { op: 'hold', id: holdIdOf(key), atMs: Date.now(), windows: [window], version: 1 };
  });
  expect(applyOps(state, ops, Date.now()).every(({ kind }) => kind === 'unseeded')).toBe(true);
  seedCaps(state, { epoch: 'run-1', ...(await readCapsSeed(db.pool, 'crest')) }, Date.now());
  const granted = applyOps(state, ops, Date.now()).filter(({ kind }) => kind === 'granted');
  expect(granted).toHaveLength(5);
});

test('a lost entity knows again what was sold and what is on the way', async () => {
  const keys = await storeEveryState('dune');
  const state = { ...emptyCaps(), epoch: 'run-2' };
  seedCaps(state, { epoch: 'run-2', ...(await readCapsSeed(db.pool, 'dune')) }, Date.now());
  const hold = (id: string): CapOp => {
    return { op: 'hold', id, atMs: Date.now(), windows: [dayOf('dune')], version: 1 };
  };
  const [fifth, sixth] = applyOps(state, [hold('new/1'), hold('new/2')], Date.now());
  expect([fifth?.kind, sixth?.kind]).toEqual(['granted', 'denied']);
  const doubted = keys['doubted'] && holdIdOf(keys['doubted']);
  const [, freed] = applyOps(
    state,
    [{ op: 'release', id: doubted ?? '', atMs: Date.now() }, hold('new/3')],
    Date.now(),
  );
  expect(freed?.kind).toBe('granted');
});

test('the members of a team and the team itself are one buyer', async () => {
  for (const buyerId of ['team', 'team.ann', 'team.bob']) {
    await sending(db.pool, await storeLead(db.pool), offerOf(buyerId, dayOf('team')));
  }
  await sending(db.pool, await storeLead(db.pool), offerOf('teamster', dayOf('team')));
  for (const asked of ['team', 'team.bob']) {
    const { used } = await readCapsSeed(db.pool, asked);
    expect(used).toMatchObject([{ key: 'buyer/team/day/today/leads', by: 3 }]);
  }
});
