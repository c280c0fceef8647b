// Suppression lists: what is added stands there once, whoever is on one is refused, and every deed
// stays in the log.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimPerson } from '../../src/db/persons/claim.ts';
import { type Addition, addSuppressions } from '../../src/db/suppressions/add.ts';
import {
  countSuppressed,
  findSuppressed,
  listSuppressionDeeds,
  listSuppressionLists,
} from '../../src/db/suppressions/read.ts';
import {
  createForgetter,
  deleteExpired,
  removeSuppression,
  removeSuppressionList,
} from '../../src/db/suppressions/remove.ts';
import { listVerdicts } from '../../src/db/verdicts.ts';
import type { Validation } from '../../src/domain/lead.ts';
import type { ListedValue, SuppressionKind } from '../../src/domain/suppression/suppression.ts';
import type { TestDatabase } from '../support/databases.ts';
import { createBook, storeLead } from '../support/lead-rows.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createBook()));
afterAll(() => db.close());

// Lists are called by a name of each test's own.
let dnc = '';
let tests = 0;
beforeEach(() => void (dnc = `dnc_${(tests += 1)}`));

const hash = (value: string) => createHash('sha256').update(value).digest().subarray(0, 16);
const hashes = (...values: string[]) => Buffer.concat(values.map(hash));

function add(values: string[], changes: Partial<Addition> = {}) {
  return addSuppressions(db.pool, {
    ...{ list: dnc, campaignId: null, kind: 'phone', hashes: hashes(...values), expiresAt: null },
    ...{ action: 'add', by: 'ada', origin: null },
    ...changes,
  });
}

const valid: Validation = { kind: 'valid', checks: [] };
const phone = (value: string): ListedValue => ({ kind: 'phone', value });

async function judge(values: ListedValue[], campaignId = 'auto') {
  const leadId = await storeLead(db.pool);
  const keys = [{ fields: ['phone'], values: [`${dnc} ${leadId}`] }];
  const told = await claimPerson(db.pool, {
    ...{ leadId, memory: 'campaign/auto', keys, atMs: 0, notBeforeMs: 0, againAfter: [] },
    ...{ values, campaignId, validation: valid },
  });
  return { ...told, leadId };
}

async function entriesOf(list: string) {
  const lists = await listSuppressionLists(db.pool, { after: '', limit: 100 });
  return lists.find((one) => one.list === list)?.entries;
}

describe('what is added', () => {
  test('stands there once, however often it comes', async () => {
    const first = await add(['+1a', '+1b', '+1a']);
    expect(first).toEqual({ kind: 'added', added: 2, renewed: 0 });
    expect(await add(['+1b', '+1c'])).toEqual({ kind: 'added', added: 1, renewed: 0 });
    expect(await entriesOf(dnc)).toBe(3);
    const known = { list: dnc, kind: 'phone' as const, hashes: hashes('+1a', '+1a', '+1x') };
    expect(await countSuppressed(db.pool, known)).toEqual({ distinct: 2, known: 1 });
  });

  test('gets another expiry when it comes with one, and keeps who did that', async () => {
    await add(['+2a']);
    const expiresAt = new Date('2100-01-01T00:00:00Z');
    const again = await add(['+2a'], { expiresAt, by: 'bob', origin: 'dnc.csv' });
    expect(again).toEqual({ kind: 'added', added: 0, renewed: 1 });
    expect(await findSuppressed(db.pool, 'phone', [hash('+2a')])).toMatchObject([
      { list: dnc, kind: 'phone', expiresAt, addedBy: 'bob', origin: 'dnc.csv' },
    ]);
  });

  test('in more than one statement is counted as one addition', async () => {
    const many = Array.from({ length: 25_000 }, (_, index) => `+3${index}`);
    const all = await add(many, { action: 'import' });
    expect(all).toEqual({ kind: 'added', added: 25_000, renewed: 0 });
    const more = await add([...many, '+3x'], { action: 'import' });
    expect(more).toEqual({ kind: 'added', added: 1, renewed: 0 });
  });

  test('by many at once neither deadlocks nor counts twice', async () => {
    const values = Array.from({ length: 300 }, (_, index) => `+4${index}`);
    const told = await Promise.all(
      Array.from({ length: 10 }, (_, index) => add(index % 2 ? values : values.toReversed())),
    );
    const added = told.reduce((sum, one) => sum + (one.kind === 'added' ? one.added : 0), 0);
    expect([added, await entriesOf(dnc)]).toEqual([300, 300]);
  });

  test('to a list that holds elsewhere changes nothing', async () => {
    await add(['+5a'], { campaignId: 'auto' });
    expect(await add(['+5b'])).toEqual({ kind: 'other_scope', campaignId: 'auto' });
    expect(await entriesOf(dnc)).toBe(1);
  });
});

