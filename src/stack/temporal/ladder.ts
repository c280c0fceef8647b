// Where the Temporal program comes from: the first rung that gives one that fits. A rung that fails
// leaves its reason, so that the error at the end tells everything that was tried.

import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../processes.ts';
import type { Say } from '../processes.ts';
import { runProgram } from '../run-program.ts';
import { codeOf, reasonOf, StackError } from '../stack-error.ts';
import { downloadTemporal, temporalVersion } from './download.ts';

/** Where to look, and where to put what is fetched or built. */
export interface LadderOptions {
  readonly dataDir: string;
  /** Folders kept for all Sluices of this user; the first that can be written gets the program. */
  readonly cacheDirs: readonly string[];
  readonly say: Say;
  /** PATH and HOME of the programs that are tried; ours if absent. */
  readonly env?: Env;
  /** Another place for the archive, such as a mirror. */
  readonly downloadUrl?: string | undefined;
}

type Env = NodeJS.ProcessEnv | undefined;

/** One way to get the program: `find` gives a command that may fit, or throws why not. */
interface Rung {
  readonly name: string;
  readonly find: () => Promise<string>;
}

const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${temporalVersion}`;

// Eager workflow start, which saves each lead one hop, is on by default from this server on.
const SERVER_MIN = { major: 1, minor: 29 };

/**
 * Finds, downloads or builds a `temporal` whose server is new enough, and returns the command that
 * runs it. Throws `StackError` with every rung and its reason, and the one command that helps.
 */
export async function findTemporal(options: LadderOptions): Promise<string> {
  const tried: string[] = [];
  for (const rung of rungs(options)) {
    try {
      const command = await rung.find();
      const version = await checkVersion(command, options.env);
      options.say(`Temporal: ${rung.name} (${version})`);
      return command;
    } catch (error) {
      tried.push(`${rung.name}: ${reasonOf(error)}`);
    }
  }
  throw new StackError(
    `no Temporal server can be had:${tried.map((line) => `\n  - ${line}`).join('')}`,
    `Install Go from https://go.dev/dl, then run "GOBIN=${join(options.dataDir, 'bin')} ` +
      `go install ${GO_PACKAGE}"; or set TEMPORAL_ADDRESS to a server that runs.`,
  );
}

function rungs(options: LadderOptions): Rung[] {
  const { dataDir, cacheDirs, env, say, downloadUrl } = options;
  const kept = [dataDir, ...cacheDirs].map((folder) => join(folder, 'bin/temporal'));
  return [
    { name: 'temporal on PATH', find: async () => 'temporal' },
    ...kept.map((file) => ({ name: file, find: async () => file })),
    {
      name: `download of version ${temporalVersion}`,
      find: async () =>
        downloadTemporal({ into: await binFolder(options), url: downloadUrl, env, say }),
    },
    { name: `go install ${GO_PACKAGE}`, find: () => buildTemporal(options) },
  ];
}

/** Returns the server's version. Throws if the program is absent, does not run, or is old. */
async function checkVersion(command: string, env: NodeJS.ProcessEnv | undefined): Promise<string> {
  let said: string;
  try {
    said = (await runProgram(command, ['--version'], { env })).trim();
  } catch (error) {
    const missing = error instanceof Error && codeOf(error.cause) === 'ENOENT';
    throw missing ? new Error('not there', { cause: error }) : error;
  }
  const [text, major, minor] = /Server (\d+)\.(\d+)[.\d]*/.exec(said) ?? [];
  if (text === undefined) throw new Error(`--version said "${said.slice(0, 200)}"`);
  const isOld =
    Number(major) < SERVER_MIN.major ||
    (Number(major) === SERVER_MIN.major && Number(minor) < SERVER_MIN.minor);
  if (isOld) throw new Error(`${text} is older than ${SERVER_MIN.major}.${SERVER_MIN.minor}`);
  return text.toLowerCase();
}

/** Builds the server from source: three minutes, once, with a sign of life every ten seconds. */
async function buildTemporal(options: LadderOptions): Promise<string> {
  const { dataDir, env, say } = options;
  await runProgram('go', ['version'], { env }).catch((error: unknown) => {
    throw new Error('go is not installed', { cause: error });
  });
  const bin = await binFolder(options);
  const logFile = join(dataDir, 'logs/temporal-build.log');
  const text = 'Temporal: building the server with Go, once, about 3 minutes';
  say(text);
  const start = Date.now();
  const clock = setInterval(() => say(`${text} … ${seconds(start)} s`), 10_000);
  try {
    const go = await startProcess({
      name: 'go install',
      command: '/usr/bin/env',
      args: [`GOBIN=${bin}`, 'go', 'install', GO_PACKAGE],
      env,
      logFile,
      say,
    });
    const { code, lastLines } = await go.exited;
    if (code !== 0) throw new Error(`${lastLines.slice(-3).join('; ')} (see ${logFile})`);
  } finally {
    clearInterval(clock);
  }
  say(`Temporal: built in ${seconds(start)} s`);
  return join(bin, 'temporal');
}

const seconds = (since: number): number => Math.round((Date.now() - since) / 1000);

/** The first folder that may keep the program: the user's cache, else the data folder. */
async function binFolder({ cacheDirs, dataDir }: LadderOptions): Promise<string> {
  for (const folder of [...cacheDirs, dataDir]) {
    const bin = join(folder, 'bin');
    try {
      await mkdir(bin, { recursive: true });
      await access(bin, constants.W_OK);
      return bin;
    } catch {
      // Not ours to write: the next one.
    }
  }
  throw new Error(`none of ${[...cacheDirs, dataDir].join(', ')} can be written`);
}
