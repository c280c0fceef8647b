// Announced leads stand once, are handed to one process at a time, and are not forgotten. A lead is
// fetched once, and a token that Graph refused is not tried again until it is another one.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createFetchActivities } from '../../src/activities/fetching/fetch-notice.ts';
import { createHttp } from '../../src/activities/http.ts';
import { deleteOldKeys } from '../../src/db/leads.ts';
import {
  claimNotices,
  findNotice,
  insertNotices,
  lookAgainSoon,
  type NewNotice,
  recordNotice,
} from '../../src/db/intake/notices.ts';
import { readInstallationSecret } from '../../src/db/installation.ts';
import type { World } from '../../src/domain/world/world.ts';
import type { TestDatabase } from '../support/databases.ts';
import {
  type FakeLinkedin,
  LINKEDIN_TOKEN,
  type LinkedinAnswer,
  linkedinResponse,
  startLinkedin,
} from '../support/fake-linkedin.ts';
import { type Graph, graphLead, PAGE_TOKEN, startGraph } from '../support/graph.ts';
import { createBook, storeLead } from '../support/lead-rows.ts';

let db: TestDatabase;
let graph: Graph;
let linkedin: FakeLinkedin;
beforeAll(async () => {
  [db, graph, linkedin] = await Promise.all([createBook(), startGraph(), startLinkedin()]);
});
afterAll(() => Promise.all([db.close(), graph.close(), linkedin.close()]));

const notice = (externalId: string, more: Partial<NewNotice> = {}): NewNotice => ({
  ...{ platform: 'meta', externalId, sourceId: 'acme', door: 'page', state: 'waiting' },
  about: { page_id: '1"2\\{}', form_id: 3 },
  ...more,
});
const id = (externalId: string) => ({ platform: 'meta', externalId });

test('a notice stands once, as it was announced first', async () => {
  await insertNotices(db.pool, [notice('1'), notice('1', { door: 'other' }), notice('2')]);
  await insertNotices(db.pool, [notice('1', { door: 'other' })]);
  const { state: _, ...first } = notice('1');
  expect(await findNotice(db.pool, id('1'))).toEqual({ ...first, state: 'waiting', leadId: null });
  expect(await findNotice(db.pool, { platform: 'linkedin', externalId: '1' })).toBeUndefined();
});

test('a notice is handed to one process, and again when its start failed', async () => {
  await insertNotices(db.pool, [notice('3', { state: 'kept' })]);
  const claims = await Promise.all([claimNotices(db.pool, 9), claimNotices(db.pool, 9)]);
  expect(
    claims
      .flat()
      .map(({ externalId }) => externalId)
      .toSorted(),
  ).toEqual(['1', '2']);
  expect(await claimNotices(db.pool, 9)).toEqual([]);
  await lookAgainSoon(db.pool, [id('2')]);
  const earlier = `update notices set sweep_at = sweep_at - interval '2 seconds'`;
  await db.pool.query(earlier);
  expect(await claimNotices(db.pool, 9)).toEqual([id('2')]);
});

test('what was fetched stays fetched', async () => {
  const leadId = await storeLead(db.pool);
  await recordNotice(db.pool, id('1'), { state: 'fetched', detail: null, leadId });
  await recordNotice(db.pool, id('1'), { state: 'failed', detail: 'late' });
  expect(await findNotice(db.pool, id('1'))).toMatchObject({ state: 'fetched', leadId });
});

test('every process signs with the same key', async () => {
  const read = () => readInstallationSecret(db.pool);
  const [one, other] = [await read(), await read()];
  expect(one).toHaveLength(73);
  expect(one).toBe(other);
});

test('keys of platforms outlive those of sources', async () => {
  const leadId = await storeLead(db.pool);
  const insert = `insert into idempotency_keys (source_id, key, body_sha256, lead_id, created_at)
                  values ('acme', $1, '', $2, now() - $3::interval)`;
  for (const [key, age] of [
    ['order-1', '73 hours'],
    ['door/google/1', '73 hours'],
    ['door/google/2', '91 days'],
  ]) {
    await db.pool.query(insert, [key, leadId, age]);
  }
  await deleteOldKeys(db.pool);
  const left = await db.pool.query<{ key: string }>('select key from idempotency_keys');
  expect(left.rows.map(({ key }) => key)).toEqual(['door/google/1']);
});

/** The steps as a process has them, with what they are given to hand over. */
function fetching(token: () => string | undefined, takes = 'taken') {
  const taken: string[] = [];
  const alerts: string[] = [];
  const meta = { appSecretRef: 'env:A', verifyTokenRef: 'env:B', pageTokenRef: 'env:C' };
  const door = { format: 'meta', campaign: 'auto', account: '1', keys: [], fields: {}, meta };
  const account = { tokenRef: 'env:D', version: '202511', baseUrl: linkedin.url };
  const doors = {
    page: door,
    account: { ...door, format: 'linkedin', meta: undefined, linkedin: account },
    announced: { ...door, format: 'linkedin', linkedin: { ...account, tokenRef: null } },
  };
  const allowPrivate = new Set([graph.address, linkedin.address]);
  const activities = createFetchActivities({
    pool: db.pool,
    send: createHttp({ allowPrivate, allowHttp: false }).send,
    readSecret: async () => token(),
    metaGraphUrl: graph.url,
    currentWorld: () => ({ sources: { acme: { doors } } }) as unknown as World,
    async takeFetched({ externalId }) {
      taken.push(externalId);
      if (takes === 'taken') return { kind: 'taken', leadId: await storeLead(db.pool) };
      return { kind: 'refused', says: 'no', again: takes === 'again' };
    },
    alert: (says) => void alerts.push(says),
  });
  return { ...activities, taken, alerts };
}

