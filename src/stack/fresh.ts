// Beginning anew: deletes what the embedded servers keep, after a person has said yes.

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findLeftover, stillRunning } from './leftovers.ts';
import { clusterIn, findPointedHome, isFallbackHome, pointerIn } from './postgres/home.ts';
import { passwordFileIn } from './postgres/server.ts';
import type { Say } from './processes.ts';
import { reasonOf, StackError } from './stack-error.ts';
import { temporalDbIn, temporalPidIn } from './temporal/server.ts';

/** What is to be deleted, and who may say so. */
export interface FreshOptions {
  readonly dataDir: string;
  readonly say: Say;
  /** Asks the person at the terminal. Absent: there is no terminal to ask at. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** `--yes`: nobody is asked. */
  readonly assumeYes: boolean;
}

/**
 * Deletes the databases of this data folder, wherever they are, and keeps the programs and logs.
 * Returns false, with nothing deleted, if the answer was not `yes`; true also when there was
 * nothing. Throws `StackError` if a server still runs on the data, or nobody can be asked.
 */
export async function confirmFresh(options: FreshOptions): Promise<boolean> {
  const { say, ask, assumeYes } = options;
  const dataDir = resolve(options.dataDir);
  const folders = databaseFolders(dataDir).filter((folder) => existsSync(folder));
  if (folders.length === 0) return true;
  await assertNothingRuns(dataDir, folders);

  const list = folders.map((folder) => `  ${folder}`).join('\n');
  if (!assumeYes) {
    if (!ask) {
      throw new StackError(
        `--fresh would delete, and there is no terminal to ask at:\n${list}`,
        'Add --yes to delete without being asked.',
      );
    }
    const question = `Delete all leads, sales and histories in\n${list}\nType yes to delete: `;
    if ((await ask(question)).trim() !== 'yes') {
      say('nothing was deleted');
      return false;
    }
  }
  // The pointer goes last: until then a second try finds what the first one left.
  const files = [passwordFileIn(dataDir), pointerIn(dataDir)];
  for (const path of [...folders, ...files]) await remove(path);
  say('deleted the databases of earlier runs');
  return true;
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw new StackError(
      `${path} cannot be deleted: ${reasonOf(error)}`,
      'Run this as the user who made it, or set SLUICE_DATA_DIR to another folder.',
      { cause: error },
    );
  }
}

function databaseFolders(dataDir: string): string[] {
  const folders = [join(dataDir, 'postgres'), dirname(temporalDbIn(dataDir))];
  const pointed = findPointedHome(dataDir);
  // The pointer is a file that anybody may have written: only a path of our own form is deleted.
  if (pointed !== undefined && isFallbackHome(pointed)) folders.push(pointed);
  return folders;
}

async function assertNothingRuns(dataDir: string, folders: readonly string[]): Promise<void> {
  const leftovers = [
    { name: 'Temporal', pidFile: temporalPidIn(dataDir), program: 'temporal' },
    ...folders.map((folder) => ({
      name: 'PostgreSQL',
      pidFile: join(clusterIn(folder), 'postmaster.pid'),
      program: 'postgres',
    })),
  ];
  for (const leftover of leftovers) {
    const state = await findLeftover(leftover);
    if (state.kind === 'running') throw stillRunning(leftover, state.pid);
  }
}
