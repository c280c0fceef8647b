// Versions of the world. Applying one replaces, in the same transaction, what is paused.

import { inTransaction, type Pool, type Tx } from './pool.ts';

/** The channel on which other processes hear that there is a new version. */
export const WORLD_CHANNEL = 'sluice_world';

export interface StoredWorld {
  readonly version: number;
  readonly document: unknown;
  readonly digest: string;
  readonly appliedBy: string;
  readonly appliedAt: Date;
}

const COLUMNS = `version, document, digest, applied_by as "appliedBy", applied_at as "appliedAt"`;

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
    text: `select version, digest, applied_by as "appliedBy", applied_at as "appliedAt" from worlds
           where $1::bigint is null or version < $1 order by version desc limit $2`,
    values: [page.before, page.limit],
  });
  return found.rows;
}

/**
 * Records a new version unless the one in force has the same digest, and returns the version in
 * force. `paused` names what the new world pauses; claims read it from the commit on.
 */
export async function recordWorld(
  pool: Pool,
  applied: { document: unknown; digest: string; by: string; paused: readonly string[] },
): Promise<{ version: number; isNew: boolean }> {
  return inTransaction(pool, async (tx) => {
    // One at a time: two versions applied at once must not both compare with the same one before.
    await tx.query(`select pg_advisory_xact_lock(hashtext('sluice.worlds'))`);
    const current = await findCurrentWorld(tx);
    if (current?.digest === applied.digest) return { version: current.version, isNew: false };
    const inserted = await tx.query<{ version: number }>(
      `insert into worlds (document, digest, applied_by) values ($1, $2, $3) returning version`,
      [JSON.stringify(applied.document), applied.digest, applied.by],
    );
    const version = inserted.rows[0]?.version ?? 0;
    await tx.query(`delete from switches`);
    await tx.query(`insert into switches (subject, set_by) select unnest($1::text[]), $2`, [
      applied.paused,
      `world ${version}`,
    ]);
    await tx.query(`select pg_notify('${WORLD_CHANNEL}', $1)`, [String(version)]);
    return { version, isNew: true };
  });
}
