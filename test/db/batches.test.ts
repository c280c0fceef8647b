// Sold leads that leave together: each is in one batch, which nobody joins once it is begun; and
// how it ended is written for each of them, and told, once.

import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type BatchKey,
  claimBatches,
  claimBatchesAgain,
  joinBatch,
  loadBatch,
  recordBatch,
} from '../../src/db/delivering/batches.ts';
import { listEndpoints, recordFailure } from '../../src/db/delivering/endpoints.ts';
import { askRedeliveries } from '../../src/db/delivering/redeliveries.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, storeSoldLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createBook();
  await db.pool.query(`insert into wanted_events values ('lead.delivered'), ('delivery.failed')`);
});
afterAll(() => db.close());

const PAST_MS = Date.parse('2026-01-05T17:30:00Z');
const LATER_MS = Date.parse('2026-01-06T17:30:00Z');
let contracts = 0;

/** A batch of a contract of its own, with so many leads. */
async function batchWith(count: number) {
  const contractId = `apex_${(contracts += 1)}`;
  const key: BatchKey = { contractId, target: 'files', dueAtMs: PAST_MS };
  const leads: LeadId[] = [];
  for (let n = 0; n < count; n += 1) {
    leads.push(await storeSoldLead(db.pool, [{ contractId, priceCents: 900 }]));
  }
  const join = (leadId: LeadId, dueAtMs = PAST_MS) =>
    joinBatch(db.pool, { leadId, contractId, target: 'files' }, { dueAtMs, detail: 'goes out' });
  for (const leadId of leads) expect(await join(leadId)).toBe(PAST_MS);
  /** Begins it as the sweeper does. */
  const begin = async () => {
    const begun = await claimBatches(db.pool, 100);
    return begun.filter((one) => one.contractId === contractId);
  };
  return { key, leads, join, begin };
}

async function deliveriesOf(leads: readonly LeadId[]) {
  const { rows } = await db.pool.query<{ state: string; detail: string; tries: number }>(
    `select state, detail, tries from deliveries where lead_id = any($1) order by lead_id`,
    [leads],
  );
  return rows;
}

async function eventsOf(leads: readonly LeadId[]) {
  const { rows } = await db.pool.query<{ name: string; payload: object }>(
    `select name, payload from outbox where kind = 'event' and lead_id = any($1)
       and name in ('lead.delivered', 'delivery.failed') order by lead_id`,
    [leads],
  );
  return rows;
}

test('a lead is in one batch, listed as waiting for it, however often it joins', async () => {
  const { key, leads, join } = await batchWith(2);
  const [first] = leads as [LeadId];
  expect(await join(first, LATER_MS)).toBe(PAST_MS);
  const { items, tries } = await loadBatch(db.pool, key);
  expect(items.map(({ leadId }) => leadId)).toEqual(leads);
  expect(tries).toBe(0);
  expect(items[0]?.sale).toMatchObject({ priceCents: 900 });
  const waits = { state: 'trying', detail: 'goes out', tries: 0 };
  expect(await deliveriesOf(leads)).toEqual([waits, waits]);
});

test('two runs that put a lead in at once put it in once', async () => {
  const { key, join } = await batchWith(0);
  const { contractId } = key;
  const lead = await storeSoldLead(db.pool, [{ contractId, priceCents: 900 }]);
  const joined = await Promise.all([join(lead), join(lead), join(lead)]);
  expect(joined).toContain(PAST_MS);
  expect((await loadBatch(db.pool, key)).items).toHaveLength(1);
});

test('a batch that is begun is not joined, and goes to one process', async () => {
  const { key, join, begin } = await batchWith(1);
  const both = await Promise.all([begin(), begin()]);
  expect(both.flat()).toEqual([key]);
  const { contractId } = key;
  const late = await storeSoldLead(db.pool, [{ contractId, priceCents: 900 }]);
  expect(await join(late)).toBeUndefined();
  expect(await join(late, LATER_MS)).toBe(LATER_MS);
  expect((await loadBatch(db.pool, key)).items).toHaveLength(1);
  expect(await begin()).toMatchObject([{ dueAtMs: LATER_MS }]);
  await claimBatchesAgain(db.pool, [key]);
  expect(await begin()).toEqual([key]);
});

