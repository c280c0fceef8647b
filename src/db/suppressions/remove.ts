// Takes values and lists away. A list refuses nobody from the commit on that removes it; its rows,
// and those past their expiry, are deleted little by little.

import type { SuppressionKind } from '../../domain/suppression/suppression.ts';
import { inTransaction, type Pool, type Tx } from '../pool.ts';

/** Removes one value of a list; false if it does not stand there. */
export async function removeSuppression(
  db: Tx,
  of: {
    readonly list: string;
    readonly kind: SuppressionKind;
    readonly hash: Buffer;
    readonly by: string;
  },
): Promise<boolean> {
  const removed = await db.query({
    name: 'suppressions.remove',
    text: `with list as (
             select no from suppression_lists where id = $1 and removed_at is null for update
           ), gone as (
             delete from suppressions using list
             where kind = $2 and hash = $3 and list_no = list.no returning list_no
           ), counted as (
             update suppression_lists set entries = entries - 1
             from gone where no = gone.list_no
           )
           insert into suppression_log (done_by, action, list_no, kind, hashes, entries)
           select $4, 'remove', list_no, $2, array[$3::bytea], 1 from gone`,
    values: [of.list, of.kind, of.hash, of.by],
  });
  return removed.rowCount === 1;
}

/** Removes a list; how many stood on it, or undefined without such a list. */
export async function removeSuppressionList(
  pool: Pool,
  { list, by }: { readonly list: string; readonly by: string },
): Promise<number | undefined> {
  return inTransaction(pool, async (tx) => {
    const removed = await tx.query<{ no: number; entries: number }>({
      name: 'suppression_lists.remove',
      text: `update suppression_lists set removed_at = now()
             where id = $1 and removed_at is null returning no, entries`,
      values: [list],
    });
    const [row] = removed.rows;
    if (!row) return undefined;
    await tx.query({
      name: 'suppression_log.note_removal',
      text: `insert into suppression_log (done_by, action, list_no, entries)
             values ($1, 'remove_list', $2, $3)`,
      values: [by, row.no, row.entries],
    });
    return row.entries;
  });
}

const BATCH = 5_000;

/** Forgets entries past their expiry, some thousand at a time. */
export async function deleteExpired(db: Tx): Promise<void> {
  await db.query({
    name: 'suppressions.delete_expired',
    // The lists first, as whoever adds to them does: two that wait for each other would not end.
    text: `with lists as materialized (
             select no from suppression_lists order by no for update skip locked
           ), old as (
             select kind, hash, list_no from suppressions join lists on no = list_no
             where expires_at < now() order by expires_at limit ${BATCH}
           ), gone as (
             delete from suppressions s using old
             where s.kind = old.kind and s.hash = old.hash and s.list_no = old.list_no
             returning s.list_no
           ), counts as (select list_no, count(*) as gone from gone group by list_no)
           update suppression_lists set entries = entries - counts.gone
           from counts where no = counts.list_no`,
  });
}

/** A place in the order of the entries. */
interface Place {
  readonly kind: string;
  readonly hash: Buffer;
  readonly list_no: number;
}

const START: Place = { kind: '', hash: Buffer.alloc(0), list_no: 0 };

/**
 * Deletes the entries of removed lists, a part of the table with each call. Rows are read in the
 * order of the key: an index by list would cost each import more.
 */
export function createForgetter(db: Tx): () => Promise<void> {
  let pass: { readonly lists: readonly number[]; after: Place } | undefined;
  return async () => {
    pass ??= { lists: await listRemoved(db), after: START };
    const { lists, after } = pass;
    const last = lists.length > 0 ? await forgetSome(db, lists, after) : undefined;
    if (last) pass.after = last;
    else {
      if (lists.length > 0) await noteForgotten(db, lists);
      pass = undefined;
    }
  };
}

async function listRemoved(db: Tx): Promise<number[]> {
  const removed = await db.query<{ no: number }>({
    name: 'suppression_lists.list_removed',
    text: `select no from suppression_lists where removed_at is not null and entries > 0`,
  });
  return removed.rows.map(({ no }) => no);
}

/** Looks at the next rows, and says which was the last one; undefined behind the end. */
async function forgetSome(
  db: Tx,
  lists: readonly number[],
  after: Place,
): Promise<Place | undefined> {
  const passed = await db.query<Place & Record<string, unknown>>({
    name: 'suppressions.forget_some',
    text: `with page as materialized (
             select kind, hash, list_no from suppressions
             where (kind, hash, list_no) > ($1, $2, $3)
             order by kind, hash, list_no limit ${4 * BATCH}
           ), gone as (
             delete from suppressions s using page p
             where s.kind = p.kind and s.hash = p.hash and s.list_no = p.list_no
               and p.list_no = any($4::int[])
           )
           select kind, hash, list_no from page
           order by kind desc, hash desc, list_no desc limit 1`,
    values: [after.kind, after.hash, after.list_no, lists],
  });
  return passed.rows[0];
}

async function noteForgotten(db: Tx, lists: readonly number[]): Promise<void> {
  await db.query({
    name: 'suppression_lists.note_forgotten',
    text: `update suppression_lists set entries = 0 where no = any($1::int[])`,
    values: [lists],
  });
}