test('a token that was refused is not tried again until it is another one', async () => {
  await insertNotices(db.pool, [notice('10')]);
  graph.will('10', graphLead({ phone: '5125550142' }));
  let token: string | undefined;
  const steps = fetching(() => token);
  await expect(steps.fetchNotice(id('10'))).rejects.toThrow('env:C is not set');
  token = 'expired';
  for (let tries = 0; tries < 2; tries += 1) {
    await expect(steps.fetchNotice(id('10'))).rejects.toMatchObject({
      ...{ type: 'FetchStopped', nonRetryable: false, nextRetryDelay: '1 minute' },
    });
  }
  expect(graph.asked).toEqual(['10']);
  expect(steps.alerts).toHaveLength(1);
  expect(await findNotice(db.pool, id('10'))).toMatchObject({ state: 'stopped' });
  token = PAGE_TOKEN;
  const { leadId } = await steps.fetchNotice(id('10'));
  expect(await steps.fetchNotice(id('10'))).toEqual({ leadId });
  expect(steps.taken).toEqual(['10']);
  expect(await findNotice(db.pool, id('10'))).toMatchObject({ state: 'fetched', leadId });
});

const replies: [what: string, answer: Parameters<Graph['will']>[1], final: boolean][] = [
  ['613', { code: 613 }, false],
  ['4 with HTTP 403', { code: 4, status: 403 }, false],
  ['2 with HTTP 500', { code: 2, status: 500 }, false],
  ['100 without its subcode', { code: 100 }, false],
  ['100 and 33', { code: 100, subcode: 33 }, true],
  ['HTML', { text: '<html>', status: 502 }, false],
  ['nothing', { text: '', status: 200 }, false],
];
test.for(replies)('Graph’s %s is final or not', async ([what, answer, final]) => {
  const externalId = String(20 + replies.findIndex(([each]) => each === what));
  await insertNotices(db.pool, [notice(externalId)]);
  graph.will(externalId, answer);
  const steps = fetching(() => PAGE_TOKEN);
  const failure = { nonRetryable: final };
  await expect(steps.fetchNotice(id(externalId))).rejects.toMatchObject(failure);
  const state = final ? 'failed' : 'waiting';
  expect(await findNotice(db.pool, id(externalId))).toMatchObject({ state });
  await steps.giveUpNotice(id(externalId));
  expect(await findNotice(db.pool, id(externalId))).toMatchObject({ state: 'failed' });
});

test('a lead that the door cannot read fails, and one that is no lead is asked for again', async () => {
  await insertNotices(db.pool, [notice('40'), notice('41'), notice('42', { door: 'gone' })]);
  for (const each of ['40', '41']) graph.will(each, graphLead({}));
  const never = fetching(() => PAGE_TOKEN, 'never').fetchNotice(id('40'));
  await expect(never).rejects.toMatchObject({ nonRetryable: true });
  const again = fetching(() => PAGE_TOKEN, 'again').fetchNotice(id('41'));
  await expect(again).rejects.toMatchObject({ nonRetryable: false });
  const gone = fetching(() => PAGE_TOKEN).fetchNotice(id('42'));
  await expect(gone).rejects.toThrow('the door is not in the world any more');
});

const atLinkedin: [what: string, answer: LinkedinAnswer, final: boolean][] = [
  ['401', { status: 401 }, true],
  ['403', { status: 403 }, true],
  ['404', { status: 404 }, true],
  ['429', { status: 429 }, false],
  ['503', { status: 503 }, false],
  ['broken connection', 'hangs_up', false],
];
test.for(atLinkedin)('LinkedIn’s %s is for a person, or is tried again', async ([what, ...of]) => {
  const [answer, final] = of;
  const at = { platform: 'linkedin', externalId: `${what}-4` };
  await insertNotices(db.pool, [notice(at.externalId, { ...at, door: 'account' })]);
  linkedin.will(at.externalId, answer, linkedinResponse([]));
  const steps = fetching(() => LINKEDIN_TOKEN);
  await expect(steps.fetchNotice(at)).rejects.toMatchObject({ nonRetryable: final });
  expect(await findNotice(db.pool, at)).toMatchObject({ state: final ? 'failed' : 'waiting' });
  // Tried again, or by a person: it is fetched all the same.
  const { leadId } = await steps.fetchNotice(at);
  expect(await findNotice(db.pool, at)).toMatchObject({ state: 'fetched', leadId });
});

test('a door that names no token waits for one, and is no other platform’s', async () => {
  const at = { platform: 'linkedin', externalId: 'a-4' };
  const ofPage = { platform: 'linkedin', externalId: 'b-4' };
  const of = [notice('', { ...at, door: 'announced' }), notice('', { ...ofPage, door: 'page' })];
  await insertNotices(db.pool, of);
  const { fetchNotice } = fetching(() => LINKEDIN_TOKEN);
  await expect(fetchNotice(at)).rejects.toThrow('the door names no token');
  expect(await findNotice(db.pool, at)).toMatchObject({ state: 'stopped' });
  await expect(fetchNotice(ofPage)).rejects.toThrow('the door is not in the world any more');
  expect(linkedin.asked).not.toContain('a-4');
});
