// Connections to PostgreSQL. int8 comes back as a safe integer, or throws: money and counters must
// never turn into text, and never lose a cent to a double.

import pg from 'pg';

export type Pool = pg.Pool;
/** What a query can run on: the pool, or the connection of an open transaction. */
export interface Tx {
  query<Row extends pg.QueryResultRow>(
    query: pg.QueryConfig | string,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

const INT8 = 20;
const INT8_ARRAY = 1016;

/** A pool whose queries end within 10 s, and whose callers wait at most 3 s for a connection. */
export function createPool(settings: { url: string; max: number; name: string }): Pool {
  const pool = new pg.Pool({
    connectionString: settings.url,
    max: settings.max,
    application_name: settings.name,
    // A source is waiting: better a clear 503 than a queue that only grows.
    connectionTimeoutMillis: 3_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 15_000,
    types: { getTypeParser },
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end
  // the process.
  pool.on('error', () => undefined);
  return pool;
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8) return toSafeInteger;
  if (oid === INT8_ARRAY) return refuseList;
  return pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
}

// Thrown while a row is read, it ends the query; thrown any sooner, the query would never end.
function refuseList(): never {
  throw new Error('int8[] is not read anywhere: select jsonb instead');
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`int8 past 2^53: ${text}`);
  return value;
}

/** In SQL: an instant as whole milliseconds since 1970, the unit of the domain. */
export function msOf(column: string): string {
  return `floor(extract(epoch from ${column}) * 1000)::bigint`;
}

// Classes of SQLSTATE: connection, out of resources, shut down or starting up.
const AWAY = /^(08|53|57P)/;
const BROKEN = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT']);

/** True when PostgreSQL was not there to answer; false when it answered with a fault of ours. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Without a code, pg says it in words: no connection in time, or one that ended under a query.
  return AWAY.test(code) || BROKEN.has(code) || /timeout|terminated|ended/i.test(error.message);
}

/** Runs `work` between begin and commit; rolls back and rethrows if it throws. */
export async function inTransaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  try {
    await connection.query('begin');
    const result = await work(connection);
    await connection.query('commit');
    return result;
  } catch (cause) {
    await connection.query('rollback').catch((error: Error) => (broken = error));
    throw cause;
  } finally {
    connection.release(broken);
  }
}
