// The connection to Temporal and the Workers on it, for as long as the process lives.
//
// States: away -> connecting -> working -> away (server lost, Worker failed) -> …, until stopped.
// Leads are taken in whatever the state; while Temporal is away they wait for the sweeper.

import type { NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../activities/index.ts';
import type { Config } from '../config.ts';
import { connectTemporal, createTemporalCalls, type TemporalCalls } from '../temporal.ts';
import { createCapsWorker, createLeadWorker } from '../workers.ts';

const AGAIN_AFTER_MS = 1_000;
/** What is prepared on a new connection only saves time: leads do not wait for more of it. */
const MAX_PREPARE_MS = 5_000;

const MAX_STOP_MS = 15_000;

export interface HostSettings {
  readonly temporal: Config['temporal'];
  /** The lead Worker's activities; undefined for a process that only runs caps. */
  readonly activities: Activities | undefined;
  readonly caps: boolean;
  /** Done on every new connection, before leads are said to be worked on. */
  readonly onConnected?: () => Promise<void>;
  readonly say: (level: 'info' | 'warn', message: string, error?: unknown) => void;
}

export type TemporalHost = ReturnType<typeof startTemporalHost>;

interface Working {
  readonly connection: NativeConnection;
  readonly calls: TemporalCalls;
  readonly leads: Worker | undefined;
  readonly caps: Worker | undefined;
  readonly ended: Promise<void>;
}

/** Connects, and connects again whenever the connection or a Worker is lost. */
export function startTemporalHost(settings: HostSettings) {
  let working: Working | undefined;
  let hasWorked = false;
  let stopping = false;

  async function connect(): Promise<Working> {
    const { temporal, activities } = settings;
    const connection = await connectTemporal(temporal);
    try {
      const caps = settings.caps ? await createCapsWorker(connection, temporal) : undefined;
      const leads = activities && (await createLeadWorker(connection, temporal, activities));
      const runs = [caps, leads].flatMap((worker) => (worker ? [worker.run()] : []));
      const calls = createTemporalCalls(connection, temporal.namespace);
      return { connection, calls, leads, caps, ended: endTogether(runs, [leads, caps]) };
    } catch (cause) {
      await connection.close().catch(() => undefined);
      throw cause;
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        working = await connect();
        await Promise.race([settings.onConnected?.(), working.ended, wait(MAX_PREPARE_MS)]);
        hasWorked = true;
        settings.say('info', 'connected to Temporal');
        await working.ended;
      } catch (error) {
        if (!stopping) settings.say('warn', 'Temporal is away: trying again', error);
      }
      const connection = working?.connection;
      if (!stopping) working = undefined;
      await connection?.close().catch(() => undefined);
      if (!stopping) await wait(AGAIN_AFTER_MS);
    }
  }
  const running = run();

  return {
    /** Undefined while Temporal is away. */
    calls: () => working?.calls,
    hasWorked: () => hasWorked,

    /** Lets running leads finish, then the caps they need, then the connection. */
    async stop(): Promise<void> {
      stopping = true;
      shutDown(working?.leads, undefined);
      if (working?.leads) await untilStopped(working.leads);
      shutDown(undefined, working?.caps);
      await Promise.race([running, wait(MAX_STOP_MS)]);
    },
  };
}

/**
 * Waits for all, and shuts the others down when one fails: half a process is harder to see than
 * none.
 */
async function endTogether(
  runs: readonly Promise<void>[],
  workers: readonly (Worker | undefined)[],
): Promise<void> {
  const all = Promise.allSettled(runs);
  try {
    await Promise.all(runs);
  } catch (cause) {
    shutDown(...workers);
    await all;
    throw cause;
  }
}

function shutDown(...workers: (Worker | undefined)[]): void {
  for (const worker of workers) if (worker?.getState() === 'RUNNING') worker.shutdown();
}

async function untilStopped(worker: Worker): Promise<void> {
  while (worker.getState() !== 'STOPPED' && worker.getState() !== 'FAILED') {
    await wait(20);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
