// What a process believes about endpoints, and when it asks again: a refusal for good rests on what
// PostgreSQL says now, whatever was seen a moment ago.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHealth } from '../../src/activities/delivering/health.ts';
import { switchEndpoint } from '../../src/db/delivering/endpoints.ts';
import type { EndpointKey } from '../../src/domain/delivering/endpoint.ts';
import type { ContractId } from '../../src/domain/ids.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

const breaker = { after: 3, probeEveryMs: 1_000, disableAfterMs: 60_000 };
const asked = { breaker, looks: 1 };
const endpoint: EndpointKey = { contractId: 'apex_home' as ContractId, target: 'crm' };

test('an endpoint enabled since the last look is open at once', async () => {
  const health = createHealth({ pool: db.pool, now: () => 0, random: () => 0 });
  await switchEndpoint(db.pool, endpoint, { state: 'disabled', by: 'ada' });
  expect(await health.gateOf(endpoint, asked)).toMatchObject({ kind: 'disabled' });
  await switchEndpoint(db.pool, endpoint, { state: 'healthy', by: 'ada' });
  // The clock stands: the last look still counts as fresh.
  expect(await health.gateOf(endpoint, asked)).toEqual({ kind: 'open' });
});
