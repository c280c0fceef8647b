// Events reach webhooks at least once, signed, and say to each party only what is its own. The
// witness is the journal of a receiver that verifies as a customer would.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeLead } from '../../../src/db/closing.ts';
import type { Pool } from '../../../src/db/pool.ts';
import type { LeadId } from '../../../src/domain/ids.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { type DeskUnderTest, hookAt, openDesk } from '../../support/event-desk.ts';
import { createBook, storeLead, storeSoldLead } from '../../support/lead-rows.ts';
import { NEXT_SECRET, type Receiver, SECRET, startReceiver } from '../../support/receiver.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
let receiver: Receiver;
const desks: DeskUnderTest[] = [];
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());
beforeEach(async () => void (receiver = await startReceiver()));
afterEach(async () => {
  await Promise.all(desks.splice(0).map((desk) => desk.close()));
  await receiver.close();
  for (const table of ['events', 'webhooks', 'outbox']) await db.pool.query(`delete from ${table}`);
});

function open(settings: Parameters<typeof openDesk>[2]): DeskUnderTest {
  const desk = openDesk(db.pool, receiver, settings);
  desks.push(desk);
  return desk;
}

const refuse = (pool: Pool, leadId: LeadId) =>
  closeLead(pool, {
    leadId,
    round: 1,
    unsold: { kind: 'duplicate', reason: 'duplicate' },
    verdicts: [],
    process: 'here',
  });

const states = async () => {
  const text = 'select webhook, state, tries, detail from event_deliveries order by webhook, event';
  return (await db.pool.query(text)).rows as { webhook: string; state: string; tries: number }[];
};

test('a sale is told to its operator, source and buyer, each what is its own', async () => {
  const sale = [{ contractId: 'apex_auto', priceCents: 1480 }];
  const leadId = await storeSoldLead(db.pool, sale, { externalId: 'click-7' });
  open({
    hooks: {
      operator: { ops: hookAt(receiver, '/operator') },
      source: { crm: hookAt(receiver, '/source') },
      buyer: { crm: hookAt(receiver, '/buyer') },
    },
  });
  for (const path of ['/operator', '/source', '/buyer']) await receiver.until(path, 1);
  const [operator, source, buyer] = ['/operator', '/source', '/buyer'].map(
    (path) => receiver.at(path)[0],
  );
  expect([operator?.verified, source?.verified, buyer?.verified]).toEqual([true, true, true]);
  const about = { lead: leadId, sequence: 1 };
  const sold = { contract: 'apex_auto', price_cents: 1480 };
  expect(JSON.parse(operator?.text ?? '')).toEqual({
    type: 'lead.sold',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    data: {
      ...{ ...about, ...sold, campaign: 'auto', source: 'acme', external_id: 'click-7' },
      ...{ buyer: 'apex', payout_cents: 1184 },
    },
  });
  expect(source?.data).toEqual({
    ...{ ...about, campaign: 'auto', external_id: 'click-7', payout_cents: 1184 },
  });
  expect(buyer?.data).toEqual({ ...about, ...sold });
});

test('T58 a source hears once of a shared lead, and of no buyer, price or number of sales', async () => {
  const sales = ['apex_auto', 'bolt_auto', 'core_auto'].map((contractId, index) => {
    return { contractId, priceCents: 1000 + 100 * index };
  });
  const leadId = await storeSoldLead(db.pool, sales);
  open({
    hooks: {
      operator: { ops: hookAt(receiver, '/operator') },
      source: { crm: hookAt(receiver, '/source') },
      buyer: { crm: hookAt(receiver, '/buyer') },
    },
  });
  await receiver.until('/operator', 3);
  await until('all is sent', async () =>
    (await states()).every(({ state }) => state === 'delivered'),
  );
  expect(receiver.at('/operator').map(({ data }) => data['sequence'])).toEqual([1, 2, 3]);
  expect(receiver.at('/source').map(({ data }) => data['payout_cents'])).toEqual([2640]);
  expect(receiver.at('/buyer').map(({ data }) => data['contract'])).toEqual(['apex_auto']);
  const told = receiver.at('/source').map(({ text, headers }) => text + JSON.stringify(headers));
  expect(told.join()).toContain(leadId);
  for (const secret of ['apex', 'bolt', 'core', '1000', '1100', '1200', 'price', 'Ann', 'Lee']) {
    expect(told.join()).not.toContain(secret);
  }
  expect(
    receiver
      .at('/buyer')
      .map(({ text }) => text)
      .join(),
  ).not.toMatch(/payout|bolt|core|acme/);
});

test('a refused lead is told as rejected, with its reason', async () => {
  const leadId = await storeLead(db.pool);
  await refuse(db.pool, leadId);
  open({ hooks: { source: { crm: hookAt(receiver, '/source') } } });
  const [told] = await receiver.until('/source', 1);
  expect(told).toMatchObject({
    type: 'lead.rejected',
    data: { lead: leadId, reason: 'duplicate' },
  });
});

