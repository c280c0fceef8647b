// PostgreSQL and Temporal together, as `sluice start`, the tests and the bench need them. What the
// operator brings along is used as it is; the rest is started here.

import type { OnExit, Say } from './processes.ts';
import { startPostgres } from './postgres/server.ts';
import { StackError } from './stack-error.ts';
import { startTemporal } from './temporal/server.ts';

/** Which parts to start, and where. */
export interface StackOptions {
  readonly dataDir: string;
  readonly ports: StackPorts;
  readonly say: Say;
  /** A PostgreSQL that runs: none is started. */
  readonly databaseUrl?: string | undefined;
  /** A Temporal server that runs: none is started, and its namespace is left as it is. */
  readonly temporalAddress?: string | undefined;
  readonly namespace?: string | undefined;
  /** True leaves the Temporal web interface out. */
  readonly headless?: boolean | undefined;
  /** False is for tests: the database may be lost with the machine. */
  readonly fsync?: boolean | undefined;
  readonly cacheDirs?: readonly string[] | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Hears of a part that ended although nobody stopped it. */
  readonly onExit?: OnExit | undefined;
}

/** Ports on 127.0.0.1 for the parts that are started. */
export interface StackPorts {
  readonly postgres: number;
  readonly temporal: number;
  readonly temporalUi: number;
}

/** Both servers, ours or the operator's. */
export interface RunningStack {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Undefined when headless, or when the server is the operator's. */
  readonly uiUrl: string | undefined;
  /** The servers that were started here. */
  readonly pids: { readonly postgres?: number; readonly temporal?: number };
  /** Stops what was started here, Temporal first. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL and Temporal side by side and resolves when both answer. If one cannot start it
 * throws at once, and the other is stopped as soon as it is up. If this process dies, even by
 * kill -9 or `process.exit`, both end by themselves within seconds.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { ports, databaseUrl, temporalAddress } = options;
  if (process.platform === 'win32' && !(databaseUrl && temporalAddress)) {
    throw new StackError(
      'the embedded servers run on Linux and macOS',
      'Set DATABASE_URL and TEMPORAL_ADDRESS, or use WSL or docker compose.',
    );
  }
  const startingPostgres =
    databaseUrl === undefined ? startPostgres({ ...options, port: ports.postgres }) : undefined;
  const startingTemporal =
    temporalAddress === undefined
      ? startTemporal({ ...options, port: ports.temporal, uiPort: ports.temporalUi })
      : undefined;
  const starting = [startingTemporal, startingPostgres];
  let postgres, temporal;
  try {
    [postgres, temporal] = await Promise.all([startingPostgres, startingTemporal]);
  } catch (error) {
    // Not waited for: the other may be building for minutes, and the error is wanted now.
    for (const part of starting) {
      void part?.then((running) => running.stop()).catch(() => undefined);
    }
    throw error;
  }
  return {
    databaseUrl: postgres?.url ?? databaseUrl ?? '',
    temporalAddress: temporal?.address ?? temporalAddress ?? '',
    uiUrl: temporal?.uiUrl,
    pids: {
      ...(postgres && { postgres: postgres.pid }),
      ...(temporal && { temporal: temporal.pid }),
    },
    stop: async () => {
      await temporal?.stop();
      await postgres?.stop();
    },
  };
}
