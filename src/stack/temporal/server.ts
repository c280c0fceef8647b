// The embedded Temporal server: the development server on a file database in the data folder, so
// that its histories are there again after a restart.

import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDataDir } from '../data-dir.ts';
import { awaitLeftover } from '../leftovers.ts';
import { assertPortFree } from '../ports.ts';
import { startProcess } from '../processes.ts';
import type { OnExit, Say } from '../processes.ts';
import { temporalArgs } from './flags.ts';
import { findTemporal } from './ladder.ts';
import { isServing, prepareNamespace } from './namespace.ts';

/** How the embedded Temporal server runs. */
export interface TemporalOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly uiPort: number;
  readonly say: Say;
  /** True leaves the web interface out. */
  readonly headless?: boolean | undefined;
  /** Made if absent; `default`. */
  readonly namespace?: string | undefined;
  /** The histories; `<dataDir>/temporal/temporal.db`. */
  readonly dbFile?: string | undefined;
  /** Where programs are kept between projects; `~/.cache/sluice`. */
  readonly cacheDirs?: readonly string[] | undefined;
  /** PATH and HOME for the programs; ours if absent. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Hears of an end that nobody asked for. */
  readonly onExit?: OnExit | undefined;
}

/** A Temporal server that takes workflows. */
export interface RunningTemporal {
  readonly address: string;
  /** Undefined when headless. */
  readonly uiUrl: string | undefined;
  readonly pid: number;
  /** Ends it and waits; what it has acknowledged is on disk. */
  stop(): Promise<void>;
}

const NAME = 'Temporal';
const HOST = '127.0.0.1';

// The development server forgets a finished workflow after a day; a story is worth a month.
const RETENTION_DAYS = 30;

/** The file of the embedded server's histories, unless another is named. */
export const temporalDbIn = (dataDir: string): string => join(dataDir, 'temporal/temporal.db');

/** The file that names the process of the embedded server while it runs. */
export const temporalPidIn = (dataDir: string): string => join(dataDir, 'temporal/server.pid');

/**
 * Starts the server, fetching or building its program if need be, and resolves when the namespace
 * is ready for leads. Throws `StackError` if a port is taken, another server runs on the same
 * histories, or no program can be had.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { port, say, headless = false, namespace = 'default', env, onExit } = options;
  const dataDir = await openDataDir(options.dataDir);
  const uiPort = headless ? undefined : options.uiPort;
  const dbFile = options.dbFile ?? temporalDbIn(dataDir);
  const pidFile = temporalPidIn(dataDir);
  for (const file of [dbFile, pidFile]) mkdirSync(dirname(file), { recursive: true });
  await awaitLeftover({ name: NAME, pidFile, program: 'temporal' }, say);
  await assertPortFree({ port, variable: 'SLUICE_TEMPORAL_PORT', host: HOST });
  if (uiPort !== undefined) {
    await assertPortFree({ port: uiPort, variable: 'SLUICE_TEMPORAL_UI_PORT', host: HOST });
  }
  const cacheDirs = options.cacheDirs ?? [join(homedir(), '.cache/sluice')];
  const command = await findTemporal({ dataDir, cacheDirs, say, env });

  const address = `${HOST}:${port}`;
  const server = await startProcess({
    name: NAME,
    command,
    args: temporalArgs({ host: HOST, port, uiPort, dbFile, namespace }),
    // 100 by default: collecting garbage took 6 % of the server's CPU, and 2 % like this.
    env: env && { GOGC: '400', ...env },
    logFile: join(dataDir, 'logs/temporal.log'),
    say,
    readyWhen: () => isServing(address),
    onExit,
  });
  try {
    await writeFile(pidFile, `${server.pid}\n`);
    await prepareNamespace({ namespace, connection: { address }, retentionDays: RETENTION_DAYS });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    address,
    uiUrl: uiPort === undefined ? undefined : `http://${HOST}:${uiPort}`,
    pid: server.pid,
    stop: async () => {
      await server.stop();
      await rm(pidFile, { force: true });
    },
  };
}
