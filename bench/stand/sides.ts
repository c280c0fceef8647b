// The two sides that are compared, each with a database, buyers and a serving process of its own:
// Sluice, and the baseline that does the same work without Temporal.

import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isHealthy } from '../../src/cli/client.ts';
import { NODE_FLAGS, sluiceArgs } from '../../src/cli/serve-args.ts';
import { migrate, packageRoot } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { openWorlds } from '../../src/serving/worlds.ts';
import { findFreePort } from '../../src/stack/ports.ts';
import { startProcess } from '../../src/stack/processes.ts';
import type { BaselineSettings } from '../baseline.ts';
import type { BenchOptions } from '../options.ts';
import { logIn } from './logs.ts';
import type { Servers } from './servers.ts';
import type { Workbench } from './workbench.ts';
import { buyersConfig, worldDocument } from './world.ts';

export type SideName = 'sluice' | 'baseline';

export interface Side {
  readonly name: SideName;
  readonly url: string;
  readonly databaseUrl: string;
  /** What its buyers wrote down. */
  readonly journal: string;
  readonly pids: { readonly node: number; readonly buyers: number };
}

interface Order {
  readonly bench: Workbench;
  readonly options: BenchOptions;
  readonly servers: Servers;
}

/** Starts both sides and has the workbench stop them. */
export async function startSides(order: Order): Promise<Readonly<Record<SideName, Side>>> {
  const { bench, servers } = order;
  bench.say('starting sluice serve, the baseline and their buyers …');
  const baselineUrl = await createDatabase(servers.databaseUrl, 'sluice_baseline');
  return {
    sluice: await startSide(order, 'sluice', servers.databaseUrl),
    baseline: await startSide(order, 'baseline', baselineUrl),
  };
}

/** Makes a database beside the given one and returns its URL. */
async function createDatabase(besideUrl: string, name: string): Promise<string> {
  const pool = createPool({ url: besideUrl, max: 1, name: 'sluice bench' });
  await pool.query(`create database ${name}`);
  await pool.end();
  const url = new URL(besideUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function startSide(order: Order, name: SideName, databaseUrl: string): Promise<Side> {
  const { bench, options } = order;
  bench.signal.throwIfAborted();
  await migrate(databaseUrl, () => undefined);
  const buyers = await startBuyers(order, name);
  await applyWorld(databaseUrl, {
    buyers: options.buyers,
    buyersPort: buyers.port,
    slowestPingMs: options.pingMs[1],
  });
  const at = { databaseUrl, buyersPort: buyers.port, port: await findFreePort() };
  const url = `http://127.0.0.1:${at.port}`;
  const spec = name === 'sluice' ? serveSpec(order, at) : await baselineSpec(order, at);
  const server = await startProcess({
    ...{ name, say: bench.say, onExit: bench.onExit, logFile: logIn(bench.folder, name) },
    command: process.execPath,
    ...spec,
    readyWhen: () => isHealthy(`${url}/health/ready`),
  });
  bench.add(server);
  const pids = { node: server.pid, buyers: buyers.pid };
  return { name, url, databaseUrl, journal: buyers.journal, pids };
}

async function applyWorld(
  databaseUrl: string,
  world: Parameters<typeof worldDocument>[0],
): Promise<void> {
  const pool = createPool({ url: databaseUrl, max: 2, name: 'sluice bench' });
  const worlds = await openWorlds({ pool, onError: () => undefined });
  const document = worldDocument(world);
  try {
    const applied = await worlds.apply({ by: 'bench', mode: 'apply', make: () => document });
    if (applied.kind !== 'applied') {
      throw new Error(`the world of the bench is ${applied.kind}: ${JSON.stringify(applied)}`);
    }
  } finally {
    worlds.close();
    await pool.end();
  }
}

async function startBuyers({ bench, options }: Order, name: SideName) {
  const { folder, say, env, onExit } = bench;
  const port = await findFreePort();
  const journal = join(folder, `${name}.journal`);
  const config = join(folder, `${name}-buyers.json`);
  await writeFile(config, JSON.stringify(buyersConfig(options.buyers, options.pingMs)));
  const program = join(packageRoot(), 'dist/src/demo/buyer-process.js');
  const buyers = await startProcess({
    ...{ name: `buyers of ${name}`, say, env, onExit },
    logFile: logIn(folder, `${name}-buyers`),
    command: process.execPath,
    args: [program, '--port', String(port), '--journal', journal, '--config', config],
    readyWhen: () => isHealthy(`http://127.0.0.1:${port}/health`),
  });
  bench.add(buyers);
  return { port, journal, pid: buyers.pid };
}

interface At {
  readonly databaseUrl: string;
  readonly buyersPort: number;
  readonly port: number;
}

/** As an operator runs it, with its log at the usual level. */
function serveSpec({ bench, options, servers }: Order, at: At) {
  const { cpuProf } = options;
  const profile = cpuProf ? ['--cpu-prof', '--cpu-prof-dir', resolve(cpuProf)] : [];
  return {
    args: [...profile, ...sluiceArgs('serve')],
    env: {
      ...bench.env,
      NODE_ENV: 'production',
      DATABASE_URL: at.databaseUrl,
      TEMPORAL_ADDRESS: servers.temporalAddress,
      SLUICE_PORT: String(at.port),
      SLUICE_DATA_DIR: bench.folder,
      OUTBOUND_ALLOW_PRIVATE: `127.0.0.1:${at.buyersPort}`,
    },
  };
}

async function baselineSpec({ bench }: Order, at: At) {
  const { databaseUrl, port, buyersPort } = at;
  const settings: BaselineSettings = { databaseUrl, port, buyers: `127.0.0.1:${buyersPort}` };
  const file = join(bench.folder, 'baseline.json');
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  const program = join(packageRoot(), 'dist/bench/baseline.js');
  return {
    args: [...NODE_FLAGS, program, file],
    env: { ...bench.env, NODE_ENV: 'production' },
  };
}
