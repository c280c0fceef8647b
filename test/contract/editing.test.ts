// Goal: an operator changes one thing at a time over REST, and nothing else changes. Method: real
// HTTP, a small world, versions in memory, judged by the rules of production.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Answer } from './api-stand.ts';
import { startEditing, type EditingStand } from './editing-stand.ts';
import { POST, smallDocument } from './world-document.ts';

let stand: EditingStand;
beforeEach(async () => void (stand = await startEditing()));
afterEach(() => stand.close());

const problem = ({ status, body }: Answer) => [status, body['code']];
const tagOf = ({ headers }: Answer) => headers.get('etag') ?? '';
const idsOf = ({ body }: Answer) => (body['entries'] as { id: string }[]).map(({ id }) => id);

describe('lists', () => {
  const lists: [query: string, ids: string[]][] = [
    ['contracts', ['apex_auto', 'bolt_auto']],
    ['contracts?buyer=bolt', ['bolt_auto']],
    ['contracts?campaign=auto&paused=false', ['apex_auto', 'bolt_auto']],
    ['contracts?campaign=home', []],
    ['contracts?paused=true', []],
    ['sources?campaign=auto', ['acme']],
    ['sources?campaign=home', []],
    ['campaigns?vertical=auto', ['auto']],
    ['buyers', ['apex', 'bolt']],
    ['verticals', ['auto']],
    ['operators', ['desk']],
  ];
  test.for(lists)('GET /v1/%s lists %j', async ([query, ids]) => {
    const answer = await stand.ask(`GET /v1/${query}`);
    expect(answer.status).toBe(200);
    expect(idsOf(answer)).toEqual(ids);
  });

  test('go on page by page, by id, and hold entries as they are written', async () => {
    const first = await stand.ask('GET /v1/contracts?limit=1');
    const { apex_auto: entry } = smallDocument()['contracts'] as Record<string, unknown>;
    const entries = [{ id: 'apex_auto', entry }];
    expect(first.body).toEqual({ version: 1, entries, next: 'apex_auto' });
    const second = await stand.ask('GET /v1/contracts?limit=1&cursor=apex_auto');
    expect([idsOf(second), second.body['next']]).toEqual([['bolt_auto'], null]);
  });

  test('refuse a filter that the kind does not have', async () => {
    expect(problem(await stand.ask('GET /v1/buyers?campaign=auto'))).toEqual([
      422,
      'invalid_request',
    ]);
  });
});

