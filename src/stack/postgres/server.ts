// The embedded PostgreSQL: a real server under the data folder, made once and kept. It listens on
// this machine only and asks for a password that is drawn when the cluster is made.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDataDir } from '../data-dir.ts';
import { awaitLeftover } from '../leftovers.ts';
import { assertPortFree } from '../ports.ts';
import { findPostgresBinaries } from './binaries.ts';
import type { PostgresBinaries } from './binaries.ts';
import {
  choosePostgresHome,
  clusterIn,
  createCanUse,
  fallbackHomes,
  findServerUser,
} from './home.ts';
import { startProcess } from '../processes.ts';
import type { OnExit, OsUser, Say } from '../processes.ts';
import { runProgram } from '../run-program.ts';
import { codeOf, StackError } from '../stack-error.ts';

/** How the embedded PostgreSQL runs. */
export interface PostgresOptions {
  /** The data folder of this Sluice; made if absent. */
  readonly dataDir: string;
  readonly port: number;
  readonly say: Say;
  /** False loses data when the machine (not the process) crashes, and is faster: for tests. */
  readonly fsync?: boolean | undefined;
  /** Folders for a copy of the programs, where node_modules cannot be read. `~/.cache/sluice`. */
  readonly cacheDirs?: readonly string[] | undefined;
  /** Hears of an end that nobody asked for. */
  readonly onExit?: OnExit | undefined;
}

/** A PostgreSQL that answers. */
export interface RunningPostgres {
  /** With user, password and the database `sluice`. */
  readonly url: string;
  /** Where the cluster really is. */
  readonly dataDir: string;
  readonly pid: number;
  /** Ends all sessions, writes everything out, waits; harder if that takes over ten seconds. */
  stop(): Promise<void>;
}

const NAME = 'PostgreSQL';
const HOST = '127.0.0.1';
const USER = 'sluice';
const DATABASE = 'sluice';

/** The file that keeps the password of the embedded PostgreSQL, readable by its owner only. */
export const passwordFileIn = (dataDir: string): string => join(dataDir, 'postgres-password');

/**
 * Starts PostgreSQL on the data of this folder, creating cluster, password and database at the
 * first start, and resolves when it answers. Throws `StackError` if the port is taken, the data
 * cannot be used, or another server already runs on it.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { port, say, fsync = true, cacheDirs = [join(homedir(), '.cache/sluice')] } = options;
  const dataDir = await openDataDir(options.dataDir);
  const user = await findServerUser(dataDir);
  const home = await choosePostgresHome({
    dataDir,
    // An ordinary user's own folder is either usable or a mistake worth an error.
    fallbacks: user ? fallbackHomes(dataDir) : [],
    canUse: createCanUse(user),
    userName: user?.name ?? userInfo().username,
    say,
  });
  const cluster = clusterIn(home);
  await makeWay(cluster, say);
  await assertPortFree({ port, variable: 'SLUICE_POSTGRES_PORT', host: HOST });
  const binaries = await findPostgresBinaries({ user, cacheDirs, say });
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    say('PostgreSQL: creating the database cluster (once)…');
    await createCluster({ home, dataDir, user, binaries, fsync });
  }
  checkVersion(cluster, binaries);
  const password = readPassword(dataDir);

  const url = (database: string): string =>
    `postgres://${USER}:${password}@${HOST}:${port}/${database}`;
  const server = await startProcess({
    name: NAME,
    command: binaries.postgres,
    args: serverArgs({ cluster, port, fsync }),
    cwd: home,
    user,
    logFile: join(dataDir, 'logs/postgres.log'),
    say,
    readyWhen: () => answers(url('postgres')),
    // After a power cut it first repeats what its log holds.
    readyTimeoutMs: 120_000,
    // SIGINT ends the sessions and writes a checkpoint, SIGQUIT leaves that to the next start.
    stopSignals: ['SIGINT', 'SIGQUIT'],
    onExit: options.onExit,
  });
  try {
    await ensureDatabase(url('postgres'));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: url(DATABASE),
    dataDir: cluster,
    pid: server.pid,
    stop: () => server.stop(),
  };
}

async function makeWay(cluster: string, say: Say): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const left = await awaitLeftover({ name: NAME, pidFile, program: 'postgres' }, say);
  if (left.kind === 'none') return;
  say('PostgreSQL: it was not stopped properly last time; recovering what was committed');
}

interface NewCluster {
  readonly home: string;
  readonly dataDir: string;
  readonly user: OsUser | undefined;
  readonly binaries: PostgresBinaries;
  readonly fsync: boolean;
}

/** Makes the cluster beside its place and moves it there: half a cluster is never taken for one. */
async function createCluster(order: NewCluster): Promise<void> {
  const { home, dataDir, user, binaries, fsync } = order;
  const half = join(home, 'data.new');
  await rm(half, { recursive: true, force: true });
  const password = randomBytes(24).toString('hex');
  await writeFile(passwordFileIn(dataDir), `${password}\n`, { mode: 0o600 });
  // The other user cannot read ours.
  const passwordCopy = join(home, 'password.new');
  await writeFile(passwordCopy, `${password}\n`, { mode: 0o600 });
  if (user) await chown(passwordCopy, user.uid, user.gid);
  try {
    const args = [
      ...['--pgdata', half, '--username', USER, '--pwfile', passwordCopy],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-instructions'],
      // The same order and letters on every machine, whatever locales it has.
      ...['--locale', 'C'],
      ...(binaries.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
      ...(fsync ? [] : ['--no-sync']),
    ];
    await runProgram(binaries.initdb, args, { user, timeoutMs: 120_000 });
    await rename(half, clusterIn(home));
  } catch (error) {
    throw new StackError(
      `PostgreSQL's initdb failed: ${error instanceof Error ? error.message : String(error)}`,
      `Check that there is room on the disk of ${home}, then start again.`,
      { cause: error },
    );
  } finally {
    await rm(passwordCopy, { force: true });
  }
}

function checkVersion(cluster: string, { major }: PostgresBinaries): void {
  const written = Number(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'));
  if (written === major) return;
  throw new StackError(
    `the database in ${cluster} was written by PostgreSQL ${written}; PostgreSQL ${major} is here`,
    `Install version ${written} to read it, or "npm start -- --fresh" to delete it and begin anew.`,
  );
}

function readPassword(dataDir: string): string {
  const file = passwordFileIn(dataDir);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new StackError(
    `${file} is missing, and with it the password of the database`,
    'Put it back, or "npm start -- --fresh" to delete the database and begin anew.',
  );
}

function serverArgs(server: { cluster: string; port: number; fsync: boolean }): string[] {
  const settings = {
    listen_addresses: HOST,
    port: server.port,
    // No socket files: their usual folder is not ours, and tests run side by side.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    synchronous_commit: 'on',
    fsync: server.fsync ? 'on' : 'off',
    full_page_writes: server.fsync ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', server.cluster, ...flags];
}

async function answers(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query('select 1'));
    return true;
  } catch (error) {
    // 28P01: a server that knows another password will not learn ours by waiting.
    if (codeOf(error) !== '28P01') return false;
    throw new StackError(
      'PostgreSQL refuses the password that the data folder holds for it',
      'Put the right file postgres-password back, or begin anew with "npm start -- --fresh".',
      { cause: error },
    );
  }
}

async function ensureDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>) {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined); // A lost connection also fails the query, where it is seen.
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
