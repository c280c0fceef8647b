// Versions of the world, and the schema itself: applied once, in order, by however many at once.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import {
  currentWorldVersion,
  findCurrentWorld,
  findWorld,
  listWorlds,
  recordWorld,
  WORLD_CHANNEL,
} from '../../src/db/worlds.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createDatabase()));
afterAll(() => db.close());

function apply(name: string, paused: readonly string[] = []) {
  return recordWorld(db.pool, () => ({ document: { name }, digest: name, by: 'ada', paused }));
}

test('before the first version there is none', async () => {
  expect(await findCurrentWorld(db.pool)).toBeUndefined();
  expect(await currentWorldVersion(db.pool)).toBe(0);
});

test('versions count up, are found again, and the newest rules', async () => {
  expect(await apply('one')).toEqual({ version: 1, isNew: true });
  expect(await apply('two')).toEqual({ version: 2, isNew: true });
  expect(await findCurrentWorld(db.pool)).toMatchObject({
    version: 2,
    document: { name: 'two' },
    appliedBy: 'ada',
  });
  expect(await findWorld(db.pool, 1)).toMatchObject({ document: { name: 'one' } });
  expect(await findWorld(db.pool, 99)).toBeUndefined();
  const page = await listWorlds(db.pool, { before: null, limit: 1 });
  expect(page.map(({ version }) => version)).toEqual([2]);
  const next = await listWorlds(db.pool, { before: 2, limit: 10 });
  expect(next.map(({ version }) => version)).toEqual([1]);
});

test('the document in force, applied again, is no new version; an older one is', async () => {
  const { version } = await apply('three');
  expect(await apply('three')).toEqual({ version, isNew: false });
  expect(await apply('two')).toEqual({ version: version + 1, isNew: true });
});

test('one document applied ten times at once is one version', async () => {
  const before = await currentWorldVersion(db.pool);
  const applied = await Promise.all(Array.from({ length: 10 }, () => apply('at once')));
  expect(applied.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(new Set(applied.map(({ version }) => version))).toEqual(new Set([before + 1]));
});

test('a version replaces what is paused, and other processes hear of it', async () => {
  const heard: string[] = [];
  const listener = await db.pool.connect();
  listener.on('notification', ({ payload }) => void heard.push(payload ?? ''));
  await listener.query(`listen ${WORLD_CHANNEL}`);
  await apply('paused', ['buyer/apex', 'all']);
  const { version } = await apply('open', ['contract/bolt_auto']);
  const paused = await db.pool.query('select subject, set_by from switches');
  expect(paused.rows).toEqual([{ subject: 'contract/bolt_auto', set_by: `world ${version}` }]);
  await until('two notifications', () => heard.length >= 2);
  expect(heard).toEqual([String(version - 1), String(version)]);
  await listener.query('unlisten *');
  listener.release();
});

describe('migrations', () => {
  test('run by two processes at once are each applied once, and again change nothing', async () => {
    const fresh = await createDatabase('empty');
    const quiet = () => undefined;
    const [first, second] = await Promise.all([
      migrate(fresh.url, quiet),
      migrate(fresh.url, quiet),
    ]);
    const applied = [...first, ...second];
    expect(applied.length).toBeGreaterThan(0);
    expect(new Set(applied).size).toBe(applied.length);
    expect(await migrate(fresh.url, quiet)).toEqual([]);
    const rows = await fresh.pool.query<{ name: string }>('select name from migrations');
    expect(rows.rows.map(({ name }) => name)).toEqual(applied);
    await fresh.close();
  });
});
