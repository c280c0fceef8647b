// Goal: operators fill, ask and empty suppression lists, as docs/guides/suppression.md tells, and
// every mistake is told with what would be right. Method: real HTTP, lists in memory; the commands
// print what the page shows.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { importFile, type Progress } from '../../src/cli/suppress/import.ts';
import { readParts } from '../../src/cli/suppress/parts.ts';
import type { ImportOptions } from '../../src/cli/suppress/send.ts';
import { addValues, checkValue, removeFrom, showLists } from '../../src/cli/suppress/values.ts';
import { readConfig } from '../../src/config.ts';
import { call, type Stand, startStand } from './api-stand.ts';
import { keys } from './intake-world.ts';
import { suppressionsInMemory } from './suppressions-in-memory.ts';

const page = readFileSync(new URL('../../docs/guides/suppression.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'sluice-suppress-'));
const FUTURE = '2099-01-01';

let stand: Stand;
beforeAll(async () => void (stand = await startStand()));
afterAll(() => stand.close());

const ask = (address: string, body?: unknown, headers?: Record<string, string>) =>
  call(stand, address, { by: 'operator', body, ...(headers && { headers }) });
const csv = { 'Content-Type': 'text/csv' };
const caller = () => {
  const env = { SLUICE_URL: stand.url, SLUICE_OPERATOR_KEY: keys.operator };
  return { config: readConfig({ SLUICE_DATA_DIR: '/nowhere' }), env };
};

function importText(text: string, options: Partial<ImportOptions> = {}, name = 'list.csv') {
  const file = join(folder, name);
  writeFileSync(file, text);
  const told: Progress[] = [];
  const from = { ...caller(), onProgress: (one: Progress) => void told.push(one), now: () => 0 };
  const all = { kind: 'phone', list: 'dnc', hashed: false, dryRun: false, ...options } as const;
  return { file, told, said: importFile(file, all, from) };
}

describe('the page', () => {
  const block = (start: string) =>
    [...page.matchAll(/^```\w+\n([^]*?)^```$/gm)]
      .map(([, body = '']) => body)
      .find((body) => body.startsWith(start)) ?? `no ${start}`;
  /** What the page shows after a command. */
  const shown = (command: string) =>
    page.split(`$ npx sluice suppress ${command}\n`)[1]?.split(/\n(?:\$|```)/)[0] ?? 'no';

  test('shows what an import says, and which rows were bad', async () => {
    const text = block('name,Phone');
    const { file, said, told } = importText(text, { expires: FUTURE }, 'dnc.csv');
    const plain = (await said).replaceAll(`${folder}/`, '').replace('0.0 s', '0.1 s');
    expect(plain).toBe(shown(`import dnc.csv --kind phone --list dnc --expires ${FUTURE}`));
    expect(readFileSync(`${file}.bad-rows.csv`, 'utf8')).toBe(block('row,why'));
    expect(told).toEqual([{ doing: 'adding', rows: 4, rowsPerSecond: 4_000, percent: 100 }]);
  });

  test('shows what the other commands say', async () => {
    const origin = 'call of 27 November';
    const added = await addValues(
      ['(512) 555-0199'],
      { kind: 'phone', list: 'opt_outs', origin },
      caller(),
    );
    const command = `add "(512) 555-0199" --kind phone --list opt_outs --origin "${origin}"`;
    expect(added).toBe(shown(command));
    const found = await checkValue('512-555-0142', 'phone', caller());
    const at = '2026-11-27T12:00:00.000Z';
    expect(found.replace('1970-01-01T00:00:00.000Z', at)).toBe(
      shown('check 512-555-0142 --kind phone'),
    );
    const of = { kind: 'phone', all: false, caller: caller() };
    expect(await removeFrom('opt_outs', '5125550199', of)).toBe(
      shown('remove opt_outs 5125550199 --kind phone'),
    );
    expect(await showLists(caller())).toBe(shown('lists'));
  });

  test('shows a request and its answer', async () => {
    const [, body = ''] = /-d '(\{[^']*\})'/.exec(block('curl localhost:3000/v1/supp')) ?? [];
    const answer = await ask('POST /v1/suppressions', body);
    expect(answer.text).toBe(block('{"list"').trim());
  });
});

describe('an import', () => {
  test('in parts counts rows as the file has them, under one header', async () => {
    const lines = Array.from({ length: 9_000 }, (_, index) => `x,512555${1000 + index},`);
    lines[8_500] = 'x,none,';
    const pad = 'y'.repeat(200);
    const text = ['name,phone,note', ...lines.map((line) => line + pad)].join('\r\n');
    const { file, said, told } = importText(text, { list: 'parts' }, 'parts.csv');
    expect(await said).toContain('9000 rows');
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toMatchObject({ rows: 9_000, percent: 100 });
    const [, bad = ''] = readFileSync(`${file}.bad-rows.csv`, 'utf8').split('\n');
    expect(bad).toMatch(/^8502,/);
  });

  test('run again adds nothing', async () => {
    const text = '5125550101\n5125550102\n';
    expect(await importText(text, { list: 'twice' }).said).toContain('added  2');
    expect(await importText(text, { list: 'twice' }).said).toContain('added  0');
  });

  test('goes on after the database was away for a moment', async () => {
    let away = 2;
    const suppressions = suppressionsInMemory();
    const add: typeof suppressions.add = async (addition) => {
      if ((away -= 1) >= 0) throw Object.assign(new Error('shutting down'), { code: '57P01' });
      return suppressions.add(addition);
    };
    const before = stand;
    stand = await startStand({ suppressions: { ...suppressions, add } });
    const said = await importText('5125550101\n', { list: 'patient' }).said;
    await stand.close();
    stand = before;
    expect(said).toContain('added  1');
  });

  test('that is dry adds nothing and says what would come of it', async () => {
    await importText('5125550101\n', { list: 'dry' }).said;
    const said = await importText('5125550101\n5125550103\n', { list: 'dry', dryRun: true }).said;
    expect(said).toContain('would be added  1');
    expect(await checkValue('5125550103', 'phone', caller())).toBe('on no list');
  });

  const SHA = '0a0a'.repeat(16);
  const files: [says: string, query: string, body: string, counts: object][] = [
    ['takes hashes by their looks', 'kind=email', `${SHA}\na@example.com`, { rows: 2, bad: 0 }],
    ['takes only hashes if told', 'kind=email&hashed=true', `${SHA}\na@b.co`, { rows: 2, bad: 1 }],
    ['leaves blank rows out', 'kind=zip', '\n78704\n\n  \n78705\n', { rows: 2, bad: 0 }],
    ['takes the named column', 'kind=zip&column=Home%20Zip', 'zip,home_zip\nx,78704', { rows: 1 }],
    [
      'finds the columns of names',
      'kind=name_address',
      'zip;street;last;first\n1;2;3;4',
      { bad: 1 },
    ],
    ['takes four cells', 'kind=name_address', 'Ann,Lee,12 Main St.,78704-1234', { bad: 0 }],
    ['takes ranges', 'kind=ip', '203.0.113.0/24\n203.0.113.1/24\n2001:db8::/32', { bad: 1 }],
    ['takes domains with @', 'kind=domain', '@Example.com\nnot a domain', { added: 1, bad: 1 }],
    ['reads quoted cells', 'kind=email', '"a@example.org","x, y"\n"b@example.org', { bad: 1 }],
    [
      'reads a mark at the beginning',
      'kind=email',
      '\ufeffEmail\na@example.net',
      { rows: 1, bad: 0 },
    ],
  ];
  test.for(files)('%s', async ([says, query, body, counts]) => {
    const list = says.replaceAll(/\W/g, '_').slice(0, 40);
    const { body: told } = await ask(
      `POST /v1/suppressions/imports?list=${list}&${query}`,
      body,
      csv,
    );
    expect(told).toMatchObject(counts);
  });

  const wrong: [says: string, query: string, code: string, field: string][] = [
    ['an unknown kind', 'list=a&kind=name', 'invalid_request', 'kind'],
    ['a list that is no id', 'list=A-b&kind=zip', 'invalid_request', 'list'],
    ['a past expiry', 'list=a&kind=zip&expires=2020-01-01', 'invalid_request', 'expires'],
    ['no such column', 'list=a&kind=zip&column=plz', 'invalid_request', 'column'],
    ['no such campaign', 'list=a&kind=zip&campaign=nope', 'unknown_campaign', ''],
  ];
  test.for(wrong)('with %s is refused', async ([, query, code, field]) => {
    const { body } = await ask(`POST /v1/suppressions/imports?${query}`, 'zip\n78704', csv);
    expect(body).toMatchObject({ code, ...(field && { errors: [{ field }] }) });
    const { body: lists } = await ask('GET /v1/suppressions');
    expect(JSON.stringify(lists)).not.toContain('"a"');
  });
});

describe('a request', () => {
  test('adds up to a thousand values, or none of them', async () => {
    const values = ['5125550101', 'no phone'];
    const told = await ask('POST /v1/suppressions', { list: 'some', kind: 'phone', values });
    expect(told.body).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'values.1' }],
    });
    expect(told.text).not.toContain('no phone"');
    expect(await checkValue('5125550101', 'phone', caller())).not.toContain('some');
  });

  test('to a list that holds elsewhere is refused with where it holds', async () => {
    const values = ['78704'];
    const campaign = 'auto_insurance';
    await ask('POST /v1/suppressions', { list: 'here', kind: 'zip', values, campaign });
    const told = await ask('POST /v1/suppressions', { list: 'here', kind: 'zip', values });
    expect([told.status, told.body['code']]).toEqual([409, 'list_holds_elsewhere']);
    expect(told.body['errors']).toMatchObject([{ says: 'the list holds in auto_insurance' }]);
  });

  test('finds an address in a listed range', async () => {
    await ask('POST /v1/suppressions', { list: 'nets', kind: 'ip', values: ['198.51.100.0/24'] });
    const found = await ask('GET /v1/suppressions/check?kind=ip&value=198.51.100.77');
    expect(found.body).toMatchObject({ listed: true, lists: [{ list: 'nets' }] });
    const other = await ask('GET /v1/suppressions/check?kind=ip&value=198.51.101.1');
    expect(other.body).toMatchObject({ listed: false });
  });

  test('removes a list once, and the log has every deed', async () => {
    await ask('POST /v1/suppressions', { list: 'gone', kind: 'zip', values: ['10001'] });
    const removed = await ask('DELETE /v1/suppressions/lists/gone');
    expect(removed.body).toEqual({ list: 'gone', removed: 1 });
    expect((await ask('DELETE /v1/suppressions/lists/gone')).status).toBe(404);
    const { body } = await ask('GET /v1/suppressions/log?limit=2');
    expect(body['deeds']).toMatchObject([
      { action: 'remove_list', list: 'gone', by: 'ada' },
      { action: 'add', list: 'gone', by: 'ada' },
    ]);
  });

  const addresses = [
    'POST /v1/suppressions',
    'POST /v1/suppressions/imports?list=a&kind=zip',
    'GET /v1/suppressions',
    'GET /v1/suppressions/check?kind=zip&value=78704',
    'GET /v1/suppressions/log',
    'DELETE /v1/suppressions/lists/nets',
    'DELETE /v1/suppressions/lists/nets/entries?kind=ip&value=198.51.100.0',
  ];
  test.for(addresses)('%s is for operators only', async (address) => {
    expect((await call(stand, address)).status).toBe(401);
    expect((await call(stand, address, { by: 'acme' })).status).toBe(403);
  });
});

test('a file without a line end is no file of values', async () => {
  const file = join(folder, 'long.csv');
  writeFileSync(file, 'x'.repeat(5_000));
  const read = async () => {
    for await (const part of readParts(file, 1_000)) expect(part).toBeUndefined();
  };
  await expect(read()).rejects.toThrow('is longer than 1000 bytes');
});
