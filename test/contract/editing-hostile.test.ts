// Goal: whatever is sent to the routes of the configuration, they answer without a fault, let
// nobody but operators in, and change nothing that is wrong. Method: real HTTP; the list of routes
// itself, names that every object has, bodies too deep, too large, of the wrong kind, and arbitrary
// patches.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRoutes } from '../../src/api/app.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { mergePatch } from '../../src/world/edit.ts';
import { call, callRaw } from './api-stand.ts';
import { startEditing, type EditingStand } from './editing-stand.ts';
import { keys } from './intake-world.ts';

let stand: EditingStand;
beforeAll(async () => void (stand = await startEditing()));
afterAll(() => stand.close());

const SECTIONS = /^\/v1\/(world|operators|verticals|campaigns|sources|buyers|contracts)\b/;
const routes = createRoutes({} as ApiDeps).filter(
  // What fields a campaign has, its sources may read as well; what buyers say has keys of its own.
  ({ path, access }) => SECTIONS.test(path) && access !== 'any_key' && access !== 'anyone',
);
const addresses = routes.map(({ method, path }) =>
  `${method.toUpperCase()} ${path}`.replace(':id', 'apex').replace(':version', '1'),
);

test('there are routes to attack', () => expect(addresses.length).toBeGreaterThan(35));

test.for(addresses)('%s serves operators only', async (address) => {
  const noKey = await call(stand, address);
  const source = await call(stand, address, { by: 'acme' });
  expect([noKey.status, source.status]).toEqual([401, 403]);
  expect(source.body['code']).toBe('operator_key_required');
});

describe('ids that every object knows', () => {
  const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const odd = ['%2e%2e%2f', 'a%20b', 'x'.repeat(500), '%F0%9F%92%A9', 'ap*x'];
  test.for([...ids, ...odd])('%s is nothing, and is not made', async (id) => {
    for (const section of ['contracts', 'buyers', 'sources', 'campaigns', 'verticals']) {
      const at = `/v1/${section}/${id}`;
      const body = { paused: true };
      const statuses = [
        (await stand.ask(`GET ${at}`)).status,
        (await stand.ask(`PATCH ${at}`, { body })).status,
        (await stand.ask(`DELETE ${at}`)).status,
        (await stand.ask(`PUT ${at}`, { body: {} })).status,
      ];
      expect(statuses).toEqual([404, 404, 404, 422]);
    }
    expect((await stand.ask(`POST /v1/buyers/${id}/pause`)).status).toBe(404);
    expect((await stand.ask(`GET /v1/contracts?buyer=${id}`)).body['entries'] ?? []).toEqual([]);
    expect(stand.versions).toHaveLength(1);
    expect(Object.prototype).not.toHaveProperty('paused');
  });

  test('S22 are refused as keys of an entry and of a patch', async () => {
    const body = '{"__proto__": {"paused": true}, "name": "A"}';
    for (const method of ['PUT', 'PATCH']) {
      const answer = await stand.ask(`${method} /v1/buyers/apex`, { body });
      expect(answer.status).toBe(422);
    }
    const nested = '{"post": {"__proto__": {"url": "https://x.example"}}}';
    expect((await stand.ask('PATCH /v1/contracts/apex_auto', { body: nested })).status).toBe(422);
    expect(mergePatch({}, JSON.parse(body)) as object).not.toHaveProperty('paused');
    expect(stand.versions).toHaveLength(1);
  });

  test('an id that cannot be decoded is the client’s fault', async () => {
    const headers = { authorization: `Bearer ${keys.operator}` };
    const status = await callRaw(stand, '/v1/contracts/%ZZ', { method: 'GET', headers });
    expect(status).toBe(400);
  });
});

describe('bodies', () => {
  const deep = (depth: number) => `${'{"post":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const bodies: [says: string, body: string | Uint8Array, type: string, status: number][] = [
    ['nothing', '', 'application/json', 422],
    ['no JSON', '{"name"', 'application/json', 422],
    ['a list', '[1]', 'application/json', 422],
    ['null', 'null', 'application/json', 422],
    ['a text', '"name"', 'application/json', 422],
    ['100 levels', deep(100), 'application/json', 422],
    ['20,000 levels', deep(20_000), 'application/json', 422],
    ['20,000 lists', '['.repeat(20_000), 'application/json', 422],
    ['a name twice', '{"name": "a", "name": "b"}', 'application/json', 422],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'application/json', 400],
    ['a form', 'name=a', 'application/x-www-form-urlencoded', 415],
    ['no type', 'name: a', '', 415],
    ['two megabytes', `{"name": "${'a'.repeat(2 << 20)}"}`, 'application/json', 413],
  ];
  const methods = ['PUT', 'PATCH'];
  test.for(bodies)('with %s are refused', async ([, body, type, status]) => {
    for (const method of methods) {
      const headers = { 'Content-Type': type };
      const answer = await stand.ask(`${method} /v1/buyers/apex`, { body, headers });
      expect([method, answer.status]).toEqual([method, status]);
    }
    expect(stand.versions).toHaveLength(1);
  });

  test('in YAML are refused as a patch, and a bomb of aliases as an entry', async () => {
    const yaml = { 'Content-Type': 'application/yaml' };
    const patch = await stand.ask('PATCH /v1/buyers/apex', { body: 'name: A', headers: yaml });
    expect(patch.status).toBe(415);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${`*${of}, `.repeat(10)}]`);
    }
    const put = await stand.ask('PUT /v1/buyers/apex', { body: bomb.join('\n'), headers: yaml });
    expect([put.status, put.body['code']]).toEqual([422, 'invalid_world']);
  });

  test('of a rollback hold a version and nothing else', async () => {
    const bodies = [{}, { version: 0 }, { version: 1.5 }, { version: 1, more: 1 }, [], 'x'];
    for (const body of bodies) {
      const answer = await stand.ask('POST /v1/world/rollback', { body });
      expect([400, 422]).toContain(answer.status);
    }
  });

  test('S30 arbitrary patches are answered, never with a fault (seed 12)', async () => {
    const fresh = await startEditing();
    const settings = fc.dictionary(
      fc.oneof(
        fc.constantFrom('name', 'caps', 'paused', 'post', 'filter', 'price_cents'),
        fc.string(),
      ),
      fc.jsonValue(),
    );
    const answered = fc.asyncProperty(settings, async (body) => {
      const { status } = await fresh.ask('PATCH /v1/contracts/bolt_auto', { body });
      expect([200, 422]).toContain(status);
    });
    await fc.assert(answered, { seed: 12, numRuns: 200 });
    await fresh.close();
  });
});

test('S11 the log holds no value of a body and no id that was sent', async () => {
  stand.logLines.length = 0;
  const canary = 'canary_in_a_mine';
  await stand.ask(`PUT /v1/buyers/${canary}`, { body: { [canary]: canary } });
  await stand.ask(`PATCH /v1/buyers/apex`, { body: { caps: canary } });
  await stand.ask(`GET /v1/contracts?buyer=${canary}`);
  expect(stand.logLines).toHaveLength(3);
  expect(stand.logLines.join('')).not.toContain('canary');
});
