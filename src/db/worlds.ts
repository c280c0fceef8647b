// Versions of the world. Applying one replaces, in the same transaction, what is paused.

import type { CampaignId } from '../domain/ids.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';
import { wakeWaiting } from './waiting.ts';

/** The channel on which other processes hear that there is a new version. */
export const WORLD_CHANNEL = 'sluice_world';

export interface StoredWorld {
  readonly version: number;
  readonly document: unknown;
  readonly digest: string;
  readonly appliedBy: string;
  readonly appliedAt: Date;
  /** What it changed, in a line; null if that was not kept. */
  readonly summary: string | null;
}

/** A version to be. */
export interface NewWorld {
  readonly document: unknown;
  readonly digest: string;
  readonly by: string;
  /** What it pauses; claims read it from the commit on. */
  readonly paused: readonly string[];
  readonly summary?: string;
  /** The campaigns whose waiting leads are tried again. */
  readonly wakes?: readonly CampaignId[];
}

const HEAD = `version, digest, applied_by as "appliedBy", applied_at as "appliedAt", summary`;
const COLUMNS = `document, ${HEAD}`;

/** The version in force; undefined before the first one is applied. */
export async function findCurrentWorld(db: Tx): Promise<StoredWorld | undefined> {
  const found = await db.query<StoredWorld>({
    name: 'worlds.find_current',
    text: `select ${COLUMNS} from worlds order by version desc limit 1`,
  });
  return found.rows[0];
}

/** The number of the version in force, without its document; 0 before the first. */
export async function currentWorldVersion(db: Tx): Promise<number> {
  const found = await db.query<{ version: number }>({
    name: 'worlds.current_version',
    text: `select coalesce(max(version), 0) as version from worlds`,
  });
  return found.rows[0]?.version ?? 0;
}

/** One version, as it was applied. */
export async function findWorld(db: Tx, version: number): Promise<StoredWorld | undefined> {
  const found = await db.query<StoredWorld>({
    name: 'worlds.find',
    text: `select ${COLUMNS} from worlds where version = $1`,
    values: [version],
  });
  return found.rows[0];
}

/** All versions, newest first, without their documents. */
export async function listWorlds(
  db: Tx,
  page: { before: number | null; limit: number },
): Promise<readonly Omit<StoredWorld, 'document'>[]> {
  const found = await db.query<StoredWorld>({
    name: 'worlds.list',
    text: `select ${HEAD} from worlds
           where $1::bigint is null or version < $1 order by version desc limit $2`,
    values: [page.before, page.limit],
  });
  return found.rows;
}

/**
 * Records the version that `make` makes of the one in force, unless their digests agree, and
 * returns the version in force. One at a time over all processes: what `make` is given is in force
 * until its version is. `make` returns undefined, or throws, to leave everything as it was.
 */
export async function recordWorld(
  pool: Pool,
  make: (current: StoredWorld | undefined) => NewWorld | undefined,
): Promise<{ version: number; isNew: boolean }> {
  return inTransaction(pool, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('sluice.worlds'))`);
    const current = await findCurrentWorld(tx);
    const made = make(current);
    if (!made || made.digest === current?.digest) {
      return { version: current?.version ?? 0, isNew: false };
    }
    return { version: await insertWorld(tx, made), isNew: true };
  });
}

async function insertWorld(tx: Tx, made: NewWorld): Promise<number> {
  const inserted = await tx.query<{ version: number }>(
    `insert into worlds (document, digest, applied_by, summary) values ($1, $2, $3, $4)
     returning version`,
    [JSON.stringify(made.document), made.digest, made.by, made.summary ?? null],
  );
  const version = inserted.rows[0]?.version ?? 0;
  await tx.query(`delete from switches`);
  await tx.query(`insert into switches (subject, set_by) select unnest($1::text[]), $2`, [
    made.paused,
    `world ${version}`,
  ]);
  if (made.wakes) await wakeWaiting(tx, made.wakes, `world ${version}`);
  await tx.query(`select pg_notify('${WORLD_CHANNEL}', $1)`, [String(version)]);
  return version;
}
