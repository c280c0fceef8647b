// Temporal's production server on the PostgreSQL of the run, with the settings of
// deploy/temporal-dynamic-config.yaml. The server is built from its Go module once and kept.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { packageRoot } from '../../src/db/migrate.ts';
import { startProcess } from '../../src/stack/processes.ts';
import { runProgram } from '../../src/stack/run-program.ts';
import { StackError } from '../../src/stack/stack-error.ts';
import { searchAttributes } from '../../src/stack/temporal/flags.ts';
import { isServing, prepareNamespace } from '../../src/stack/temporal/namespace.ts';
import { logIn } from './logs.ts';
import { findLowPorts } from './low-ports.ts';
import { pause, type Workbench } from './workbench.ts';

const VERSION = '1.31.2';
const MODULE = 'go.temporal.io/server';
const HOST = '127.0.0.1';
const SERVICES = ['frontend', 'matching', 'history', 'worker'] as const;
/** Enough for one machine; fixed for the life of the databases. */
const SHARDS = 64;
const DATABASES = { temporal: 'temporal', visibility: 'temporal_visibility' } as const;
const NAMESPACE = 'default';
const DAY_MS = 86_400_000;
const KNOWN_WITHIN_MS = 60_000;

/** Builds the server if need be, makes its databases, starts it, prepares the namespace. */
export async function startTemporalOnPostgres(
  bench: Workbench,
  databaseUrl: string,
): Promise<{ readonly address: string; readonly pid: number }> {
  const { folder, say, env, onExit } = bench;
  const bin = await buildServer(bench);
  const schema = join(await moduleFolder(), 'schema/postgresql/v12');
  say('Temporal on PostgreSQL: creating its databases …');
  for (const [kind, database] of Object.entries(DATABASES)) {
    const tool = (...args: string[]) =>
      runProgram(join(bin, 'sql'), ['--db', database, ...args], {
        env: { ...env, ...toolSettings(databaseUrl) },
        timeoutMs: 60_000,
      });
    bench.signal.throwIfAborted();
    await tool('create-database');
    await tool('setup-schema', '-v', '0.0');
    await tool('update-schema', '-d', join(schema, kind, 'versioned'));
  }
  const { config, address } = await serverConfig(databaseUrl);
  const file = join(folder, 'temporal-server.yaml');
  // YAML takes JSON.
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const server = await startProcess({
    ...{ name: 'Temporal on PostgreSQL', say, env, onExit, logFile: logIn(folder, 'temporal') },
    command: join(bin, 'server'),
    args: ['--config-file', file, '--allow-no-auth', 'start'],
    readyWhen: () => isServing(address),
  });
  bench.add(server);
  await makeNamespace(bench, address);
  return { address, pid: server.pid };
}

/** The folder with `server` and `sql`. Throws `StackError` where they cannot be built. */
async function buildServer({ say, env, folder, signal }: Workbench): Promise<string> {
  const bin = join(homedir(), '.cache/sluice', `temporal-server-${VERSION}`);
  if (existsSync(join(bin, 'server')) && existsSync(join(bin, 'sql'))) return bin;
  await mkdir(bin, { recursive: true });
  say(`Temporal on PostgreSQL: building server ${VERSION} with Go, once, about 4 minutes …`);
  const logFile = logIn(folder, 'temporal-build');
  const packages = ['cmd/server', 'cmd/tools/sql'].map((path) => `${MODULE}/${path}@v${VERSION}`);
  const go = await startProcess({
    ...{ name: 'go install', command: 'go', args: ['install', ...packages] },
    ...{ env: { ...env, GOBIN: bin }, logFile, say },
  });
  const stop = () => void go.stop();
  signal.addEventListener('abort', stop);
  const { code, lastLines } = await go.exited;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code === 0) return bin;
  throw new StackError(
    `Temporal's server cannot be built: ${lastLines.slice(-3).join('; ')}`,
    'Run it without --temporal postgres, or see to Go 1.25 or later and a module proxy.',
  );
}

/** The module's sources hold the schema of its databases. */
async function moduleFolder(): Promise<string> {
  const cache = (await runProgram('go', ['env', 'GOMODCACHE'])).trim();
  return join(cache, `${MODULE}@v${VERSION}`);
}

function toolSettings(databaseUrl: string) {
  const { hostname, port, username, password } = new URL(databaseUrl);
  return {
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: hostname,
    SQL_PORT: port,
    SQL_USER: username,
    SQL_PASSWORD: password,
  };
}

async function serverConfig(databaseUrl: string) {
  const { host, username: user, password } = new URL(databaseUrl);
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      ...{ pluginName: 'postgres12', databaseName, connectAddr: host, connectProtocol: 'tcp' },
      ...{ user, password, maxConns, maxIdleConns: maxConns, maxConnLifetime: '1h' },
    },
  });
  const ports = await findLowPorts(SERVICES.length * 2);
  const services = SERVICES.map((name, index) => {
    const [grpcPort, membershipPort] = ports.slice(index * 2);
    return [name, { rpc: { grpcPort, membershipPort, bindOnLocalHost: true } }];
  });
  const address = `${HOST}:${ports[SERVICES.indexOf('frontend') * 2]}`;
  const config = {
    log: { stdout: true, level: 'warn' },
    persistence: {
      ...{ defaultStore: 'default', visibilityStore: 'visibility', numHistoryShards: SHARDS },
      datastores: { default: store('temporal', 20), visibility: store('temporal_visibility', 5) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: HOST } },
    services: Object.fromEntries(services),
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10 },
      ...{ masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: {
        active: {
          ...{ enabled: true, initialFailoverVersion: 1, rpcName: 'frontend' },
          rpcAddress: address,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    publicClient: { hostPort: address },
    dynamicConfigClient: {
      filepath: join(packageRoot(), 'deploy/temporal-dynamic-config.yaml'),
      pollInterval: '10s',
    },
  };
  return { config, address };
}

/** A new namespace, and each attribute in it, is known to all of the server a little later. */
async function makeNamespace({ signal }: Workbench, address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const deadline = Date.now() + KNOWN_WITHIN_MS;
  const patiently = async (work: () => Promise<unknown>) => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await pause(500, signal);
      }
    }
  };
  try {
    await connection.workflowService.registerNamespace({
      namespace: NAMESPACE,
      workflowExecutionRetentionPeriod: msToTs(3 * DAY_MS),
    });
    await patiently(() => prepareNamespace({ namespace: NAMESPACE, connection: { address } }));
    const client = new Client({ connection });
    for (const name of searchAttributes) {
      await patiently(() => client.workflow.count(`${name} = 'none'`));
    }
  } finally {
    await connection.close();
  }
}
