// Goal: operators see what changed when and by whom, and go back. Method: real HTTP, versions of a
// small world in memory, judged by the rules of production.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readWorldText } from '../../src/world/read.ts';
import { startEditing, type EditingStand } from './editing-stand.ts';
import { smallDocument } from './world-document.ts';

let stand: EditingStand;
beforeEach(async () => {
  stand = await startEditing();
  await stand.ask('PATCH /v1/contracts/bolt_auto', { body: { price_cents: 900 } });
  await stand.ask('POST /v1/buyers/apex/pause');
});
afterEach(() => stand.close());

describe('versions', () => {
  test('are listed, newest first, each with who and what', async () => {
    const page = await stand.ask('GET /v1/world/versions?limit=2');
    expect(page.body).toEqual({
      versions: [
        {
          ...{ version: 3, applied_by: 'ada', applied_at: '1970-01-01T00:00:00.000Z' },
          summary: '+ buyers.apex.paused: true',
        },
        {
          ...{ version: 2, applied_by: 'ada', applied_at: '1970-01-01T00:00:00.000Z' },
          summary: '~ contracts.bolt_auto.price_cents: 700 → 900',
        },
      ],
      next: 2,
    });
    const last = await stand.ask('GET /v1/world/versions?limit=2&before=2');
    expect(last.body).toMatchObject({ versions: [{ version: 1, summary: null }], next: null });
  });

  test('with many changes are told by how many, and where', async () => {
    const { contracts: _, ...rest } = smallDocument();
    const routing = { campaigns: { auto: { vertical: 'auto', routing: [] } } };
    await stand.ask('PUT /v1/world', { body: { ...rest, ...routing, contracts: {}, name: 'N' } });
    expect(stand.versions.at(-1)?.summary).toMatch(/^\d+ changes in campaigns, buyers, contracts/);
  });

  test('are shown as JSON, and as YAML that is the same document', async () => {
    const json = await stand.ask('GET /v1/world/versions/1');
    expect(json.body).toMatchObject({ version: 1, document: smallDocument() });
    for (const address of ['GET /v1/world/versions/1', 'GET /v1/world?version=1']) {
      const yaml = await stand.ask(address, { headers: { Accept: 'application/yaml' } });
      expect(yaml.headers.get('content-type')).toContain('application/yaml');
      expect(yaml.headers.get('etag')).toBe('"1"');
      const read = readWorldText(yaml.text, 'world.yaml');
      expect(read.ok && JSON.stringify(read.document)).toBe(JSON.stringify(smallDocument()));
    }
  });

  test.for(['9', '0', 'x', '-1', '__proto__'])('%s is told if it is none', async (version) => {
    const answer = await stand.ask(`GET /v1/world/versions/${version}`);
    expect([answer.status, answer.body['code']]).toEqual([404, 'no_such_version']);
  });

  test('are compared, as JSON and as lines', async () => {
    const changes = [
      { path: 'buyers.apex.paused', after: true },
      { path: 'contracts.bolt_auto.price_cents', before: 700, after: 900 },
    ];
    const json = await stand.ask('GET /v1/world/diff?from=1');
    expect(json.body).toEqual({ from: 1, to: 3, changes });
    const text = await stand.ask('GET /v1/world/diff?from=3&to=1', {
      headers: { Accept: 'text/plain' },
    });
    expect(text.text).toBe(
      '- buyers.apex.paused: true\n~ contracts.bolt_auto.price_cents: 900 → 700\n',
    );
    expect((await stand.ask('GET /v1/world/diff?from=1&to=9')).status).toBe(404);
    expect((await stand.ask('GET /v1/world/diff')).status).toBe(422);
  });
});

describe('going back', () => {
  const back = (version: unknown, query = '', headers = {}) =>
    stand.ask(`POST /v1/world/rollback${query}`, { body: { version }, headers });

  test('applies the old document as a new version', async () => {
    const dry = await back(1, '?dry_run=true');
    expect(dry.body).toMatchObject({ status: 'dry_run', changes: [{}, {}] });
    const done = await back(1);
    expect(done.body).toMatchObject({ status: 'applied', version: 4, changes: [{}, {}] });
    expect(stand.document()).toEqual(smallDocument());
    expect(stand.versions[3]?.summary).toMatch(/^back to version 1: - buyers.apex.paused: true;/);
    expect((await back(1)).body).toMatchObject({ status: 'unchanged', version: 4 });
  });

  test('is refused for a version that there is not, or that today’s rules refuse', async () => {
    expect((await back(9)).body).toMatchObject({ code: 'no_such_version' });
    expect((await back('1')).body).toMatchObject({ code: 'invalid_request' });
    const document = { ...smallDocument(), retired: true };
    stand.versions[0] = { ...stand.versions[0], document } as (typeof stand.versions)[0];
    expect((await back(1)).body).toMatchObject({
      code: 'invalid_world',
      errors: [{ field: 'retired', says: 'is not a setting' }],
    });
  });

  test('is refused when somebody else was faster', async () => {
    expect((await back(1, '', { 'If-Match': '"2"' })).status).toBe(412);
    expect((await back(1, '', { 'If-Match': '"3"' })).status).toBe(200);
  });

  test('warns of a key that opens the door again, and of one’s own that does not', async () => {
    const keys = [{ sha256: 'b'.repeat(64) }];
    await stand.ask('PATCH /v1/sources/acme', { body: { keys } });
    const ada = { keys: [{ sha256: 'c'.repeat(64) }] };
    const body = { ...stand.document(), operators: { ada } };
    await stand.ask('PUT /v1/world', { body });
    expect((await back(3, '?dry_run=true')).body).toMatchObject({
      warnings: [
        { path: 'operators.desk.keys', says: 'a key that was taken out opens the door again' },
        { path: 'sources.acme.keys', says: 'a key that was taken out opens the door again' },
        { path: 'operators.ada', says: expect.stringContaining('your own key') },
      ],
    });
  });
});
