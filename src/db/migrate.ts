// Brings a database to the schema of this version. Forward only, under node-pg-migrate's lock, so
// that several processes may start at once.

import { fileURLToPath } from 'node:url';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runner } from 'node-pg-migrate';

/**
 * Applies what is missing and returns the names applied. Safe to repeat and to run twice at once.
 */
export async function migrate(
  databaseUrl: string,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const applied = await runner({
    databaseUrl,
    dir: join(packageRoot(), 'src/db/migrations'),
    direction: 'up',
    migrationsTable: 'migrations',
    // Another process may be applying the same ones: wait for it instead of failing.
    advisoryLockMode: 'wait',
    logger: { debug() {}, info() {}, warn: say, error: say },
  });
  return applied.map(({ name }) => name);
}

/** The folder of package.json, from the sources as well as from `dist`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('package.json not found above the program');
    folder = above;
  }
  return folder;
}

/** The version of this program, from its package. */
export function programVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
