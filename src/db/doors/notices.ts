// Leads that a platform announced and that are to be fetched there.

import type { LeadId, SourceId } from '../../domain/ids.ts';
import type { Tx } from '../pool.ts';

/** Which notice: by platform and the platform's own name of the lead. */
export interface NoticeId {
  readonly platform: string;
  readonly externalId: string;
}

export interface NewNotice extends NoticeId {
  readonly sourceId: SourceId;
  /** The door's name in the source. */
  readonly door: string;
  /** As it was announced: ids, no person. */
  readonly about: Readonly<Record<string, string | number>>;
  /** `kept`: it is written down, and nothing is fetched. */
  readonly state: 'waiting' | 'kept';
}

export interface Notice extends Omit<NewNotice, 'state'> {
  readonly state: 'waiting' | 'stopped' | 'fetched' | 'failed' | 'kept';
  readonly leadId: LeadId | null;
}

/** Stores those that are new, in one statement. */
export async function insertNotices(db: Tx, notices: readonly NewNotice[]): Promise<void> {
  await db.query({
    name: 'notices.insert',
    text: `insert into notices (platform, external_id, source_id, door, about, state)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[],
             $6::text[])
           on conflict do nothing`,
    values: [
      notices.map(({ platform }) => platform),
      notices.map(({ externalId }) => externalId),
      notices.map(({ sourceId }) => sourceId),
      notices.map(({ door }) => door),
      notices.map(({ about }) => JSON.stringify(about)),
      notices.map(({ state }) => state),
    ],
  });
}

/** The notice; undefined where there is none. */
export async function findNotice(db: Tx, id: NoticeId): Promise<Notice | undefined> {
  const found = await db.query<{
    source_id: SourceId;
    door: string;
    about: Notice['about'];
    state: Notice['state'];
    lead_id: LeadId | null;
  }>({
    name: 'notices.find',
    text: `select source_id, door, about, state, lead_id from notices
           where platform = $1 and external_id = $2`,
    values: [id.platform, id.externalId],
  });
  const [row] = found.rows;
  if (!row) return undefined;
  const { source_id: sourceId, door, about, state, lead_id: leadId } = row;
  return { ...id, sourceId, door, about, state, leadId };
}

/** What became of a notice. One that was fetched stays so. */
export async function recordNotice(
  db: Tx,
  id: NoticeId,
  became: {
    readonly state: Exclude<Notice['state'], 'kept'>;
    readonly detail: string | null;
    readonly leadId?: LeadId;
  },
): Promise<void> {
  await db.query({
    name: 'notices.record',
    text: `update notices set state = $3, detail = $4, lead_id = $5
           where platform = $1 and external_id = $2 and state <> 'fetched'`,
    values: [id.platform, id.externalId, became.state, became.detail, became.leadId ?? null],
  });
}

/**
 * Notices that nobody has fetched yet and whose turn it is to be looked at, each handed to one
 * process only. Once a workflow works on one, later looks find it running; they are rare.
 */
export async function claimNotices(db: Tx, limit: number): Promise<readonly NoticeId[]> {
  const found = await db.query<{ platform: string; external_id: string }>({
    name: 'notices.claim',
    text: `update notices set sweep_at = now() + greatest(interval '10 seconds',
             least(interval '1 hour', now() - received_at))
           where (platform, external_id) in (
             select platform, external_id from notices
             where state in ('waiting', 'stopped') and sweep_at <= now()
             order by sweep_at limit $1 for update skip locked)
           returning platform, external_id`,
    values: [limit],
  });
  return found.rows.map(({ platform, external_id: externalId }) => ({ platform, externalId }));
}

/** Puts one back for the next look: its start failed and nothing was learned. */
export async function lookAgainSoon(db: Tx, ids: readonly NoticeId[]): Promise<void> {
  await db.query({
    name: 'notices.look_again_soon',
    text: `update notices set sweep_at = now() + interval '1 second'
           where (platform, external_id) in (select * from unnest($1::text[], $2::text[]))`,
    values: [ids.map(({ platform }) => platform), ids.map(({ externalId }) => externalId)],
  });
}
