// The scenario of one hot buyer: many callers hold room on one cap entity through the cap desk, as
// a serving process does, against a Worker that runs nothing else. In the measured time the cap is
// set so that it binds shortly before the end: not one hold beyond the limit may be granted.

import { type CapDesk, createCapDesk } from '../src/activities/cap-desk.ts';
import { readCapsSeed } from '../src/db/caps-seed.ts';
import { migrate } from '../src/db/migrate.ts';
import { sluiceArgs } from '../src/cli/serve-args.ts';
import { createPool } from '../src/db/pool.ts';
import { startProcess } from '../src/stack/processes.ts';
import { capsWorkflowId, connectTemporal, createTemporalCalls } from '../src/temporal.ts';
import { snapshot } from '../src/workflows/messages.ts';
import { percentiles, round } from './figures.ts';
import { type CpuMoment, machineBetween, readCpu, usedMs } from './measure/cpu.ts';
import { readMachineFacts } from './measure/machine.ts';
import type { BenchOptions } from './options.ts';
import { logIn } from './stand/logs.ts';
import { type Servers, startServers } from './stand/servers.ts';
import { pause, type Workbench } from './stand/workbench.ts';

export type CapsReport = Awaited<ReturnType<typeof measureCaps>>;

const BUYER = 'apex';
const WINDOW = `buyer/${BUYER}/total/leads`;
/** Of the warm-up. */
const NO_LIMIT = 1_000_000_000;
/** When the limit is set, and when it is expected to bind, as shares of the measured time. */
const LIMITED_AT = 0.8;
const BINDS_AT = 0.9;
/** A caller that was not answered asks again this often under the same id, then the run is over. */
const MOST_TRIES = 100;

/** The server lists a run that ended about a second later. */
const VISIBLE_AFTER_MS = 1_500;

/** What the callers share and have come to; the measuring changes the limit under them. */
interface Tally {
  granted: number;
  denied: number;
  /** Holds that were not answered in time, and were asked for again. */
  unknown: number;
  /** From the first try to the decision. */
  ms: number[];
  limit: number;
  /** The version of the world that the limit is from: the highest one rules. */
  version: number;
  stopped: boolean;
}

/** Measures, checks, and returns the report; `audit` says whether it counts. */
export async function measureCaps(bench: Workbench, options: BenchOptions) {
  const { seconds, warmupSeconds, temporal, pace } = options;
  const concurrency = pace.kind === 'closed' ? pace.concurrency : 0;
  const servers = await startServers(bench, temporal);
  const worker = await startCapsWorker(bench, servers);
  const { desk, readEntity } = await openDesk(bench, servers);
  const settings = { concurrency, seconds, warmupSeconds, temporal };
  const machine = await readMachineFacts(bench.folder, servers);

  const tally: Tally = {
    ...{ granted: 0, denied: 0, unknown: 0, ms: [] },
    ...{ limit: NO_LIMIT, version: 1, stopped: false },
  };
  bench.say(`${concurrency} callers, ${warmupSeconds} + ${seconds} s …`);
  const callers = startCallers(desk, tally, concurrency);
  await Promise.race([pause(warmupSeconds * 1_000, bench.signal), callers]);
  const warm = tally.granted;
  Object.assign(tally, { denied: 0, unknown: 0, ms: [] });

  const roots = [worker.pid, servers.pids.temporal, servers.pids.postgres];
  const before = readCpu(roots);
  const begunAt = performance.now();
  await Promise.race([pause(seconds * LIMITED_AT * 1_000, bench.signal), callers]);
  const perSecond = (tally.granted - warm) / (seconds * LIMITED_AT);
  tally.limit = tally.granted + Math.ceil(perSecond * seconds * (BINDS_AT - LIMITED_AT));
  tally.version = 2;
  await Promise.race([pause(seconds * (1 - LIMITED_AT) * 1_000, bench.signal), callers]);
  const tookMs = performance.now() - begunAt;
  const after = readCpu(roots);
  const decidedMs = [...tally.ms];
  tally.stopped = true;
  await callers;

  const { usedInEntity, entitiesLost } = await readEntity();
  const capOvershoot = Math.max(0, tally.granted - tally.limit, usedInEntity - tally.limit);
  const agrees = capOvershoot === 0 && usedInEntity === tally.granted;
  const latency = percentiles(decidedMs);
  const { granted, denied, unknown, limit } = tally;
  return {
    scenario: 'caps' as const,
    audit: agrees ? ('passed' as const) : ('void' as const),
    holdsPerSecond: Math.round((decidedMs.length * 1_000) / tookMs),
    p50Ms: latency(50),
    p99Ms: latency(99),
    maxMs: latency(100),
    ...{ granted, denied, unknown, limit, usedInEntity, entitiesLost, capOvershoot },
    cpuUsPerHold: cpuUsPerHold({ before, after, holds: decidedMs.length }, worker.pid, servers),
    stealShare: round(machineBetween(before, after).stealShare, 3),
    settings,
    machine,
  };
}

