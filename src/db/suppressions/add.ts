// Puts values on a suppression list: some thousand hashes for each statement, all of one addition
// in one commit, with a line in the log that says who did it.

import type { ListScope, SuppressionKind } from '../../domain/suppression/suppression.ts';
import { inTransaction, type Pool, type Tx } from '../pool.ts';
import { DISTINCT_HASHES, HASH_BYTES } from './hash.ts';

/** What is to stand on a list. */
export interface Addition {
  readonly list: string;
  /** Where a list that does not exist yet shall hold; one that does must hold there. */
  readonly campaignId: ListScope;
  readonly kind: SuppressionKind;
  /** Hashes, one after the other without a gap: ten million of them are a file of their own. */
  readonly hashes: Buffer;
  /** null = for ever. */
  readonly expiresAt: Date | null;
  /** `import`: the log tells their number, not which they were. */
  readonly action: 'add' | 'import';
  readonly by: string;
  readonly origin: string | null;
}

/** How many came new onto the list, and how many stood there and got another expiry. */
export interface Added {
  readonly kind: 'added';
  readonly added: number;
  readonly renewed: number;
}

/** The list holds elsewhere than was said. */
export interface OtherScope {
  readonly kind: 'other_scope';
  readonly campaignId: ListScope;
}

/** For each statement: far below the ten seconds that one may take, also on a slow disk. */
const BATCH = 10_000;

/** Adds values, creating the list if need be. Safe to repeat: what stands there is left alone. */
export async function addSuppressions(pool: Pool, addition: Addition): Promise<Added | OtherScope> {
  const { hashes } = addition;
  const told = await inTransaction(pool, async (tx): Promise<Added | OtherScope> => {
    const list = await lockList(tx, addition);
    if (list.campaignId !== addition.campaignId) {
      return { kind: 'other_scope', campaignId: list.campaignId };
    }
    const no = await nextInLog(tx);
    let [added, renewed] = [0, 0];
    for (let at = 0; at < hashes.length; at += BATCH * HASH_BYTES) {
      const batch = hashes.subarray(at, at + BATCH * HASH_BYTES);
      const stored = await addBatch(tx, { ...addition, hashes: batch }, { list: list.no, no });
      added += stored.added;
      renewed += stored.renewed;
    }
    await noteAddition(tx, addition, { no, list: list.no, added, renewed });
    return { kind: 'added', added, renewed };
  });
  if (hashes.length / HASH_BYTES > ANALYZE_FROM) await analyzeIfGrown(pool);
  return told;
}

/** The list under a lock: two additions to it wait for each other, and never in a circle. */
async function lockList(tx: Tx, { list, campaignId, by }: Addition) {
  await tx.query({
    name: 'suppression_lists.create',
    text: `insert into suppression_lists (id, campaign_id, created_by) values ($1, $2, $3)
           on conflict (id) where removed_at is null do nothing`,
    values: [list, campaignId, by],
  });
  const found = await tx.query<{ no: number; campaignId: ListScope }>({
    name: 'suppression_lists.lock',
    text: `select no, campaign_id as "campaignId" from suppression_lists
           where id = $1 and removed_at is null for update`,
    values: [list],
  });
  const [row] = found.rows;
  if (!row) throw new Error(`list ${list} was removed while it was added to`);
  return row;
}

async function nextInLog(tx: Tx): Promise<number> {
  const next = await tx.query<{ no: number }>(
    `select nextval(pg_get_serial_sequence('suppression_log', 'no')) as no`,
  );
  const [row] = next.rows;
  if (!row) throw new Error('a sequence gave no number');
  return row.no;
}

async function addBatch(
  tx: Tx,
  { kind, hashes, expiresAt }: Addition,
  { list, no }: { readonly list: number; readonly no: number },
): Promise<{ readonly added: number; readonly renewed: number }> {
  const stored = await tx.query<{ added: number; renewed: number }>({
    name: 'suppressions.add',
    // In the order of the index, whose pages are then touched once for each statement.
    text: `with given as (${DISTINCT_HASHES}
           ), stored as (
             insert into suppressions (kind, hash, list_no, expires_at, addition)
             select $2, hash, $3, $4, $5 from given order by hash
             on conflict (kind, hash, list_no) do update
               set expires_at = excluded.expires_at, addition = excluded.addition
               where suppressions.expires_at is distinct from excluded.expires_at
             returning xmax = 0 as is_new
           )
           select count(*) filter (where is_new) as added,
             count(*) filter (where not is_new) as renewed from stored`,
    values: [hashes, kind, list, expiresAt, no],
  });
  return stored.rows[0] ?? { added: 0, renewed: 0 };
}

async function noteAddition(
  tx: Tx,
  addition: Addition,
  of: {
    readonly no: number;
    readonly list: number;
    readonly added: number;
    readonly renewed: number;
  },
): Promise<void> {
  const { hashes, action, kind, by, expiresAt, origin } = addition;
  await tx.query({
    name: 'suppression_log.note_addition',
    text: `with counted as (
             update suppression_lists set entries = entries + $6::bigint
             where no = $4 and $6::bigint > 0
           )
           insert into suppression_log (no, done_by, action, list_no, kind, entries, renewed,
             hashes, expires_at, origin)
           overriding system value
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      ...[of.no, by, action, of.list, kind, of.added, of.renewed],
      ...[action === 'add' ? inPieces(hashes) : null, expiresAt, origin],
    ],
  });
}

function inPieces(hashes: Buffer): Buffer[] {
  return Array.from({ length: hashes.length / HASH_BYTES }, (_, index) =>
    hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** Additions of fewer change nothing about how the table is asked. */
const ANALYZE_FROM = 1_000;

/**
 * Until PostgreSQL knows that the table is large, it may read all of it for each lead; by itself it
 * looks once a minute.
 */
async function analyzeIfGrown(pool: Pool): Promise<void> {
  const grown = await pool.query<{ grown: boolean }>({
    name: 'suppressions.has_grown',
    text: `select greatest(c.reltuples, 0) * 2 < (select sum(entries) from suppression_lists)
             as grown
           from pg_class c where c.oid = 'suppressions'::regclass`,
  });
  if (grown.rows[0]?.grown) await pool.query('analyze suppressions');
}
