// A database of its own for each test file: a clone of the migrated template, made in some 50 ms.
// Nobody drops it, since the whole server is thrown away after the run.

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createPool, type Pool } from '../../src/db/pool.ts';

export interface TestDatabase {
  readonly url: string;
  /** Enough connections for 30 callers at once. Ends with `close`. */
  readonly pool: Pool;
  close(): Promise<void>;
}

/** Clones the template; `empty` makes a database without any table instead. */
export async function createDatabase(
  kind: 'migrated' | 'empty' = 'migrated',
): Promise<TestDatabase> {
  const { databaseUrl } = inject('stack');
  const template = new URL(databaseUrl).pathname.slice(1);
  const name = `test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const admin = new pg.Client({ connectionString: withDatabase(databaseUrl, 'postgres') });
  await admin.connect();
  try {
    const source = kind === 'empty' ? 'template0' : template;
    await admin.query(`create database ${name} template ${source}`);
  } finally {
    await admin.end();
  }
  const url = withDatabase(databaseUrl, name);
  const pool = createPool({ url, max: 30, name: 'test' });
  return { url, pool, close: () => pool.end() };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}
