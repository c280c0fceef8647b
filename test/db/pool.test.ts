// What PostgreSQL says in whole numbers is read exactly, or refused at once.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createDatabase, type TestDatabase } from '../support/databases.ts';

let db: TestDatabase;
beforeAll(async () => void (db = await createDatabase()));
afterAll(() => db.close());

test('a bigint comes back as a number, and is refused past 2^53', async () => {
  const read = (value: string) => db.pool.query(`select ${value}::bigint as n`);
  expect((await read('9007199254740991')).rows).toEqual([{ n: Number.MAX_SAFE_INTEGER }]);
  await expect(read('9007199254740993')).rejects.toThrow('int8 past 2^53');
});

test('a list of bigints is refused, and the connection serves the next query', async () => {
  await expect(db.pool.query('select array[1]::bigint[] as list')).rejects.toThrow(
    'int8[] is not read anywhere',
  );
  expect((await db.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
});
