// The scenario of whole leads: Sluice and the baseline take turns under the same load (A-B-A-B, so
// that the machine's moods meet both), and at the end both are held against their buyers' journals.

import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { packageRoot } from '../src/db/migrate.ts';
import { createPool, type Pool } from '../src/db/pool.ts';
import { type Aftermath, compare, figuresOf, isAnswer, type Turn } from './figures.ts';
import type { LoadNews, LoadOrder, LoadResult, Sent } from './load.ts';
import { audit, passed, settle } from './measure/audit.ts';
import { type CpuMoment, machineBetween, readCpu, usedMs } from './measure/cpu.ts';
import { sampleHistories } from './measure/histories.ts';
import { readMachineFacts } from './measure/machine.ts';
import { readBuyersMs, submissionToPostMs } from './measure/traces.ts';
import type { BenchOptions } from './options.ts';
import { type Servers, startServers } from './stand/servers.ts';
import { type Side, type SideName, startSides } from './stand/sides.ts';
import type { Workbench } from './stand/workbench.ts';
import { CAMPAIGN, DAILY_CAP, SOURCE_KEY } from './stand/world.ts';

export type LeadsReport = Awaited<ReturnType<typeof measureLeads>>;

// Of the lead maker; high enough that a run's leads all have different phone numbers.
const SEED = 2_000;
/** Later rounds meet processes that are warm already. */
const WARM_AGAIN_S = 2;

interface Bench {
  readonly bench: Workbench;
  readonly options: BenchOptions;
  readonly servers: Servers;
  readonly sides: Readonly<Record<SideName, Side>>;
}

/** What a side has come to so far. */
interface Progress {
  readonly side: Side;
  readonly pool: Pool;
  readonly turns: Turn[];
  /** All leads ever sent, for the audit: warm-up included. */
  readonly sent: Sent[];
}

/** Measures, checks, and returns the report; `audit` says whether it counts. */
export async function measureLeads(bench: Workbench, options: BenchOptions) {
  const servers = await startServers(bench, options.temporal);
  const sides = await startSides({ bench, options, servers });
  const machine = await readMachineFacts(bench.folder, servers);
  const at = { bench, options, servers, sides };
  const progress = { sluice: openSide(at, 'sluice'), baseline: openSide(at, 'baseline') };
  for (let round = 1; round <= options.rounds; round += 1) {
    await takeTurn(at, progress.sluice, round);
    await takeTurn(at, progress.baseline, round);
  }
  bench.say('holding the journals against the database …');
  const sluice = figuresOf(progress.sluice.turns, await lookBack(at, progress.sluice));
  const baseline = figuresOf(progress.baseline.turns, await lookBack(at, progress.baseline));
  const { pace, seconds, warmupSeconds, buyers, pingMs, temporal, rounds } = options;
  return {
    scenario: 'leads' as const,
    audit: passed(sluice) && passed(baseline) ? ('passed' as const) : ('void' as const),
    ...sluice,
    ...compare(sluice, baseline, pace.kind),
    baseline,
    settings: { ...pace, seconds, warmupSeconds, buyers, pingMs, temporal, rounds, seed: SEED },
    machine,
  };
}

function openSide({ bench, sides }: Bench, name: SideName): Progress {
  const side = sides[name];
  const pool = createPool({ url: side.databaseUrl, max: 2, name: 'sluice bench' });
  bench.add({ stop: () => pool.end() });
  return { side, pool, turns: [], sent: [] };
}