describe('a lead', () => {
  test('on a list is refused, and leaves no trace of its person', async () => {
    await add(['+6a']);
    const told = await judge([phone('+6z'), phone('+6a')]);
    expect(told).toMatchObject({ kind: 'suppressed', listings: [{ list: dnc, kind: 'phone' }] });
    expect((await listVerdicts(db.pool, told.leadId, 1)).size).toBe(0);
    const left = await db.pool.query(`select from fingerprints where lead_id = $1`, [told.leadId]);
    expect(left.rowCount).toBe(0);
  });

  test('on several is told all of them', async () => {
    await add(['+7a']);
    await add(['x.example'], { list: `${dnc}_b`, kind: 'domain' });
    const told = await judge([phone('+7a'), { kind: 'domain', value: 'x.example' }]);
    expect(told).toMatchObject({
      listings: [
        { list: dnc, kind: 'phone' },
        { list: `${dnc}_b`, kind: 'domain' },
      ],
    });
  });

  const free: [says: string, changes: Partial<Addition>, campaign: string, kind: string][] = [
    ['of another campaign', { campaignId: 'home' }, 'auto', 'first'],
    ['of the campaign of the list', { campaignId: 'home' }, 'home', 'suppressed'],
    ['past the expiry', { expiresAt: new Date('2020-01-01T00:00:00Z') }, 'auto', 'first'],
    ['before the expiry', { expiresAt: new Date('2100-01-01T00:00:00Z') }, 'auto', 'suppressed'],
    ['whose value is listed as another kind', { kind: 'zip' }, 'auto', 'first'],
  ];
  test.for(free)('%s is judged by that', async ([, changes, campaign, kind]) => {
    await add([`+8${dnc}`], changes);
    expect(await judge([phone(`+8${dnc}`)], campaign)).toMatchObject({ kind });
  });

  test('without anything to look up is on no list', async () => {
    expect(await judge([])).toMatchObject({ kind: 'first' });
  });
});

describe('what is removed', () => {
  const of = (value: string, kind: SuppressionKind = 'phone') => {
    return { list: dnc, kind, hash: hash(value), by: 'bob' };
  };

  test('refuses nobody any more, and the log says who removed it', async () => {
    await add(['+9a', '+9b']);
    expect(await removeSuppression(db.pool, of('+9a'))).toBe(true);
    expect(await removeSuppression(db.pool, of('+9a'))).toBe(false);
    expect(await judge([phone('+9a')])).toMatchObject({ kind: 'first' });
    expect(await entriesOf(dnc)).toBe(1);
    const [removed, added] = await listSuppressionDeeds(db.pool, { before: null, limit: 2 });
    const hex = (...values: string[]) => values.map((value) => hash(value).toString('hex'));
    expect(removed).toMatchObject({ action: 'remove', by: 'bob', list: dnc, hashes: hex('+9a') });
    expect(added).toMatchObject({ action: 'add', by: 'ada', hashes: hex('+9a', '+9b') });
  });

  test('as a list is gone at once, and its rows after it', async () => {
    await add(['+10a', '+10b']);
    await add(['+10a'], { list: `${dnc}_other` });
    expect(await removeSuppressionList(db.pool, { list: dnc, by: 'bob' })).toBe(2);
    expect(await removeSuppressionList(db.pool, { list: dnc, by: 'bob' })).toBeUndefined();
    expect(await judge([phone('+10b')])).toMatchObject({ kind: 'first' });
    const rows = () => findRows(['+10a', '+10b']);
    expect(await rows()).toBe(3);
    const forget = createForgetter(db.pool);
    for (let step = 0; step < 5; step += 1) await forget();
    expect(await rows()).toBe(1);
    expect(await judge([phone('+10a')])).toMatchObject({ listings: [{ list: `${dnc}_other` }] });
    // The name is free again, with nothing on it.
    await add(['+10c']);
    expect(await entriesOf(dnc)).toBe(1);
  });

  test('by its expiry is counted no more', async () => {
    await add(['+11a'], { expiresAt: new Date('2020-01-01T00:00:00Z') });
    await add(['+11b']);
    await deleteExpired(db.pool);
    expect([await findRows(['+11a', '+11b']), await entriesOf(dnc)]).toEqual([1, 1]);
  });

  test('from the log is nothing, ever', async () => {
    await add(['+12a']);
    const changes = ['delete from suppression_log', `update suppression_log set done_by = 'eve'`];
    for (const change of changes) {
      await expect(db.pool.query(change)).rejects.toThrow('append-only');
    }
  });

  async function findRows(values: string[]) {
    const text = 'select from suppressions where hash = any($1::bytea[])';
    return (await db.pool.query(text, [values.map(hash)])).rowCount;
  }
});