describe('one entry', () => {
  test('is read with its version and tag; the tag answers 304 while it is the same', async () => {
    const read = await stand.ask('GET /v1/buyers/bolt');
    const entry = { time_zone: 'America/Chicago' };
    expect(read.body).toEqual({ id: 'bolt', version: 1, entry });
    // Without the second header, `fetch` asks not to be answered so.
    const headers = { 'If-None-Match': tagOf(read), 'Cache-Control': 'max-age=0' };
    const again = await stand.ask('GET /v1/buyers/bolt', { headers });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('is created by PUT, as a new version by the one who asked', async () => {
    const body = { name: 'Crest' };
    const made = await stand.ask('PUT /v1/buyers/crest', { body });
    expect([made.status, made.headers.get('location')]).toEqual([201, '/v1/buyers/crest']);
    expect(made.body).toMatchObject({
      ...{ id: 'crest', status: 'applied', version: 2, entry: body },
      changes: [{ path: 'buyers.crest', after: body }],
      warnings: expect.arrayContaining([{ path: 'buyers.crest', says: 'has no contract' }]),
    });
    expect(stand.versions[1]).toMatchObject({
      appliedBy: 'ada',
      summary: '+ buyers.crest: {"name":"Crest"}',
    });
  });

  test('is created from YAML too', async () => {
    const headers = { 'Content-Type': 'application/yaml' };
    const body = '# Their own zone.\nname: Crest\ntime_zone: America/Denver\n';
    expect((await stand.ask('PUT /v1/buyers/crest', { body, headers })).status).toBe(201);
    expect(stand.document()['buyers']?.['crest']).toEqual({
      name: 'Crest',
      time_zone: 'America/Denver',
    });
  });

  test('is patched, and everything else keeps its place and its style', async () => {
    const before = JSON.stringify(stand.document());
    const patch = { price_cents: 900, priority: 5, post: { timeout: '2s' } };
    const done = await stand.ask('PATCH /v1/contracts/bolt_auto', {
      body: patch,
      headers: { 'Content-Type': 'application/merge-patch+json' },
    });
    expect(done.body).toMatchObject({ status: 'applied', version: 2 });
    expect(JSON.stringify(stand.document())).toBe(
      before.replace(
        `"price_cents":700,"post":{"url":"${POST.url}"}`,
        `"price_cents":900,"post":{"url":"${POST.url}","timeout":"2s"},"priority":5`,
      ),
    );
  });

  test('loses by a patch what is null in it', async () => {
    await stand.ask('PATCH /v1/buyers/bolt', { body: { time_zone: null, name: 'Bolt' } });
    expect(stand.document()['buyers']?.['bolt']).toEqual({ name: 'Bolt' });
  });

  test('has its key exchanged by a patch', async () => {
    const [old, next] = [{ sha256: 'a'.repeat(64) }, { sha256: 'b'.repeat(64) }];
    await stand.ask('PATCH /v1/sources/acme', { body: { keys: [old, next] } });
    expect(stand.document()['sources']?.['acme']?.['keys']).toEqual([old, next]);
    const taken = await stand.ask('PATCH /v1/sources/acme', {
      body: { keys: [{ sha256: 'f'.repeat(64) }] },
    });
    expect(taken.body).toMatchObject({
      code: 'invalid_world',
      errors: [{ field: 'sources.acme.keys[0].sha256', says: expect.stringContaining('already') }],
    });
  });

  test('put as it is makes no version', async () => {
    const body = { time_zone: 'America/Chicago' };
    const put = await stand.ask('PUT /v1/buyers/bolt', { body });
    expect([put.status, put.body['status'], put.body['version']]).toEqual([200, 'unchanged', 1]);
    expect(stand.versions).toHaveLength(1);
  });

  test('that does not fit the rest of the world is refused with path and fix', async () => {
    const body = { buyer: 'appex', campaign: 'auto', price_cents: 5, post: POST, lottery: 1 };
    const put = await stand.ask('PUT /v1/contracts/new_auto', { body });
    expect(problem(put)).toEqual([422, 'invalid_world']);
    expect(put.body['errors']).toEqual([
      { field: 'contracts.new_auto.lottery', says: 'is not a setting' },
    ]);
    const { lottery: _, ...spelt } = body;
    const next = await stand.ask('PUT /v1/contracts/new_auto', { body: spelt });
    expect(next.body['errors']).toEqual([
      {
        field: 'contracts.new_auto.buyer',
        says: 'there is no buyer "appex"',
        fix: 'did you mean apex?',
      },
    ]);
    expect(stand.versions).toHaveLength(1);
  });

  test('with ?dry_run=true is shown, not changed', async () => {
    const dry = await stand.ask('PATCH /v1/contracts/bolt_auto?dry_run=true', {
      body: { price_cents: 900 },
    });
    expect(dry.body).toMatchObject({
      status: 'dry_run',
      changes: [{ path: 'contracts.bolt_auto.price_cents', before: 700, after: 900 }],
      entry: { price_cents: 900 },
    });
    expect([dry.body['version'], tagOf(dry), stand.versions.length]).toEqual([undefined, '', 1]);
  });

  test('is deleted once nothing names it any more; until then the places are told', async () => {
    const named = await stand.ask('DELETE /v1/buyers/bolt');
    expect(problem(named)).toEqual([409, 'still_referred_to']);
    expect(named.body['errors']).toEqual([
      { field: 'contracts.bolt_auto.buyer', says: 'names bolt', fix: 'change this first' },
    ]);
    const routed = await stand.ask('DELETE /v1/contracts/bolt_auto');
    expect(routed.body['errors']).toMatchObject([
      { field: 'campaigns.auto.routing[1].contracts[0]' },
    ]);
    const routing = [{ method: 'ping_post', contracts: ['apex_auto'] }];
    await stand.ask('PATCH /v1/campaigns/auto', { body: { routing } });
    const gone = await stand.ask('DELETE /v1/contracts/bolt_auto');
    expect(gone.body).toMatchObject({ id: 'bolt_auto', status: 'applied', version: 3 });
    expect((await stand.ask('DELETE /v1/buyers/bolt')).status).toBe(200);
    expect(stand.document()).toMatchObject({ buyers: { apex: {} } });
    expect(problem(await stand.ask('DELETE /v1/buyers/bolt'))).toEqual([404, 'no_such_entry']);
  });

  test('of an empty installation is its first', async () => {
    const empty = await startEditing(null);
    const body = { fields: { phone: { type: 'phone' } } };
    const made = await empty.ask('PUT /v1/verticals/auto', { body });
    expect([made.status, empty.document()]).toEqual([
      201,
      { sluice: 1, verticals: { auto: body } },
    ]);
    await empty.close();
  });
});

describe('a lost race', () => {
  test('is told: the tag of an entry is its content, not the version of the world', async () => {
    const seen = tagOf(await stand.ask('GET /v1/contracts/bolt_auto'));
    const headers = { 'If-Match': seen };
    await stand.ask('PATCH /v1/buyers/apex', { body: { name: 'Apex' } });
    const mine = await stand.ask('PATCH /v1/contracts/bolt_auto', {
      body: { price_cents: 800 },
      headers,
    });
    expect([mine.status, tagOf(mine) === seen]).toEqual([200, false]);
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      const body = method === 'DELETE' ? {} : { body: { price_cents: 1 } };
      const late = await stand.ask(`${method} /v1/contracts/bolt_auto`, { ...body, headers });
      expect(problem(late)).toEqual([412, 'changed_meanwhile']);
      expect(tagOf(late)).toBe(tagOf(mine));
    }
    expect(stand.document()['contracts']?.['bolt_auto']?.['price_cents']).toBe(800);
  });

  test('of the whole world is told by its version', async () => {
    const seen = await stand.ask('GET /v1/world');
    expect(tagOf(seen)).toBe('"1"');
    await stand.ask('PATCH /v1/buyers/apex', { body: { name: 'Apex' } });
    const put = (tag: string) =>
      stand.ask('PUT /v1/world', { body: smallDocument(), headers: { 'If-Match': tag } });
    expect(problem(await put('"1"'))).toEqual([412, 'changed_meanwhile']);
    const done = await put('"7", "2"');
    expect([done.status, tagOf(done)]).toEqual([200, '"3"']);
  });

  const tags: [tag: string, says: string, status: number][] = [
    ['*', 'any entry that is there', 200],
    ['W/"1"', 'nothing, as a weak tag', 412],
    ['"other"', 'nothing, as another tag', 412],
    ['1', 'nothing, and is no tag', 422],
  ];
  test.for(tags)('If-Match: %s matches %s', async ([tag, , status]) => {
    const headers = { 'If-Match': tag };
    const answer = await stand.ask('PATCH /v1/buyers/apex', { body: { name: 'A' }, headers });
    expect(answer.status).toBe(status);
  });

  test('for a new id is told as well', async () => {
    const body = {};
    const isNew = { 'If-None-Match': '*' };
    const known = { 'If-Match': '*' };
    const put = async (id: string, headers: Record<string, string>) =>
      (await stand.ask(`PUT /v1/buyers/${id}`, { body, headers })).status;
    expect(await put('bolt', isNew)).toBe(412);
    expect(await put('crest', known)).toBe(412);
    expect(await put('crest', isNew)).toBe(201);
  });
});

describe('switches', () => {
  const things = ['contracts/apex_auto', 'campaigns/auto', 'buyers/apex', 'sources/acme'];
  test.for(things)('of %s are set and taken back', async (thing) => {
    const [section = '', id = ''] = thing.split('/');
    const paused = await stand.ask(`POST /v1/${thing}/pause`);
    expect(paused.body).toMatchObject({ status: 'applied', version: 2, entry: { paused: true } });
    expect(stand.document()[section]?.[id]?.['paused']).toBe(true);
    expect((await stand.ask(`POST /v1/${thing}/pause`)).body).toMatchObject({
      status: 'unchanged',
    });
    expect((await stand.ask(`POST /v1/${thing}/resume`)).body).toMatchObject({
      ...{ status: 'applied', version: 3 },
      changes: [{ path: `${section}.${id}.paused`, before: true, after: false }],
    });
  });

  test('of the whole world stop everything', async () => {
    const dry = await stand.ask('POST /v1/world/pause?dry_run=true');
    expect(dry.body).toMatchObject({ status: 'dry_run', changes: [{ path: 'paused' }] });
    const paused = await stand.ask('POST /v1/world/pause');
    expect(paused.body).toMatchObject({
      version: 2,
      warnings: [{ path: 'paused', says: 'nothing is sent to any buyer' }],
    });
    await stand.ask('POST /v1/world/resume');
    expect(stand.document()).toMatchObject({ paused: false });
  });

  test('that are as wanted, in whatever words, make no version', async () => {
    const resumed = await stand.ask('POST /v1/contracts/apex_auto/resume');
    expect(resumed.body).toMatchObject({ status: 'unchanged', version: 1 });
  });

  test('of what is not there are not set', async () => {
    expect(problem(await stand.ask('POST /v1/contracts/gone/pause'))).toEqual([
      404,
      'no_such_entry',
    ]);
    expect(problem(await stand.ask('POST /v1/verticals/auto/pause'))).toEqual([
      404,
      'no_such_route',
    ]);
  });
});
