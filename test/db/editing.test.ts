// Goal: changes made at once, by however many processes and by the commands, all count, and the
// document stays as its operator wrote it. Method: a real PostgreSQL; two `openWorlds` stand for
// two processes.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { describeApplied } from '../../src/cli/apply.ts';
import { diffText, rollBack, setPaused, versionsText, versionYaml } from '../../src/cli/editing.ts';
import { findCurrentWorld } from '../../src/db/worlds.ts';
import { openWorlds, type Worlds } from '../../src/serving/worlds.ts';
import { findEntry, withEntry } from '../../src/world/edit.ts';
import { readWorldText } from '../../src/world/read.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';

const text = readFileSync(new URL('../../examples/worlds/demo.yaml', import.meta.url), 'utf8');

let db: TestDatabase;
let processes: Worlds[];
beforeAll(async () => {
  db = await createDatabase();
  const onError = (error: unknown) => void error;
  processes = await Promise.all([1, 2].map(() => openWorlds({ pool: db.pool, onError })));
  const read = readWorldText(text, 'demo.yaml');
  const document = read.ok ? read.document : undefined;
  await processes[0]?.apply({ by: 'ada', mode: 'apply', make: () => document });
});
afterAll(async () => {
  processes.forEach((each) => each.close());
  await db.close();
});

const current = async () => {
  const found = await findCurrentWorld(db.pool);
  if (!found) throw new Error('a world was applied');
  return found;
};

/** Raises a number of an entry by one, as somebody does who reads and writes. */
function raise(via: number, by: string) {
  const place = { section: 'contracts', id: 'apex_auto' } as const;
  const worlds = processes[via % 2];
  if (!worlds) throw new Error('there are two');
  return worlds.apply({
    ...{ by, mode: 'apply' },
    make({ document }) {
      const entry = findEntry(document, place) as { priority?: number };
      return withEntry(document, place, { ...entry, priority: (entry.priority ?? 0) + 1 });
    },
  });
}

test('the document comes back in the order in which it was written', async () => {
  const read = readWorldText(text, 'demo.yaml');
  const { document } = await current();
  expect(JSON.stringify(document)).toBe(JSON.stringify(read.ok && read.document));
});

test('40 changes at once, from two processes, are 40 versions, and none is lost', async () => {
  const { version, document } = await current();
  const priority = (whole: unknown) =>
    (findEntry(whole, { section: 'contracts', id: 'apex_auto' }) as { priority?: number })
      .priority ?? 0;
  const done = await Promise.all(Array.from({ length: 40 }, (_, n) => raise(n, `writer ${n}`)));
  expect(new Set(done.map((each) => each.kind))).toEqual(new Set(['applied']));
  const after = await current();
  expect(after.version).toBe(version + 40);
  expect(priority(after.document)).toBe(priority(document) + 40);
  const by = await db.pool.query('select distinct applied_by from worlds where version > $1', [
    version,
  ]);
  expect(by.rowCount).toBe(40);
  for (const each of processes) await each.refresh();
  expect(processes.map((each) => each.current().version)).toEqual([after.version, after.version]);
});

test('a change that throws leaves everything as it is, and the next one counts', async () => {
  const { version } = await current();
  const make = () => {
    throw new Error('declined');
  };
  const declined = processes[0]?.apply({ by: 'ada', mode: 'apply', make });
  const next = raise(0, 'next');
  await expect(declined).rejects.toThrow('declined');
  expect(await next).toMatchObject({ kind: 'applied', version: version + 1 });
});

test('a dry run changes nothing and waits for nobody', async () => {
  const { version } = await current();
  const holder = await db.pool.connect();
  await holder.query(`begin; select pg_advisory_xact_lock(hashtext('sluice.worlds'))`);
  const make = ({ document }: { document: unknown }) =>
    withEntry(document, { section: 'buyers', id: 'crest' }, {});
  const dry = await processes[0]?.apply({ by: 'ada', mode: 'dry_run', make });
  await holder.query('rollback');
  holder.release();
  expect(dry).toMatchObject({ kind: 'dry_run', changes: [{ path: 'buyers.crest' }] });
  expect((await current()).version).toBe(version);
});

describe('the commands', () => {
  const desk = () => ({ databaseUrl: db.url, by: 'cli ada', dryRun: false });

  test('pause and resume, with the switch that a claim reads', async () => {
    const switches = async () => (await db.pool.query('select subject from switches')).rows;
    const contract = { kind: 'contract', id: 'apex_auto' };
    const dry = await setPaused(contract, true, { ...desk(), dryRun: true });
    expect(describeApplied(dry)).toBe(
      'dry run: 1 changes, nothing applied\n  + contracts.apex_auto.paused: true',
    );
    expect(await switches()).toEqual([]);
    await setPaused(contract, true, desk());
    await setPaused({ kind: 'world', id: undefined }, true, desk());
    expect(await switches()).toEqual([{ subject: 'all' }, { subject: 'contract/apex_auto' }]);
    await setPaused({ kind: 'world', id: undefined }, false, desk());
    const resumed = await setPaused(contract, false, desk());
    expect(describeApplied(resumed)).toMatch('~ contracts.apex_auto.paused: true → false');
    expect(await switches()).toEqual([]);
    expect(await setPaused(contract, false, desk())).toMatchObject({ kind: 'unchanged' });
  });

  const wrong: [kind: string, id: string | undefined, says: string][] = [
    ['contract', 'apex_aut', 'there is no contract "apex_aut"'],
    ['contract', undefined, 'which contract?'],
    ['contract', '__proto__', 'there is no contract "__proto__"'],
    ['vertical', 'auto', 'there is no switch of vertical'],
    ['world', 'all', 'world has no id'],
  ];
  test.for(wrong)('say what is wrong with %s %s', async ([kind, id, says]) => {
    await expect(setPaused({ kind, id }, true, desk())).rejects.toThrow(says);
  });

  test('list, show, compare and go back', async () => {
    const { version, document } = await current();
    await setPaused({ kind: 'buyer', id: 'apex' }, true, desk());
    const lines = (await versionsText(db.url, 2)).split('\n');
    expect(lines[0]).toMatch(
      new RegExp(`^${version + 1}  20\\S+Z  cli ada  [+] buyers.apex.paused: true$`),
    );
    expect(await diffText(db.url, { from: version, to: undefined })).toBe(
      `version ${version} to ${version + 1}: 1 changes\n  + buyers.apex.paused: true`,
    );
    const shown = readWorldText(await versionYaml(db.url, version), 'world.yaml');
    expect(shown.ok && JSON.stringify(shown.document)).toBe(JSON.stringify(document));
    expect(await rollBack(version, { ...desk(), dryRun: true })).toMatchObject({
      ...{ kind: 'dry_run', changes: [{ path: 'buyers.apex.paused' }] },
    });
    expect(await rollBack(version, desk())).toMatchObject({ kind: 'applied' });
    const after = await current();
    expect(after).toMatchObject({
      document,
      summary: `back to version ${version}: - buyers.apex.paused: true`,
    });
    await expect(rollBack(9999, desk())).rejects.toThrow('there is no version 9999');
  });
});
