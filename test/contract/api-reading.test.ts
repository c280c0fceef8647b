// Goal: who may read and do what, and what stands in the answers: per role, by the response body.
// Method: real HTTP against the application with its back end in memory.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { createRoutes } from '../../src/api/app.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { call, type Stand, startStand } from './api-stand.ts';
import { world } from './intake-world.ts';
import { doubtfulTrace, leadId, soldTrace } from './sample-trace.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => {
  stand.traces.splice(0, Infinity, soldTrace);
  stand.asked.lists.length = 0;
});
afterAll(() => stand.close());

const read = (by: 'acme' | 'other' | 'operator') => call(stand, `GET /v1/leads/${leadId}`, { by });
const list = (query: string, by: 'acme' | 'operator' = 'operator') =>
  call(stand, `GET /v1/leads?${query}`, { by });

describe('keys', () => {
  // The routes themselves say what they need, so a new one is in this table without being told.
  const routes = createRoutes({} as ApiDeps).filter(({ access }) => access !== 'anyone');
  const addresses = routes.map(({ method, path, access }) => {
    const filled = path.replace(':leadId', leadId).replace(':contractId', 'apex');
    return [`${method.toUpperCase()} ${filled}`, access] as [string, string];
  });

  test.for(addresses)('%s refuses no key and a wrong one alike', async ([address]) => {
    const none = await call(stand, address);
    const wrong = await call(stand, address, { headers: { Authorization: 'Bearer sk_test_acm' } });
    const empty = await call(stand, address, { headers: { Authorization: 'Bearer ' } });
    const { request_id: _, ...said } = none.body;
    for (const answer of [none, wrong, empty]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(answer.body).toMatchObject(said);
    }
  });

  const others = addresses.filter(([, access]) => !['any_key', 'every_key'].includes(access));
  test.for(others)('%s refuses the key of the other kind (%s)', async ([address, access]) => {
    const by = access === 'source' ? 'operator' : 'acme';
    const answer = await call(stand, address, { by });
    const code = access === 'source' ? 'source_key_required' : 'operator_key_required';
    expect([answer.status, answer.body['code']]).toEqual([403, code]);
  });

  test('a paused source may read and not submit', async () => {
    const answer = await call(stand, 'POST /v1/leads', { by: 'paused', body: {} });
    expect([answer.status, answer.body['code']]).toEqual([403, 'source_paused']);
    expect((await call(stand, 'GET /v1/leads', { by: 'paused' })).status).toBe(200);
  });

  test('a revoked key fails with the next version of the world', async () => {
    let current = { version: 1, world };
    const changing = await startStand({ currentWorld: () => current });
    const before = await call(changing, 'GET /v1/leads', { by: 'acme' });
    current = { version: 2, world: { ...world, sources: {} } };
    const after = await call(changing, 'GET /v1/leads', { by: 'acme' });
    await changing.close();
    expect([before.status, after.status]).toEqual([200, 401]);
  });
});