test('a batch that is being joined is not begun', async () => {
  const { key, begin } = await batchWith(1);
  const client = await db.pool.connect();
  await client.query('begin');
  await client.query(`select from batches where contract_id = $1 for share`, [key.contractId]);
  expect(await begin()).toEqual([]);
  await client.query('rollback');
  client.release();
  expect(await begin()).toEqual([key]);
});

test('its end is that of each lead, told once for each, and heals the endpoint', async () => {
  const { key, leads, begin } = await batchWith(2);
  await begin();
  const breaker = { after: 1, probeEveryMs: 1_000, disableAfterMs: 60_000 };
  const [leadId] = leads as [LeadId];
  const failure = { leadId, detail: 'away', stops: false };
  await recordFailure(db.pool, key, { failure, breaker });
  const again = { state: 'trying', detail: 'away', tried: 1, nextTryAtMs: LATER_MS } as const;
  await recordBatch(db.pool, key, again);
  const waits = { state: 'trying', detail: 'away', tries: 1 };
  expect(await deliveriesOf(leads)).toEqual([waits, waits]);
  expect(await eventsOf(leads)).toEqual([]);
  expect(await listEndpoints(db.pool, key)).toMatchObject([{ state: 'open' }]);

  const sent = { state: 'delivered', detail: 'a.csv, with 2 leads', tried: 1 } as const;
  await recordBatch(db.pool, key, sent);
  await recordBatch(db.pool, key, sent);
  await recordBatch(db.pool, key, { state: 'failed', detail: null, tried: 0 });
  const done = { state: 'delivered', detail: 'a.csv, with 2 leads', tries: 2 };
  expect(await deliveriesOf(leads)).toEqual([done, done]);
  const event = {
    name: 'lead.delivered',
    payload: { contract: key.contractId, target: 'files', buyer: 'apex' },
  };
  expect(await eventsOf(leads)).toEqual([event, event]);
  expect(await listEndpoints(db.pool, key)).toMatchObject([{ state: 'healthy' }]);
  expect(await begin()).toEqual([]);
});

test('given up, it says what was said last', async () => {
  const { key, leads, begin } = await batchWith(1);
  await begin();
  await recordBatch(db.pool, key, { state: 'trying', detail: 'away', tried: 1 });
  await recordBatch(db.pool, key, { state: 'failed', detail: null, tried: 0 });
  expect(await deliveriesOf(leads)).toEqual([
    { state: 'failed', detail: 'given up: away', tries: 1 },
  ]);
  expect(await eventsOf(leads)).toMatchObject([{ name: 'delivery.failed' }]);
});

test('what ended joins another batch only where an operator asked for it again', async () => {
  const { key, leads, join, begin } = await batchWith(2);
  await begin();
  await recordBatch(db.pool, key, { state: 'failed', detail: 'no', tried: 1 });
  const [first, second] = leads as [LeadId, LeadId];
  const { contractId, target } = key;
  const deliveries = [{ leadId: first, contractId, target }];
  const wish = { which: { kind: 'named', deliveries }, by: 'ada', mode: 'ask', limit: 10 } as const;
  await askRedeliveries(db.pool, wish);
  expect([await join(first, LATER_MS), await join(second, LATER_MS)]).toEqual([LATER_MS, PAST_MS]);
  const next = await loadBatch(db.pool, { ...key, dueAtMs: LATER_MS });
  expect(next.items.map(({ leadId }) => leadId)).toEqual([first]);
  expect(await deliveriesOf(leads)).toMatchObject([{ state: 'trying' }, { state: 'failed' }]);
});