test('what nobody asks for is sent nowhere, and kept', async () => {
  await storeSoldLead(db.pool, [{ contractId: 'apex_auto', priceCents: 900 }]);
  const unsold = hookAt(receiver, '/operator', { events: ['lead.unsold'] });
  open({ hooks: { operator: { ops: unsold } } });
  const kept = async () => (await db.pool.query('select type, sequence from events')).rows;
  await until('the event is numbered', async () => (await kept()).length === 1);
  expect(await kept()).toEqual([{ type: 'lead.sold', sequence: 1 }]);
  expect(await states()).toEqual([]);
});

test('while a secret is changed, old and new receivers both take the message', async () => {
  const rotating = { secrets: ['env:HOOK', 'env:HOOK_NEXT'] };
  receiver.know('/operator/new', NEXT_SECRET);
  receiver.know('/operator/old', SECRET);
  open({
    hooks: {
      operator: {
        new: hookAt(receiver, '/operator/new', rotating),
        old: hookAt(receiver, '/operator/old', rotating),
        one: hookAt(receiver, '/operator/one', { secrets: ['env:HOOK_NEXT'] }),
      },
    },
  });
  await refuse(db.pool, await storeLead(db.pool));
  const paths = ['/operator/new', '/operator/old', '/operator/one'];
  for (const path of paths) await receiver.until(path, 1);
  // The last one is signed with a secret that its receiver does not know.
  expect(paths.map((path) => receiver.at(path)[0]?.verified)).toEqual([true, true, false]);
});

test('a receiver that was down gets everything once it is back, under the same ids', async () => {
  receiver.answer('/operator', { status: 503 });
  open({ hooks: { operator: { ops: hookAt(receiver, '/operator') } } });
  await refuse(db.pool, await storeLead(db.pool));
  await receiver.until('/operator', 2);
  receiver.answer('/operator', { status: 200 });
  await until('it is taken', () => receiver.taken('/operator').length === 1);
  const tries = receiver.at('/operator');
  expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
  expect(tries.every(({ verified }) => verified)).toBe(true);
  await until('it is marked', async () => (await states())[0]?.state === 'delivered');
});

test('a redirect and a missing secret are failures, and are given up in the end', async () => {
  receiver.answer('/operator', { status: 302, headers: { location: receiver.urlOf('/moved') } });
  open({
    hooks: {
      operator: {
        away: hookAt(receiver, '/operator'),
        bad: hookAt(receiver, '/operator/bad', { secrets: ['env:HOOK_BAD'] }),
        none: hookAt(receiver, '/operator/none', { secrets: ['env:NONE'] }),
      },
    },
  });
  await refuse(db.pool, await storeLead(db.pool));
  await until('all are given up', async () => {
    const now = await states();
    return now.length === 3 && now.every(({ state }) => state === 'given_up');
  });
  expect(await states()).toMatchObject([
    { webhook: 'operator/away', tries: 4, detail: 'HTTP 302' },
    { detail: 'a webhook secret wants whsec_ and the base64 of 24 to 64 bytes' },
    { detail: 'the secret env:NONE is not set' },
  ]);
  expect(receiver.at('/operator')).toHaveLength(4);
  expect(receiver.at('/moved')).toEqual([]);
});

test('410 disables a webhook: it gets nothing more, and the operator hears of it', async () => {
  receiver.answer('/operator/gone', { status: 410 });
  const gone = hookAt(receiver, '/operator/gone');
  const desk = open({ hooks: { operator: { gone, ops: hookAt(receiver, '/operator') } } });
  await refuse(db.pool, await storeLead(db.pool));
  await until('it is told', () =>
    receiver.at('/operator').some(({ type }) => type === 'webhook.disabled'),
  );
  const told = receiver.at('/operator').find(({ type }) => type === 'webhook.disabled');
  expect(told?.data).toEqual({ webhook: 'operator/gone', why: 'it answered HTTP 410' });
  await refuse(db.pool, await storeLead(db.pool));
  await receiver.until('/operator', 3);
  expect(receiver.at('/operator/gone')).toHaveLength(1);
  // With another address it is another one.
  desk.apply({ operator: { gone: hookAt(receiver, '/operator/back') } });
  await until('the new world is followed', async () => {
    const known = await db.pool.query(`select from webhooks where disabled_at is not null`);
    return known.rowCount === 0;
  });
  await refuse(db.pool, await storeLead(db.pool));
  await receiver.until('/operator/back', 1);
});

test('a webhook that takes nothing for too long is disabled', async () => {
  receiver.answer('/operator', { status: 500 });
  const terms = { disableAfterMs: 30, waitsMs: [20, 20, 20, 20, 20] };
  open({ hooks: { operator: { ops: hookAt(receiver, '/operator') } }, terms });
  await refuse(db.pool, await storeLead(db.pool));
  await until('it is disabled', async () => {
    const found = await db.pool.query('select disabled_why from webhooks');
    return (found.rows[0] as { disabled_why: string | null } | undefined)?.disabled_why;
  });
});
