// The queue of events under crashes, slow receivers and several processes; and what is read back,
// sent once more, and forgotten.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Send } from '../../../src/activities/http.ts';
import { closeLead } from '../../../src/db/closing.ts';
import { recordDelivery } from '../../../src/db/deliveries.ts';
import { deleteOldEvents } from '../../../src/db/events/old.ts';
import { createEventCalls } from '../../../src/serving/events/calls.ts';
import { createFullCaps } from '../../../src/serving/events/full-caps.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { type DeskUnderTest, hookAt, openDesk } from '../../support/event-desk.ts';
import { createBook, storeLead, storeSoldLead } from '../../support/lead-rows.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
let receiver: Receiver;
const desks: DeskUnderTest[] = [];
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());
beforeEach(async () => void (receiver = await startReceiver()));
afterEach(async () => {
  await closeDesks();
  await receiver.close();
  const tables = ['events', 'webhooks', 'outbox', 'wanted_events', 'deliveries'];
  for (const table of tables) await db.pool.query(`delete from ${table}`);
});

const closeDesks = () => Promise.all(desks.splice(0).map((desk) => desk.close()));

function open(settings: Parameters<typeof openDesk>[2]): DeskUnderTest {
  const desk = openDesk(db.pool, receiver, settings);
  desks.push(desk);
  return desk;
}

const closing = { round: 1, verdicts: [], process: 'here' };
const unsold = { kind: 'unsold', reason: 'no_bids' } as const;

async function closeLeads(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await closeLead(db.pool, { ...closing, leadId: await storeLead(db.pool), unsold });
  }
}

const read = async <Row extends object>(text: string) => (await db.pool.query(text)).rows as Row[];
const countOf = async (text: string) =>
  (await read<{ n: number }>(`select count(*)::int as n from ${text}`))[0]?.n ?? 0;
const ops = () => ({ operator: { ops: hookAt(receiver, '/operator') } });

test('F55 a process that dies after the send and before the mark: sent again, the same id', async () => {
  await closeLeads(1);
  // It arrives, and the process never learns so: what a kill at that moment leaves.
  const dies =
    (send: Send): Send =>
    async (...call) => {
      await send(...call);
      return new Promise(() => undefined);
    };
  open({ hooks: ops(), around: dies });
  await receiver.until('/operator', 1);
  expect(await read('select state, tries from event_deliveries')).toEqual([
    { state: 'queued', tries: 1 },
  ]);
  open({ hooks: ops() });
  const [first, again] = await receiver.until('/operator', 2);
  expect(again?.id).toBe(first?.id);
  await until('it is marked', async () => {
    return (await countOf(`event_deliveries where state = 'delivered'`)) === 1;
  });
});

test('a receiver that hangs holds up no other, and gets four at once at most', async () => {
  receiver.answer('/operator/slow', 'hang');
  await closeLeads(12);
  const slow = hookAt(receiver, '/operator/slow', { timeoutMs: 20_000 });
  open({
    hooks: { operator: { slow, ops: hookAt(receiver, '/operator') } },
    terms: { leaseMs: 60_000 },
  });
  await receiver.until('/operator', 12);
  expect(receiver.at('/operator/slow')).toHaveLength(4);
});

test('two processes share the work: every event once', async () => {
  await closeLeads(40);
  for (let n = 0; n < 2; n += 1) open({ hooks: ops(), terms: { leaseMs: 60_000 } });
  await until('all are delivered', async () => {
    return (await countOf(`event_deliveries where state = 'delivered'`)) === 40;
  });
  const ids = receiver.at('/operator').map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
  expect(await countOf(`events where sequence = 1`)).toBe(40);
});

test('the events of a lead arrive in order, numbered from 1, pushes only if wanted', async () => {
  const sold = () => storeSoldLead(db.pool, [{ contractId: 'apex_auto', priceCents: 900 }]);
  const push = { contractId: 'apex_auto', tries: 1, detail: '' };
  const before = await sold();
  const done = { ...push, leadId: before, target: 'crm', state: 'delivered' } as const;
  await recordDelivery(db.pool, done);
  open({ hooks: { ...ops(), buyer: { crm: hookAt(receiver, '/buyer') } } });
  await receiver.until('/buyer', 1);
  const leadId = await sold();
  await recordDelivery(db.pool, { ...push, leadId, target: 'crm', state: 'trying' });
  for (const state of ['failed', 'failed', 'delivered', 'delivered'] as const) {
    await recordDelivery(db.pool, { ...push, leadId, target: 'crm', state });
  }
  await receiver.until('/buyer', 4);
  const told = receiver.at('/buyer').map(({ type, data }) => [data['sequence'], type]);
  expect(told).toEqual([
    [1, 'lead.sold'],
    [1, 'lead.sold'],
    [2, 'delivery.failed'],
    [3, 'lead.delivered'],
  ]);
  const pushed = { lead: leadId, sequence: 3, contract: 'apex_auto', target: 'crm' };
  expect(receiver.at('/buyer').at(-1)?.data).toEqual(pushed);
});

