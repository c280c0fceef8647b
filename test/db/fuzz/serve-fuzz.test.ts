// Goal: whatever is sent, nothing of it meets a fault in the database, and the process neither dies
// nor grows. Method: the whole of `serve` in this process, on a real PostgreSQL, with Temporal away
// (leads are taken all the same); requests from its own OpenAPI document.

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createRoutes } from '../../../src/api/app.ts';
import type { ApiDeps } from '../../../src/api/deps.ts';
import { applyFile } from '../../../src/cli/apply.ts';
import { readConfig } from '../../../src/config.ts';
import { type Serving, serve } from '../../../src/serving/serve.ts';
import { findFreePort } from '../../../src/stack/ports.ts';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { budget, limitMs } from '../../support/fuzz/budget.ts';
import { createJudge, readDocument } from '../../support/fuzz/document.ts';
import type { ApiDocument, Judge, Operation } from '../../support/fuzz/document.ts';
import { CANARY } from '../../support/fuzz/nasty.ts';
import { brokenShots, fittingShots } from '../../support/fuzz/requests.ts';
import { shoot } from '../../support/fuzz/sending.ts';
import { sha256 } from '../../support/world-draft.ts';

const DEMO = new URL('../../../examples/worlds/demo.yaml', import.meta.url);
const OPERATOR = 'ok_of_the_installation';
const SOURCE = 'sk_demo_acme';
const KNOWN = {
  keys: { sourceKey: SOURCE, operatorKey: OPERATOR },
  names: ['acme', 'apex', 'apex_auto', 'auto_insurance', 'demo', '1', '2', 'a_list'],
};

const said: string[] = [];
let db: TestDatabase;
let serving: Serving;
let document: ApiDocument;
let judge: Judge;
beforeAll(async () => {
  db = await createDatabase();
  await applyFile(DEMO.pathname, { databaseUrl: db.url, by: 'ada', dryRun: false });
  const env = {
    DATABASE_URL: db.url,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    SLUICE_PORT: String(await findFreePort()),
    SLUICE_OPERATOR_KEY_SHA256: sha256(OPERATOR),
  };
  const config = { ...readConfig(env), databaseUrl: db.url };
  const write = (line: string) => void said.push(line);
  serving = await serve(config, { log: pino({ level: 'info' }, { write }), env });
  document = await readDocument(serving.url);
  judge = createJudge(document);
});
afterAll(async () => {
  await serving.stop();
  await db.close();
});

const addresses = createRoutes({} as ApiDeps)
  .filter(({ path }) => !/^\/($|docs|openapi|health|metrics)/.test(path))
  .map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);

test.for(addresses)('%s meets no fault', { timeout: limitMs }, async (address) => {
  said.length = 0;
  const operation = find(address);
  const about = { document, known: KNOWN };
  const shots = fc.oneof(fittingShots(operation, about), brokenShots(operation, about));
  const answered = fc.asyncProperty(shots, async (shot) => {
    const hit = await shoot(serving.url, shot);
    if (/"code":"(no_such_route|method_not_allowed)"/.test(hit.text)) return;
    const faults = said.filter((line) => line.includes('"fault"')).join('');
    expect(judge(operation, hit), hit.text.slice(0, 1_000) + faults).toBeUndefined();
  });
  await fc.assert(answered, budget(12));
  expect(said.join('')).not.toContain(CANARY);
  expect(said.join('')).not.toContain(OPERATOR);
  await takesGoodLead();
});

function find(address: string): Operation {
  const found = document.operations.find(({ method, path }) => `${method} ${path}` === address);
  if (!found) throw new Error(`the document has no ${address}`);
  return found;
}

/** Whatever the requests made of the configuration, it is brought back first. */
async function takesGoodLead(): Promise<void> {
  const world = { type: 'application/yaml', bytes: readFileSync(DEMO) };
  const headers = { Authorization: `Bearer ${OPERATOR}` };
  const put = await shoot(serving.url, { method: 'PUT', uri: '/v1/world', headers, body: world });
  expect(put.status, put.text).toBe(200);
  const fields = { first_name: 'Ann', last_name: 'Lee', phone: '(512) 555-0142', zip: '78704' };
  const person = { ...fields, email: 'a@example.com', state: 'TX', date_of_birth: '1984-03-02' };
  const bytes = Buffer.from(JSON.stringify({ campaign: 'auto_insurance', fields: person }));
  const lead = await shoot(serving.url, {
    ...{ method: 'POST', uri: '/v1/leads', headers: { Authorization: `Bearer ${SOURCE}` } },
    body: { type: 'application/json', bytes },
  });
  expect([200, 202], lead.text).toContain(lead.status);
}

test('the memory that requests took is free afterwards', { timeout: limitMs }, async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const operation = find('POST /v1/leads');
  const shots = fc.sample(brokenShots(operation, { document, known: KNOWN }), {
    ...budget(150),
  });
  const used: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (const shot of shots) await shoot(serving.url, shot);
    said.length = 0;
    collect();
    used.push(process.memoryUsage().heapUsed);
  }
  // The first round fills what is kept on purpose: compiled code, prepared statements.
  const [, second = 0, , last = 0] = used;
  expect(last - second, used.join()).toBeLessThan(16 * 1024 * 1024);
});