/** One side under load, from warming up until all it sold is delivered. */
async function takeTurn(at: Bench, { side, pool, turns, sent }: Progress, round: number) {
  const { bench, options, servers } = at;
  const warmupSeconds =
    round === 1 ? options.warmupSeconds : Math.min(WARM_AGAIN_S, options.warmupSeconds);
  bench.say(`round ${round}: ${side.name}, ${warmupSeconds} + ${options.seconds} s …`);
  const order: LoadOrder = {
    url: side.url,
    sourceKey: SOURCE_KEY,
    campaign: CAMPAIGN,
    seed: SEED,
    firstLead: sent.length,
    pace: options.pace,
    warmupMs: warmupSeconds * 1_000,
    measureMs: options.seconds * 1_000,
    resultFile: join(bench.folder, `${side.name}-${round}.json`),
  };
  const { before, after } = await runLoad(at, order);
  const undelivered = await settle(pool, bench.signal);
  const result = JSON.parse(readFileSync(order.resultFile, 'utf8')) as LoadResult;
  const { fromMs, toMs } = result;
  const cameIn = result.sent.filter(({ atMs, ms }) => atMs + ms >= fromMs && atMs + ms < toMs);
  const used = (pid: number) => usedMs(before, after, pid);
  const usesTemporal = side.name === 'sluice';
  turns.push({
    sent: result.sent.filter(({ atMs }) => atMs >= fromMs),
    answers: cameIn.filter(isAnswer).length,
    seconds: options.seconds,
    cpuMs: {
      node: used(side.pids.node),
      temporal: usesTemporal ? used(servers.pids.temporal) : 0,
      postgres: used(servers.pids.postgres),
    },
    machine: machineBetween(before, after),
    undelivered,
  });
  sent.push(...result.sent);
}

/** Runs the generator to its end and reads the clocks when its measured time begins and ends. */
async function runLoad(
  { bench, servers, sides }: Bench,
  order: LoadOrder,
): Promise<{ before: CpuMoment; after: CpuMoment }> {
  bench.signal.throwIfAborted();
  const load = fork(join(packageRoot(), 'dist/bench/load.js'));
  const { sluice, baseline } = sides;
  const ours = [sluice, baseline].flatMap(({ pids }) => [pids.node, pids.buyers]);
  const roots = [...ours, servers.pids.temporal, servers.pids.postgres, load.pid ?? 0];
  // This process is left out: its tree holds the others.
  const readClocks = () => readCpu(roots);
  const kill = () => load.kill('SIGKILL');
  bench.signal.addEventListener('abort', kill);
  try {
    return await new Promise((resolve, reject) => {
      let before = readClocks();
      let after = before;
      let finished = false;
      load.on('message', (news: LoadNews) => {
        if (news === 'measuring') before = readClocks();
        else if (news === 'measured') after = readClocks();
        else finished = true;
      });
      load.once('error', reject);
      load.once('exit', (code) => {
        if (finished) resolve({ before, after });
        else reject(bench.signal.reason ?? new Error(`the load generator ended with ${code}`));
      });
      load.send(order);
    });
  } finally {
    bench.signal.removeEventListener('abort', kill);
  }
}

/** Everything that is read when the last round is over. */
async function lookBack(at: Bench, { side, pool, turns, sent }: Progress): Promise<Aftermath> {
  const measured = turns.flatMap((turn) => turn.sent);
  const leadIds = measured.flatMap(({ leadId }) => leadId ?? []);
  const usesTemporal = side.name === 'sluice';
  return {
    audit: await audit(pool, { sent, journal: side.journal, dailyCap: DAILY_CAP }),
    buyersMs: await readBuyersMs(pool, leadIds),
    submissionToPostMs: submissionToPostMs(measured, side.journal),
    history: usesTemporal ? await sampleHistories(pool, at.servers.temporalAddress) : undefined,
    eagerShare: usesTemporal ? await readEagerShare(side.url) : undefined,
  };
}

/** How many of the started workflows came with their first task, from the process's own metrics. */
async function readEagerShare(url: string): Promise<number | undefined> {
  const { body } = await request(`${url}/metrics`);
  const text = await body.text();
  const count = (eager: boolean) => {
    const line = new RegExp(`^sluice_workflows_started_total\\{eager="${eager}"\\} (\\d+)`, 'm');
    return Number(line.exec(text)?.[1] ?? 0);
  };
  const all = count(true) + count(false);
  return all === 0 ? undefined : count(true) / all;
}