test('a full cap is told once, to its buyer without the value of a fact', async () => {
  open({ hooks: { ...ops(), buyer: { crm: hookAt(receiver, '/buyer') } } });
  const key = 'contract/apex_auto/sub_source=acme7/day/2026-11-24/leads';
  const full = { buyerId: 'apex', key, limit: 5, left: 0, endsAtMs: 1 };
  for (const tell of [1, 2].map(() =>
    createFullCaps({ pool: db.pool, onError: () => undefined }),
  )) {
    tell(full);
    tell(full);
  }
  await until('the outbox is empty', async () => {
    return (await countOf('events')) === 1 && (await countOf('outbox')) === 0;
  });
  const [operators] = await receiver.until('/operator', 1);
  const [buyers] = await receiver.until('/buyer', 1);
  expect(operators?.data).toEqual({ buyer: 'apex', window: key, limit: 5, left: 0 });
  const window = 'contract/apex_auto/sub_source=/day/2026-11-24/leads';
  expect(buyers?.data).toEqual({ window, limit: 5, left: 0 });
});

test('a replay sends a receiver that lost everything the same events once more', async () => {
  const calls = createEventCalls(db.pool);
  await storeSoldLead(db.pool, [{ contractId: 'apex_auto', priceCents: 900 }]);
  await closeLeads(3);
  const source = { crm: hookAt(receiver, '/source') };
  open({ hooks: { source } });
  await receiver.until('/source', 4);
  await until('all are delivered', async () => {
    return (await countOf(`event_deliveries where state = 'delivered'`)) === 4;
  });
  const first = receiver.at('/source').map(({ id }) => id);
  const replay = {
    webhook: 'source/crm',
    party: { kind: 'source', id: 'acme' },
    types: ['lead.unsold'],
    from: new Date(Date.now() - 60_000),
    to: new Date(Date.now() + 60_000),
  } as const;
  const of = { ...replay, webhook: 'source/acme/crm' };
  expect(await calls.countReplay(of)).toBe(3);
  expect(await calls.countReplay({ ...of, party: { kind: 'source', id: 'other' } })).toBe(0);
  expect(await calls.replay({ ...of, types: ['lead.unsold', 'lead.sold'] })).toBe(4);
  await receiver.until('/source', 8);
  const again = receiver.at('/source').slice(4);
  expect(again.map(({ id }) => id).toSorted()).toEqual(first.toSorted());
});

test('each party lists its own events, page by page, and what became of them', async () => {
  const { list } = createEventCalls(db.pool);
  receiver.answer('/source', { status: 410 });
  await storeSoldLead(db.pool, [{ contractId: 'apex_auto', priceCents: 900 }]);
  await closeLeads(2);
  open({ hooks: { source: { crm: hookAt(receiver, '/source', { events: ['lead.sold'] }) } } });
  await until('one is given up', async () => {
    return (await countOf(`event_deliveries where state = 'given_up'`)) === 1;
  });
  const all = { types: null, leadId: null, webhook: null, state: null, before: null, limit: 2 };
  const of = async (party: Parameters<typeof list>[0]['party'], more: object = {}) =>
    (await list({ ...all, party, ...more })).map(({ type }) => type);
  const page = await list({ ...all, party: { kind: 'source', id: 'acme' } });
  expect(page.map(({ type }) => type)).toEqual(['lead.unsold', 'lead.unsold']);
  const next = { before: page.at(-1)?.id };
  expect(await of({ kind: 'source', id: 'acme' }, next)).toEqual(['lead.sold']);
  expect(await of({ kind: 'source', id: 'other' })).toEqual([]);
  expect(await of({ kind: 'buyer', id: 'apex' })).toEqual(['lead.sold']);
  await until('the operator is told', async () => {
    return (await of({ kind: 'operator' }, { limit: 9 })).length === 4;
  });
  const given = { webhook: 'source/acme/crm', state: 'given_up' } as const;
  const listed = await list({ ...all, party: { kind: 'source', id: 'acme' }, ...given });
  expect(listed).toMatchObject([
    { type: 'lead.sold', delivery: { state: 'given_up', tries: 1, detail: 'HTTP 410' } },
  ]);
});

test('events are forgotten after thirty days, not before, and none that is on its way', async () => {
  await closeLeads(3);
  open({ hooks: ops() });
  await receiver.until('/operator', 3);
  await until('all are marked', async () => {
    return (await countOf(`event_deliveries where state = 'delivered'`)) === 3;
  });
  await closeDesks();
  const [young, , waiting] = await read<{ number: number }>('select number from events');
  await db.pool.query(`update events set at = now() - interval '31 days' where number <> $1`, [
    young?.number,
  ]);
  const text = `update event_deliveries set state = 'retrying' where event = $1`;
  await db.pool.query(text, [waiting?.number]);
  await deleteOldEvents(db.pool, () => false);
  expect(await read('select number from events order by number')).toEqual([
    { number: young?.number },
    { number: waiting?.number },
  ]);
  expect(await countOf('event_deliveries')).toBe(2);
});