async function startCapsWorker(bench: Workbench, { temporalAddress }: Servers) {
  const { folder, say, env, onExit } = bench;
  bench.signal.throwIfAborted();
  return bench.add(
    await startProcess({
      ...{ name: 'sluice caps-worker', say, onExit, logFile: logIn(folder, 'caps') },
      command: process.execPath,
      args: sluiceArgs('caps-worker'),
      env: {
        ...env,
        NODE_ENV: 'production',
        TEMPORAL_ADDRESS: temporalAddress,
        SLUICE_DATA_DIR: folder,
      },
    }),
  );
}

/** A desk wired as in a serving process, and a look into the entity. */
async function openDesk(bench: Workbench, { databaseUrl, temporalAddress }: Servers) {
  await migrate(databaseUrl, () => undefined);
  const pool = createPool({ url: databaseUrl, max: 2, name: 'sluice bench' });
  bench.add({ stop: () => pool.end() });
  const connection = await connectTemporal({
    address: temporalAddress,
    namespace: 'default',
    apiKey: undefined,
    tls: { cert: undefined, key: undefined, ca: undefined },
    uiUrl: undefined,
    maxCachedWorkflows: 100,
  });
  bench.add({ stop: () => connection.close() });
  const calls = createTemporalCalls(connection, 'default');
  const workflowId = capsWorkflowId(BUYER);
  const query = `WorkflowId = '${workflowId}'`;
  const desk = createCapDesk({
    applyCaps: calls.applyCaps,
    seedCaps: async (buyerId, epoch) =>
      calls.seedCaps(buyerId, { epoch, ...(await readCapsSeed(pool, buyerId)) }),
    now: Date.now,
    holdWaitMs: 1_000,
  });
  const readEntity = async () => {
    const { windows } = await calls.client.workflow.getHandle(workflowId).query(snapshot);
    await pause(VISIBLE_AFTER_MS, bench.signal);
    let entitiesLost = 0;
    for await (const { status } of calls.client.workflow.list({ query })) {
      if (status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW') entitiesLost += 1;
    }
    return { usedInEntity: windows[WINDOW]?.used ?? 0, entitiesLost };
  };
  return { desk, readEntity };
}

/** Callers hold one after the other until stopped; resolves when each has its last decision. */
async function startCallers(desk: CapDesk, tally: Tally, concurrency: number): Promise<void> {
  let next = 0;
  const caller = async () => {
    while (!tally.stopped) await holdOnce(desk, tally, next++);
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
}

/** One hold, repeated under its id until it is decided, as the lead's workflow would. */
async function holdOnce(desk: CapDesk, tally: Tally, number: number): Promise<void> {
  // As long as a real one: ids are what an entity's memory is made of.
  const id = `lead_${String(number).padStart(26, '0')}/${BUYER}_auto/1`;
  const { limit, version } = tally;
  const windows = [{ key: WINDOW, amount: 1, limit, endsAtMs: null }];
  const request = { id, atMs: Date.now(), windows };
  const begunAt = performance.now();
  for (let tried = 1; tried <= MOST_TRIES; tried += 1) {
    const holding = await desk.hold(BUYER, request, version);
    if (holding.kind === 'unknown') {
      tally.unknown += 1;
      continue;
    }
    tally.ms.push(performance.now() - begunAt);
    tally[holding.kind] += 1;
    // A granted hold becomes a sale: the entity folds it, or its open holds would fill up.
    if (holding.kind === 'granted') desk.keepLater(BUYER, id);
    return;
  }
  throw new Error(`the cap entity left ${id} undecided ${MOST_TRIES} times`);
}

function cpuUsPerHold(
  { before, after, holds }: { before: CpuMoment; after: CpuMoment; holds: number },
  worker: number,
  { pids }: Servers,
) {
  const us = (pid: number) => round((usedMs(before, after, pid) * 1_000) / Math.max(1, holds), 1);
  return { worker: us(worker), temporal: us(pids.temporal), postgres: us(pids.postgres) };
}
