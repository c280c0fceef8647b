// `sluice apply world.yaml`: validates a world whole, says what would change, applies it at once.

import { createPool } from '../db/pool.ts';
import { findCurrentWorld } from '../db/worlds.ts';
import type { WorldApplied } from '../api/deps.ts';
import { openWorlds } from '../serving/worlds.ts';
import { changeText } from '../world/diff.ts';
import type { WorldIssue } from '../world/issues.ts';
import { readWorldText } from '../world/read.ts';
import { readNamedFile } from './running.ts';

/** Applies a file to a database, or with `dryRun` says what applying would do. */
export async function applyFile(
  file: string,
  options: {
    readonly databaseUrl: string;
    readonly by: string;
    readonly dryRun: boolean;
    readonly publicUrl?: string | undefined;
    readonly edit?: (text: string) => string;
  },
): Promise<WorldApplied> {
  const text = await readNamedFile(file);
  const read = readWorldText(options.edit ? options.edit(text) : text, file);
  if (!read.ok) return { kind: 'invalid', errors: [read.issue] };
  const { databaseUrl, by, dryRun, publicUrl } = options;
  const pool = createPool({ url: databaseUrl, max: 2, name: 'sluice apply' });
  const worlds = await openWorlds({ pool, onError: () => undefined, calls: { publicUrl } });
  try {
    const mode = dryRun ? 'dry_run' : 'apply';
    return await worlds.apply({ by, mode, make: () => read.document });
  } finally {
    worlds.close();
    await pool.end();
  }
}

/** Which world is in force and who applied it; undefined before the first. */
export async function findAppliedWorld(
  databaseUrl: string,
): Promise<{ readonly version: number; readonly appliedBy: string } | undefined> {
  const pool = createPool({ url: databaseUrl, max: 1, name: 'sluice start' });
  try {
    return await findCurrentWorld(pool);
  } finally {
    await pool.end();
  }
}

/** What came of it, for a terminal. */
export function describeApplied(applied: WorldApplied): string {
  switch (applied.kind) {
    case 'invalid':
      return [
        `not applied: ${applied.errors.length} faults`,
        ...applied.errors.map(issueLine),
      ].join('\n');
    case 'unchanged':
      return `unchanged: version ${applied.version} is already that`;
    case 'applied':
    case 'dry_run': {
      const head =
        applied.kind === 'applied'
          ? `applied as version ${applied.version}`
          : `dry run: ${applied.changes.length} changes, nothing applied`;
      const warnings = applied.warnings.map((issue) => `warning${issueLine(issue)}`);
      return [
        head,
        ...applied.changes.map((change) => `  ${changeText(change)}`),
        ...warnings,
      ].join('\n');
    }
  }
}

function issueLine({ path, says, fix }: WorldIssue): string {
  return `  ${path}: ${says}${fix ? `; ${fix}` : ''}`;
}
