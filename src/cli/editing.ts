// The commands that change and compare versions of the world: on the database, as `apply` does, so
// that the switches work when no API answers.

import { createPool, type Pool } from '../db/pool.ts';
import { findCurrentWorld, findWorld, listWorlds, type StoredWorld } from '../db/worlds.ts';
import type { NextWorld, WorldApplied } from '../api/deps.ts';
import { openWorlds } from '../serving/worlds.ts';
import { changeText, diffWorlds } from '../world/diff.ts';
import {
  findEntry,
  listEntries,
  PAUSABLE,
  type PausableSection,
  withEntry,
  withPaused,
} from '../world/edit.ts';
import { didYouMean, type WorldIssue } from '../world/issues.ts';
import { warnOfKeys } from '../world/keys.ts';
import { worldYaml } from '../world/write.ts';
import { CommandError } from './running.ts';

/** Where and by whom a change is made. */
export interface Desk {
  readonly databaseUrl: string;
  readonly by: string;
  readonly dryRun: boolean;
}

/** What a switch is of: `contract` and the like, with its id; or `world`, alone. */
export interface SwitchOf {
  readonly kind: string;
  readonly id: string | undefined;
}

/** Sets or takes back a switch. Throws `CommandError` if there is no such thing. */
export async function setPaused(
  { kind, id }: SwitchOf,
  paused: boolean,
  desk: Desk,
): Promise<WorldApplied> {
  if (kind === 'world') {
    if (id !== undefined) throw new CommandError('world has no id', 'Leave the id out.');
    return change(desk, { make: ({ document }) => withPaused(document, paused) });
  }
  const section = PAUSABLE.find((name) => name.slice(0, -1) === kind);
  if (!section || id === undefined) {
    const kinds = PAUSABLE.map((name) => name.slice(0, -1)).join(', ');
    const hint = `Name one of ${kinds} with its id, or world.`;
    throw new CommandError(section ? `which ${kind}?` : `there is no switch of ${kind}`, hint);
  }
  return change(desk, {
    make({ document }) {
      const entry = loadEntry(document, section, id);
      const switched = withPaused(entry, paused);
      return switched === entry ? document : withEntry(document, { section, id }, switched);
    },
  });
}

/** Applies the document of an old version as a new one. */
export async function rollBack(version: number, desk: Desk): Promise<WorldApplied> {
  const { document } = await withDatabase(desk.databaseUrl, (pool) => loadVersion(pool, version));
  let ofKeys: readonly WorldIssue[] = [];
  const applied = await change(desk, {
    note: `back to version ${version}`,
    make(current) {
      ofKeys = warnOfKeys(current.document, document, undefined);
      return document;
    },
  });
  if (applied.kind !== 'applied' && applied.kind !== 'dry_run') return applied;
  return { ...applied, warnings: [...applied.warnings, ...ofKeys] };
}

/** The versions, newest first, a line each. */
export async function versionsText(databaseUrl: string, limit: number): Promise<string> {
  const versions = await withDatabase(databaseUrl, (pool) =>
    listWorlds(pool, { before: null, limit }),
  );
  if (versions.length === 0) return 'no world was applied yet';
  const width = String(versions[0]?.version).length;
  const lines = versions.map(({ version, appliedAt, appliedBy, summary }) => {
    const head = `${String(version).padStart(width)}  ${appliedAt.toISOString().slice(0, 19)}Z`;
    return `${head}  ${appliedBy}  ${summary ?? ''}`.trimEnd();
  });
  return lines.join('\n');
}

/** A version as YAML; the one in force without a number. */
export async function versionYaml(
  databaseUrl: string,
  version: number | undefined,
): Promise<string> {
  const { document } = await withDatabase(databaseUrl, (pool) => loadVersion(pool, version));
  return worldYaml(document).trimEnd();
}

/** What changes from a version to another, or to the one in force. */
export async function diffText(
  databaseUrl: string,
  { from, to }: { readonly from: number; readonly to: number | undefined },
): Promise<string> {
  const [before, after] = await withDatabase(databaseUrl, async (pool) => [
    await loadVersion(pool, from),
    await loadVersion(pool, to),
  ]);
  const changes = diffWorlds(before?.document, after?.document);
  const head = `version ${before?.version} to ${after?.version}: ${changes.length} changes`;
  return [head, ...changes.map((each) => `  ${changeText(each)}`)].join('\n');
}

async function change(
  { databaseUrl, by, dryRun }: Desk,
  next: Pick<NextWorld, 'make' | 'note'>,
): Promise<WorldApplied> {
  return withDatabase(databaseUrl, async (pool) => {
    const worlds = await openWorlds({ pool, onError: () => undefined });
    try {
      return await worlds.apply({ ...next, by, mode: dryRun ? 'dry_run' : 'apply' });
    } finally {
      worlds.close();
    }
  });
}

async function withDatabase<T>(url: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ url, max: 2, name: 'sluice editing' });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

async function loadVersion(pool: Pool, version: number | undefined): Promise<StoredWorld> {
  const found =
    version === undefined ? await findCurrentWorld(pool) : await findWorld(pool, version);
  if (found) return found;
  const says =
    version === undefined ? 'no world was applied yet' : `there is no version ${version}`;
  throw new CommandError(says, '`sluice world versions` lists them.');
}

function loadEntry(document: unknown, section: PausableSection, id: string): unknown {
  const entry = findEntry(document, { section, id });
  if (entry !== undefined) return entry;
  const known = listEntries(document, section).map(([each]) => each);
  const hint = didYouMean(id, known) ?? `\`GET /v1/${section}\` lists them.`;
  throw new CommandError(`there is no ${section.slice(0, -1)} "${id}"`, hint);
}