describe('a lead', () => {
  test('T58 tells its source the answer, and nothing of buyers, rules or margin', async () => {
    const answer = await read('acme');
    expect(answer.body).toEqual({
      id: leadId,
      status: 'sold',
      payout_cents: 960,
      reason_text: 'the lead was sold',
      unknown_fields: ['shoe_size'],
    });
    expect(answer.text).not.toMatch(/bolt|apex|1200|240|rules|auction/);
  });

  test('T58 in doubt is pending to its source', async () => {
    stand.traces.splice(0, 1, doubtfulTrace);
    const answer = await read('acme');
    expect(answer.body).toMatchObject({ id: leadId, status: 'pending' });
    expect(answer.text).not.toMatch(/doubt|apex/);
  });

  test('is not there for another source, in the words for a lead that does not exist', async () => {
    const strip = ({ request_id: _, ...body }: Record<string, unknown>) => body;
    const theirs = await read('other');
    const missing = await call(stand, 'GET /v1/leads/lead_01KATJ7Q1M3W8Y4E2S5X6ZRB0P', {
      by: 'other',
    });
    const malformed = await call(stand, 'GET /v1/leads/lead_1', { by: 'other' });
    expect([theirs.status, missing.status, malformed.status]).toEqual([404, 404, 404]);
    expect(strip(theirs.body)).toEqual(strip(missing.body));
    expect(strip(malformed.body)).toEqual(strip(missing.body));
  });

  test('tells an operator the whole trace', async () => {
    const { body } = await read('operator');
    expect(body).toMatchObject({
      id: leadId,
      status: 'sold',
      fields: { first_name: 'Ann' },
      score: { score: 72 },
      money: { revenue_cents: 1200, payout_cents: 960, margin_cents: 240 },
    });
    expect(body['contracts']).toHaveLength(5);
  });

  test('answers are not to be kept by caches', async () => {
    expect((await read('operator')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('a list', () => {
  test('that is empty is an empty page', async () => {
    expect((await list('')).body).toEqual({ leads: [], next: null });
    expect(stand.asked.lists).toEqual([{ filter: {}, limit: 50 }]);
  });

  test('is filtered by everything that is asked for', async () => {
    const query =
      'status=sold&campaign=a&source=s&buyer=b&reason=r&test=true' +
      '&from=2026-11-01&to=2026-11-02T10:00:00Z&limit=200';
    expect((await list(query)).status).toBe(200);
    expect(stand.asked.lists[0]).toEqual({
      filter: {
        statuses: ['sold'],
        campaignId: 'a',
        sourceId: 's',
        buyerId: 'b',
        reason: 'r',
        test: true,
        from: { kind: 'day', day: '2026-11-01', timeZone: 'America/New_York' },
        to: { kind: 'instant', at: new Date('2026-11-02T10:00:00Z') },
      },
      limit: 200,
    });
  });

  test('of a source is its own, whatever it asks', async () => {
    await list('status=pending', 'acme');
    expect(stand.asked.lists[0]?.filter).toEqual({
      statuses: ['received', 'waiting', 'in_doubt'],
      sourceId: 'acme',
    });
  });

  test.for([['source=other'], ['buyer=bolt']])('T58 %s is for operators', async ([query]) => {
    const answer = await list(query ?? '', 'acme');
    expect([answer.status, answer.body['code']]).toEqual([403, 'operator_key_required']);
    expect(stand.asked.lists).toEqual([]);
  });

  test('T58 shows a source no sales and no doubt', async () => {
    const listed = {
      id: leadId,
      campaignId: 'auto_insurance',
      sourceId: 'acme',
      subSource: null,
      externalId: null,
      test: false,
      status: 'in_doubt',
      outcome: null,
      receivedAt: new Date(0),
      settledAt: null,
      sales: [{ contractId: 'bolt', buyerId: 'bolt', priceCents: 1200 }],
    } as unknown as Awaited<ReturnType<ApiDeps['listLeads']>>['leads'][number];
    const next = { receivedAtMicros: 1_795_000_000_123_456, id: leadId };
    const full = await startStand({ listLeads: async () => ({ leads: [listed], next }) });
    const theirs = await call(full, 'GET /v1/leads', { by: 'acme' });
    const ours = await call(full, 'GET /v1/leads', { by: 'operator' });
    await full.close();
    expect(theirs.text).not.toMatch(/bolt|1200|doubt/);
    expect(theirs.body).toMatchObject({ leads: [{ id: leadId, status: 'pending' }] });
    expect(ours.body).toMatchObject({
      leads: [{ status: 'in_doubt', sales: [{ buyer: 'bolt' }] }],
    });

    await list(`cursor=${String(ours.body['next'])}`);
    expect(stand.asked.lists[0]?.after).toEqual(next);
  });

  const wrong: [says: string, query: string, field: string][] = [
    ['an unknown filter', 'buyers=bolt', 'buyers'],
    ['a page of 201', 'limit=201', 'limit'],
    ['a page of none', 'limit=0', 'limit'],
    ['a cursor that is not ours', 'cursor=abc', 'cursor'],
    ['a day that does not exist', 'from=2026-02-30', 'from'],
    ['a status that there is not', 'status=lost', 'status'],
    ['a filter given twice', 'campaign=a&campaign=b', 'campaign'],
  ];
  test.for(wrong)('%s is refused by name', async ([, query, field]) => {
    const answer = await list(query);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{ field }] });
  });

  test('the inner states are no filter for a source', async () => {
    const answer = await list('status=in_doubt', 'acme');
    expect(answer.body).toMatchObject({ errors: [{ field: 'status' }] });
  });
});
