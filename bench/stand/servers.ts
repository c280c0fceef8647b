// PostgreSQL and Temporal for one run, empty, with fsync, on free ports.

import { join } from 'node:path';
import { findFreePort } from '../../src/stack/ports.ts';
import { startPostgres } from '../../src/stack/postgres/server.ts';
import { startStack } from '../../src/stack/stack.ts';
import type { BenchOptions } from '../options.ts';
import { startTemporalOnPostgres } from './temporal-on-postgres.ts';
import type { Workbench } from './workbench.ts';

export interface Servers {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly pids: { readonly postgres: number; readonly temporal: number };
}

/** Starts both servers and has the workbench stop them. */
export async function startServers(
  bench: Workbench,
  temporal: BenchOptions['temporal'],
): Promise<Servers> {
  const { folder: dataDir, say, env, onExit } = bench;
  const port = await findFreePort();
  if (temporal === 'postgres') {
    const postgres = bench.add(await startPostgres({ dataDir, port, say, onExit }));
    const { url: databaseUrl, pid } = postgres;
    const server = await startTemporalOnPostgres(bench, databaseUrl);
    return {
      databaseUrl,
      temporalAddress: server.address,
      pids: { postgres: pid, ...server.pids },
    };
  }
  const ports = { postgres: port, temporal: await findFreePort(), temporalUi: 0 };
  const options = { dataDir, ports, say, env, onExit, headless: true };
  const stack = bench.add(await startStack(options));
  const { postgres, temporal: server } = stack.pids;
  if (postgres === undefined || server === undefined) throw new Error('a server was not started');
  const { databaseUrl, temporalAddress } = stack;
  return { databaseUrl, temporalAddress, pids: { postgres, temporal: server } };
}

/** The log of a child, by its name. */
export function logIn(folder: string, name: string): string {
  return join(folder, 'logs', `${name}.log`);
}
