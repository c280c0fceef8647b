// Goal: operators read the money, change the configuration and settle doubts, and machines see how
// the process is. Method: real HTTP against the application with its back end in memory.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { call, type Stand, startStand } from './api-stand.ts';
import { leadId } from './sample-trace.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

describe('operators', () => {
  const ask = (address: string, more: Parameters<typeof call>[2] = {}) =>
    call(stand, address, { by: 'operator', ...more });

  test('read profit and loss by what they ask for, with the total apart', async () => {
    const query = 'by=campaign,day&from=2026-11-01&to=2026-11-30&source=acme';
    const { body } = await ask(`GET /v1/reports/pnl?${query}`);
    expect(stand.asked.reports[0]).toEqual({
      by: ['campaign', 'day'],
      timeZone: 'America/New_York',
      fromDay: '2026-11-01',
      toDay: '2026-11-30',
      sourceId: 'acme',
    });
    const sums = { received: 3, sold: 2, revenue_cents: 900, payout_cents: 700, margin_cents: 200 };
    expect(body).toMatchObject({ rows: [{ campaign: 'auto_insurance', ...sums }], total: sums });
  });

  test('read profit and loss as CSV', async () => {
    const answer = await ask('GET /v1/reports/pnl', { headers: { Accept: 'text/csv' } });
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(answer.text).toMatch(/^campaign,received,sold,.*\r\nauto_insurance,3,2,900,700,200\r\n/);
  });

  test('are told which dimension there is not', async () => {
    const answer = await ask('GET /v1/reports/pnl?by=campaign,colour');
    expect([answer.status, answer.body['code']]).toEqual([422, 'invalid_request']);
  });

  const settle = (contract: string, body: unknown) =>
    ask(`POST /v1/leads/${leadId}/attempts/${contract}/settlement`, { body });
  const settlements: [contract: string, body: object, status: number, said: object][] = [
    ['apex', { as: 'rejected' }, 200, { contract: 'apex', settled_as: 'rejected' }],
    ['bolt', { as: 'accepted' }, 409, { code: 'not_in_doubt' }],
    ['gone', { as: 'accepted' }, 404, { code: 'no_such_attempt' }],
    ['apex', { as: 'maybe' }, 422, { code: 'invalid_request' }],
    ['apex', { as: 'accepted', price_cents: 0.5 }, 422, { code: 'invalid_request' }],
  ];
  test.for(settlements)('settle the doubt of %s as %j', async ([contract, body, status, said]) => {
    const answer = await settle(contract, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(said);
  });

  test('are named in what they settle', async () => {
    await settle('apex', { as: 'accepted' });
    const named = { leadId, contractId: 'apex', as: 'accepted', by: 'ada', priceCents: null };
    expect(stand.asked.settled.at(-1)).toEqual(named);
  });

  test('apply a world as JSON or YAML, or see what it would change', async () => {
    const json = await ask('PUT /v1/world', { body: { sluice: 1 } });
    const yaml = await ask('PUT /v1/world?dry_run=true', {
      body: 'sluice: 1 # the format',
      headers: { 'Content-Type': 'application/yaml' },
    });
    expect(json.body).toMatchObject({ status: 'applied', version: 8, changes: [{ path: 'name' }] });
    expect(yaml.body).toMatchObject({ status: 'dry_run', changes: [{ path: 'name' }] });
    expect(stand.asked.applied).toEqual([
      { document: { sluice: 1 }, by: 'ada', mode: 'apply' },
      { document: { sluice: 1 }, by: 'ada', mode: 'dry_run' },
    ]);
  });

  test('are told every error of a world, or the line that cannot be read', async () => {
    const errors = [{ path: 'buyers.apex.caps[0]', says: 'wants a limit', fix: 'limit: 5' }];
    const strict = await startStand({ applyWorld: async () => ({ kind: 'invalid', errors }) });
    const invalid = await call(strict, 'PUT /v1/world', { by: 'operator', body: {} });
    await strict.close();
    expect([invalid.status, invalid.body['code']]).toEqual([422, 'invalid_world']);
    expect(invalid.body['errors']).toEqual([
      { field: 'buyers.apex.caps[0]', says: 'wants a limit', fix: 'limit: 5' },
    ]);
    const unreadable = await ask('PUT /v1/world', { body: '{"sluice": 1,\n  oops' });
    expect(unreadable.body).toMatchObject({
      errors: [{ field: expect.stringMatching(/^line 2/) }],
    });
  });

  test('read the world and its versions, page by page', async () => {
    const now = await ask('GET /v1/world');
    const gone = await ask('GET /v1/world?version=99');
    const page = await ask('GET /v1/world/versions?limit=2');
    expect(now.body).toMatchObject({ version: 7, applied_by: 'ada', document: { sluice: 1 } });
    expect([gone.status, gone.body['code']]).toEqual([404, 'no_such_version']);
    expect(page.body).toMatchObject({ versions: [{ version: 7 }, { version: 6 }], next: 6 });
  });
});

describe('machines', () => {
  test('are told what is ready and what is not', async () => {
    const ready = await call(stand, 'GET /health/ready');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ready', degraded: [] }]);
    const degraded = await startStand({
      isReady: async () => ({ ready: false, degraded: ['postgres'], detail: 'no connection' }),
    });
    const not = await call(degraded, 'GET /health/ready');
    await degraded.close();
    expect(not.status).toBe(503);
    expect(not.body).toEqual({
      status: 'not_ready',
      degraded: ['postgres'],
      detail: 'no connection',
    });
  });

  test('read liveness and metrics without a key', async () => {
    expect((await call(stand, 'GET /health/live')).body).toMatchObject({ status: 'alive' });
    const metrics = await call(stand, 'GET /metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(metrics.text).toContain('sluice_leads_received_total 1');
  });
});
