// PostgreSQL and Temporal for one run, empty, with fsync, on free ports.

import { findFreePort } from '../../src/stack/ports.ts';
import { startPostgres } from '../../src/stack/postgres/server.ts';
import { startTemporal } from '../../src/stack/temporal/server.ts';
import type { BenchOptions } from '../options.ts';
import { startTemporalOnPostgres } from './temporal-on-postgres.ts';
import type { Workbench } from './workbench.ts';

export interface Servers {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly pids: { readonly postgres: number; readonly temporal: number };
}

/**
 * Starts both servers and has the workbench stop them. One after the other: Temporal's development
 * server takes ports of its own choice, which must not be the one that PostgreSQL is about to take.
 */
export async function startServers(
  bench: Workbench,
  temporal: BenchOptions['temporal'],
): Promise<Servers> {
  const { folder: dataDir, say, env, onExit } = bench;
  const postgres = bench.add(
    await startPostgres({ dataDir, port: await findFreePort(), say, onExit }),
  );
  bench.signal.throwIfAborted();
  const at = { dataDir, say, env, onExit, headless: true };
  const server =
    temporal === 'postgres'
      ? await startTemporalOnPostgres(bench, postgres.url)
      : bench.add(await startTemporal({ ...at, port: await findFreePort(), uiPort: 0 }));
  return {
    databaseUrl: postgres.url,
    temporalAddress: server.address,
    pids: { postgres: postgres.pid, temporal: server.pid },
  };
}
