// Where the running stack is: written by `sluice start`, read by the commands that talk to it.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';

/** What a command needs to reach a running Sluice. */
export interface RunningSluice {
  readonly url: string;
  readonly databaseUrl: string;
  readonly operatorKey: string | undefined;
}

/** Thrown when a command cannot go on; `hint` says what to do next. */
export class CommandError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** The text of a file that a command was given. Throws `CommandError`. */
export async function readNamedFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(cannotRead(file));
}

/** What a command says where a file that it was given cannot be read. */
export function cannotRead(file: string): (cause: unknown) => never {
  return (cause) => {
    throw Object.assign(new CommandError(`cannot read ${file}`, 'Check the path.'), { cause });
  };
}

const fileOf = (dataDir: string) => join(dataDir, 'running.json');

/** Leaves word of a running stack. Readable by its owner only: the database password is in it. */
export async function recordRunning(dataDir: string, running: RunningSluice): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await writeFile(fileOf(dataDir), JSON.stringify(running), { mode: 0o600 });
}

/** Takes the word back. */
export async function forgetRunning(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/** The stack that `sluice start` left word of, or what the environment says. */
export async function findRunning(
  config: Config,
  env: NodeJS.ProcessEnv,
): Promise<Partial<RunningSluice>> {
  // No such file: nothing was started here, and the environment must say it all.
  const text = await readFile(fileOf(config.dataDir), 'utf8').catch(() => '{}');
  const left = JSON.parse(text) as Partial<RunningSluice>;
  return {
    ...left,
    ...(config.databaseUrl !== undefined && { databaseUrl: config.databaseUrl }),
    ...(env['SLUICE_URL'] && { url: env['SLUICE_URL'] }),
    ...(env['SLUICE_OPERATOR_KEY'] && { operatorKey: env['SLUICE_OPERATOR_KEY'] }),
  };
}

/** The database, or what to do to have one. */
export async function loadDatabaseUrl(config: Config, env: NodeJS.ProcessEnv): Promise<string> {
  const { databaseUrl } = await findRunning(config, env);
  if (databaseUrl) return databaseUrl;
  throw new CommandError('no database is known', 'Set DATABASE_URL, or run `npm start` first.');
}
