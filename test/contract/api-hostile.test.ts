// Goal: whatever is sent, the application answers, and its log holds nothing of it. Method: a
// marker in every place of a request, and arbitrary JSON, over real HTTP.

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { call, lead, type Stand, startStand } from './api-stand.ts';
import { keys } from './intake-world.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
beforeEach(() => {
  stand.leads.length = 0;
  stand.logLines.length = 0;
});
afterAll(() => stand.close());

const submit = (body: unknown, headers: Record<string, string> = {}) =>
  call(stand, 'POST /v1/leads', { by: 'acme', body, headers });

test('S30 arbitrary submissions are answered, never with a fault (seed 11)', async () => {
  const anything = fc.record(
    {
      campaign: fc.oneof(fc.constant('auto_insurance'), fc.jsonValue()),
      fields: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
      consent: fc.jsonValue(),
      behaviour: fc.jsonValue(),
      asking_cents: fc.jsonValue(),
      external_id: fc.jsonValue(),
      test: fc.jsonValue(),
    },
    { requiredKeys: ['campaign', 'fields'] },
  );
  const answered = fc.asyncProperty(anything, async (body) => {
    expect([200, 422]).toContain((await submit(body)).status);
  });
  await fc.assert(answered, { seed: 11, numRuns: 200 });
});

test.for(['GET /v1/leads?source=%00', 'GET /v1/reports/pnl?buyer=a%00', 'GET /v1/buyers/%00'])(
  '%s is refused for its null character',
  async (address) => {
    const { status, body } = await call(stand, address, { by: 'operator' });
    expect([status, body['code']]).toEqual([400, 'malformed_request']);
  },
);

describe('the log', () => {
  test('S11 holds no value of a lead, no key and no address', async () => {
    const canary = 'canary-4711';
    const fields = { first_name: canary, phone: canary, [canary]: canary };
    await submit({ ...lead, fields, external_id: canary });
    await submit(`{"${canary}`);
    await submit({ ...lead, [canary]: 1 });
    await call(stand, `GET /v1/leads/${canary}?email=${canary}`, { by: 'acme' });
    await call(stand, `GET /${canary}`, { headers: { Authorization: `Bearer ${canary}` } });
    expect(stand.logLines.length).toBe(5);
    expect(stand.logLines.join('')).not.toContain('4711');
    expect(stand.logLines.join('')).not.toContain(keys.acme);
  });

  test('names the route, the caller and the lead', async () => {
    await submit(lead, { 'X-Request-Id': 'ours-1' });
    expect(JSON.parse(stand.logLines[0] ?? '')).toMatchObject({
      method: 'POST',
      route: '/v1/leads',
      status: 200,
      caller: { kind: 'source', id: 'acme' },
      lead_id: stand.leads[0]?.id,
      reqId: 'ours-1',
    });
  });

  test('takes no request id that could hold more than an id', async () => {
    const answer = await submit(lead, { 'X-Request-Id': 'ann lee@example.com' });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
