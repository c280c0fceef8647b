// What stands on suppression lists, for operators: the lists, one value, and who did what.

import type { ListScope, SuppressionKind } from '../../domain/suppression/suppression.ts';
import type { Tx } from '../pool.ts';
import { DISTINCT_HASHES } from './hash.ts';

export interface SuppressionList {
  readonly list: string;
  readonly campaignId: ListScope;
  readonly entries: number;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** The lists by name, those behind `after`. */
export async function listSuppressionLists(
  db: Tx,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly SuppressionList[]> {
  const found = await db.query<SuppressionList & Record<string, unknown>>({
    name: 'suppression_lists.list',
    text: `select id as list, campaign_id as "campaignId", entries, created_by as "createdBy",
             created_at as "createdAt"
           from suppression_lists where removed_at is null and id > $1 order by id limit $2`,
    values: [after, limit],
  });
  return found.rows;
}

/** A value's place on one list. */
export interface SuppressionEntry {
  readonly list: string;
  readonly campaignId: ListScope;
  readonly kind: SuppressionKind;
  readonly expiresAt: Date | null;
  /** When it came there, or got this expiry. */
  readonly addedAt: Date;
  readonly addedBy: string;
  readonly origin: string | null;
}

/** The lists on which any of these hashes stands now, by name. */
export async function findSuppressed(
  db: Tx,
  kind: SuppressionKind,
  hashes: readonly Buffer[],
): Promise<readonly SuppressionEntry[]> {
  const found = await db.query<SuppressionEntry & Record<string, unknown>>({
    name: 'suppressions.find',
    text: `select l.id as list, l.campaign_id as "campaignId", s.kind,
             s.expires_at as "expiresAt", a.done_at as "addedAt", a.done_by as "addedBy", a.origin
           from unnest($2::bytea[]) as asked (hash)
           join suppressions s on s.kind = $1 and s.hash = asked.hash
           join suppression_lists l on l.no = s.list_no and l.removed_at is null
           join suppression_log a on a.no = s.addition
           where s.expires_at is null or s.expires_at > now()
           order by l.id, a.no`,
    values: [kind, hashes],
  });
  return found.rows;
}

/** How many different hashes these are, and how many of them stand on the list already. */
export async function countSuppressed(
  db: Tx,
  of: { readonly list: string; readonly kind: SuppressionKind; readonly hashes: Buffer },
): Promise<{ readonly distinct: number; readonly known: number }> {
  const found = await db.query<{ distinct: number; known: number }>({
    name: 'suppressions.count',
    text: `select count(*) as distinct, count(s.hash) as known
           from (${DISTINCT_HASHES}) asked
           left join (
             suppressions s join suppression_lists l
               on l.no = s.list_no and l.removed_at is null and l.id = $3
           ) on s.kind = $2 and s.hash = asked.hash`,
    values: [of.hashes, of.kind, of.list],
  });
  return found.rows[0] ?? { distinct: 0, known: 0 };
}

/** One line of the log. */
export interface SuppressionDeed {
  readonly no: number;
  readonly at: Date;
  readonly by: string;
  readonly action: 'add' | 'import' | 'remove' | 'remove_list';
  readonly list: string;
  readonly kind: SuppressionKind | null;
  /** Hex; null where they were too many to be named. */
  readonly hashes: readonly string[] | null;
  readonly entries: number;
  readonly renewed: number;
  readonly expiresAt: Date | null;
  readonly origin: string | null;
}

/** Who did what, newest first, with numbers below `before`. */
export async function listSuppressionDeeds(
  db: Tx,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<readonly SuppressionDeed[]> {
  const found = await db.query<SuppressionDeed & Record<string, unknown>>({
    name: 'suppression_log.list',
    text: `select g.no, g.done_at as at, g.done_by as by, g.action, l.id as list, g.kind,
             (select jsonb_agg(encode(hash, 'hex')) from unnest(g.hashes) hash) as hashes,
             g.entries, g.renewed, g.expires_at as "expiresAt", g.origin
           from suppression_log g join suppression_lists l on l.no = g.list_no
           where $1::bigint is null or g.no < $1 order by g.no desc limit $2`,
    values: [before, limit],
  });
  return found.rows;
}
