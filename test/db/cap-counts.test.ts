// What PostgreSQL counts in each cap window: what is sold, on the way or in doubt, until the window
// ends, or, rolling, until the bucket of each lead leaves.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCapCounts } from '../../src/db/reading/cap-counts.ts';
import { settleAccepted, settleUnaccepted } from '../../src/db/settlement.ts';
import type { CapWindow } from '../../src/domain/caps/caps.ts';
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

function offerOf(buyerId: string, windows: readonly Partial<CapWindow>[]) {
  const capWindows = windows.map((window) => {
    return {
      key: `buyer/${buyerId}/day/today/leads`,
      amount: 1,
      limit: 5,
      endsAtMs: soonMs,
      ...window,
    };
  });
  return { buyerId, contractId: `${buyerId}_auto`, capWindows };
}

test('what is sold, on the way and in doubt counts; plans and rejections do not', async () => {
  const offer = offerOf('apex', [
    {},
    { key: 'buyer/apex/total/cents', amount: 1480, endsAtMs: null },
  ]);
  await planned(db.pool, await storeLead(db.pool), offer);
  await sending(db.pool, await storeLead(db.pool), offer);
  const sold = await sending(db.pool, await storeLead(db.pool), offer);
  await settleAccepted(db.pool, sold, { result: accepted(1480), terms: saleTerms() });
  const doubted = await sending(db.pool, await storeLead(db.pool), offer);
  await settleUnaccepted(db.pool, doubted, inDoubt);
  const refused = await sending(db.pool, await storeLead(db.pool), offer);
  await settleUnaccepted(db.pool, refused, rejected);

  expect(await readCapCounts(db.pool, ['apex', 'nobody'])).toEqual([
    { buyerId: 'apex', key: 'buyer/apex/day/today/leads', counted: 3, endsAtMs: soonMs },
    { buyerId: 'apex', key: 'buyer/apex/total/cents', counted: 3 * 1480, endsAtMs: null },
  ]);
});

test('windows that have ended are left out, and other buyers are', async () => {
  const ended = offerOf('bolt', [{ key: 'buyer/bolt/hour/past/leads', endsAtMs: Date.now() - 1 }]);
  await sending(db.pool, await storeLead(db.pool), ended);
  expect(await readCapCounts(db.pool, ['apex_2', 'bolt'])).toEqual([]);
  // A team's caps stand in one entity, with those of its members.
  const member = offerOf('sales.ann', [{}]);
  await sending(db.pool, await storeLead(db.pool), member);
  expect(await readCapCounts(db.pool, ['sales'])).toMatchObject([
    { buyerId: 'sales', key: 'buyer/sales.ann/day/today/leads', counted: 1 },
  ]);
});

test('a rolling window counts bucket by bucket, each until it leaves', async () => {
  const rolling = { key: 'buyer/crest/rolling/1h/leads', rolling: HOUR_MS };
  const planEnds = (agoMs: number) => Math.ceil((Date.now() - agoMs) / 60_000) * 60_000 + HOUR_MS;
  const offerEnding = (endsAtMs: number) => offerOf('crest', [{ ...rolling, endsAtMs }]);
  const young = await sending(db.pool, await storeLead(db.pool), offerEnding(planEnds(0)));
  const older = await sending(db.pool, await storeLead(db.pool), offerEnding(planEnds(0)));
  const sentAgo = (minutes: number, leadId: string) =>
    db.pool.query(
      `update attempts set sent_at = now() - make_interval(mins => $2), cap_windows = jsonb_set(
         cap_windows, '{0,endsAtMs}', to_jsonb(0)) where lead_id = $1`,
      [leadId, minutes],
    );
  await sentAgo(30, older.leadId);
  const [both] = await readCapCounts(db.pool, ['crest']);
  expect(both?.counted).toBe(2);
  // Until the oldest of them leaves: half an hour, and the rest of its minute.
  const leavesIn = (both?.endsAtMs ?? 0) - Date.now();
  expect(leavesIn).toBeGreaterThan(29 * 60_000);
  expect(leavesIn).toBeLessThanOrEqual(31 * 60_000);

  await sentAgo(62, older.leadId);
  expect(await readCapCounts(db.pool, ['crest'])).toMatchObject([{ counted: 1 }]);
  await sentAgo(62, young.leadId);
  expect(await readCapCounts(db.pool, ['crest'])).toEqual([]);
});
