// Where the embedded PostgreSQL keeps its data, and as whom it runs. PostgreSQL refuses to run as
// root; the user it runs as instead may be unable to enter the project folder, so there are other
// places, and a pointer file in the data folder that finds them again.

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { OsUser, Say } from '../processes.ts';
import { runProgram } from '../run-program.ts';
import { StackError } from '../stack-error.ts';

/** Can this user keep data in this folder? The folder is made if need be. */
export type CanUse = (folder: string) => Promise<boolean>;

/** What the choice of a home depends on. */
export interface HomeChoice {
  readonly dataDir: string;
  /** Tried in order when the data folder itself cannot be used. */
  readonly fallbacks: readonly string[];
  readonly canUse: CanUse;
  /** As whom PostgreSQL will run, for the messages. */
  readonly userName: string;
  readonly say: Say;
}

/** The cluster inside a home. */
export const clusterIn = (home: string): string => join(home, 'data');

/** The file in the data folder that names a home elsewhere. */
export const pointerIn = (dataDir: string): string => join(dataDir, 'postgres-is-at');

/** The home elsewhere that the data folder points to, if it does. */
export function findPointedHome(dataDir: string): string | undefined {
  if (!existsSync(pointerIn(dataDir))) return undefined;
  return readFileSync(pointerIn(dataDir), 'utf8').trim();
}

/** The places outside the data folder, best first. Named after it, so two stacks never meet. */
export function fallbackHomes(dataDir: string): string[] {
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  return [join('/var/lib/sluice', name), join(tmpdir(), `sluice-${name}`)];
}

/** Did `fallbackHomes` give this path its form? Asked before a path from a file is deleted. */
export function isFallbackHome(path: string): boolean {
  const name = basename(path);
  if (resolve(path) !== path) return false;
  if (dirname(path) === '/var/lib/sluice') return /^[0-9a-f]{16}$/.test(name);
  return /^sluice-[0-9a-f]{16}$/.test(name);
}

/**
 * The folder that PostgreSQL's cluster lives in, the same one at every start. Throws `StackError`
 * if there is data that cannot be used now: a new, empty database would look like lost leads.
 */
export async function choosePostgresHome(choice: HomeChoice): Promise<string> {
  const { dataDir, fallbacks, canUse, say } = choice;
  const ownHome = join(dataDir, 'postgres');
  const pointed = findPointedHome(dataDir);
  for (const home of pointed === undefined ? [ownHome] : [pointed, ownHome]) {
    if (!hasCluster(home)) continue;
    if (await canUse(home)) return home;
    throw unusable(home, choice);
  }
  if (pointed !== undefined) {
    say(`PostgreSQL: the data that was in ${pointed} is gone; starting with an empty database`);
    await rm(pointerIn(dataDir));
  }

  if (await canUse(ownHome)) return ownHome;
  removeIfEmpty(ownHome);
  for (const home of fallbacks) {
    setAside(home, say);
    if (!(await canUse(home))) continue;
    await writeFile(pointerIn(dataDir), `${home}\n`);
    say(`PostgreSQL: user ${choice.userName} cannot enter ${dataDir}; keeping its data in ${home}`);
    return home;
  }
  throw new StackError(
    `user ${choice.userName} can use none of ${[ownHome, ...fallbacks].join(', ')}`,
    'Set SLUICE_DATA_DIR to a folder which that user can enter, or DATABASE_URL to a PostgreSQL.',
  );
}

/**
 * The OS user that PostgreSQL must run as: undefined is ourselves. As root it is the owner of data
 * that is there already, else `postgres`, else `nobody`.
 */
export async function findServerUser(dataDir: string): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const home = findPointedHome(dataDir) ?? join(dataDir, 'postgres');
  const owner = statSync(clusterIn(home), { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { name: `#${owner.uid}`, uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', '_postgres', 'nobody']) {
    try {
      const uid = Number(await runProgram('id', ['-u', name]));
      const gid = Number(await runProgram('id', ['-g', name]));
      return { name, uid, gid };
    } catch {
      // No such user here: the next one.
    }
  }
  throw new StackError(
    'PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as',
    'Run sluice as an ordinary user, or create one with "useradd --system postgres".',
  );
}

/** The `canUse` of the real file system: the user itself tries to write a file there. */
export function createCanUse(user: OsUser | undefined): CanUse {
  return async (folder) => {
    const uid = user?.uid ?? process.getuid?.();
    try {
      await mkdir(folder, { recursive: true });
      // In a folder open to all, such as /tmp, another user could have laid this path out for us.
      const found = lstatSync(folder);
      if (!found.isDirectory() || (found.uid !== uid && found.uid !== process.getuid?.())) {
        return false;
      }
      if (user) await chown(folder, user.uid, user.gid);
      await chmod(folder, 0o700);
      const probe = 'cd "$1" && : > .probe && rm .probe';
      await runProgram('/bin/sh', ['-c', probe, 'sh', folder], { user });
      return true;
    } catch {
      return false;
    }
  };
}

function hasCluster(home: string): boolean {
  try {
    return Boolean(statSync(join(clusterIn(home), 'PG_VERSION'), { throwIfNoEntry: false }));
  } catch {
    return true; // It may not be looked into: somebody's data, and not to be taken for none.
  }
}

function unusable(home: string, { userName }: HomeChoice): StackError {
  return new StackError(
    `the database in ${home} cannot be used by user ${userName}, as whom PostgreSQL runs now`,
    'Run sluice as the user who made it, or set SLUICE_DATA_DIR to another folder.',
  );
}

/** A home without a pointer belonged to a data folder that somebody deleted: it is kept aside. */
function setAside(home: string, say: Say): void {
  if (!hasCluster(home)) return;
  const aside = `${home}.before-${new Date().toISOString().replaceAll(/[^0-9T]/g, '')}`;
  renameSync(home, aside);
  say(`PostgreSQL: an older database of this folder was moved to ${aside}; delete it at will`);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not there, or not ours to remove: it is in nobody's way.
  }
}
