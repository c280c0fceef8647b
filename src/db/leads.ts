// Leads: taken in once, read, and found again by the sweeper.

import type { LeadId, SourceId } from '../domain/ids.ts';
import type { Lead, LeadOutcome, Learned } from '../domain/lead.ts';
import type { Tx } from './pool.ts';

/** A lead to insert, with what intake keeps beside it. */
export interface NewLead {
  readonly lead: Omit<Lead, 'receivedAtMs'>;
  readonly raw: unknown;
  readonly unknownFields: readonly string[];
  readonly waitsIn: string;
  readonly key: { readonly key: string; readonly bodySha256: Buffer } | null;
}

export type Insertion =
  | { readonly kind: 'new'; readonly lead: Lead; readonly publicNo: number }
  | {
      readonly kind: 'repeat';
      readonly leadId: LeadId;
      readonly publicNo: number;
      readonly outcome: LeadOutcome | null;
      readonly unknownFields: readonly string[];
    }
  /** The key came before with another body. */
  | { readonly kind: 'conflict'; readonly leadId: LeadId };

/**
 * Takes a lead in, with its idempotency key, in one statement. A repeat of the key inserts nothing.
 */
export async function insertLead(db: Tx, entry: NewLead): Promise<Insertion> {
  const { lead, key } = entry;
  const inserted = await db.query<{ received_at: Date; public_no: string }>({
    name: 'leads.insert',
    text: `with named as (
             insert into idempotency_keys (source_id, key, body_sha256, lead_id)
             select $3, $17, $18, $1 where $17::text is not null
             on conflict do nothing returning 1
           )
           insert into leads (id, campaign_id, source_id, sub_source, external_id, world_version,
             test, raw, fields, problems, unknown_fields, behaviour, consent, asking_cents,
             received_at, waits_in)
           select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
           where $17::text is null or exists (select from named)
           returning received_at, public_no`,
    values: [
      lead.id,
      lead.campaignId,
      lead.sourceId,
      lead.subSource,
      lead.externalId,
      lead.worldVersion,
      lead.test,
      JSON.stringify(entry.raw),
      JSON.stringify(lead.fields),
      JSON.stringify(lead.problems),
      entry.unknownFields,
      JSON.stringify(lead.behaviour),
      lead.consent && JSON.stringify(lead.consent),
      lead.askingCents,
      new Date(),
      entry.waitsIn,
      key?.key ?? null,
      key?.bodySha256 ?? null,
    ],
  });
  const [row] = inserted.rows;
  if (row) {
    const stored = { ...lead, receivedAtMs: row.received_at.getTime() };
    return { kind: 'new', lead: stored, publicNo: Number(row.public_no) };
  }
  const known = key && (await findByKey(db, lead.sourceId, key));
  if (!known) throw new Error('a lead was neither inserted nor found by its key');
  return known;
}

/** Whether an insert failed because there is a lead of that id. */
export function isDuplicateLead(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'leads_pkey';
}

/** The lead that came under this key before. */
export async function findByKey(
  db: Tx,
  sourceId: string,
  key: NonNullable<NewLead['key']>,
): Promise<Exclude<Insertion, { kind: 'new' }> | undefined> {
  const found = await db.query<{
    id: LeadId;
    outcome: LeadOutcome | null;
    unknown_fields: string[];
    public_no: string;
    same: boolean;
  }>({
    name: 'leads.find_by_key',
    text: `select l.id, l.outcome, l.unknown_fields, l.public_no, k.body_sha256 = $3 as same
           from idempotency_keys k join leads l on l.id = k.lead_id
           where k.source_id = $1 and k.key = $2`,
    values: [sourceId, key.key, key.bodySha256],
  });
  const [row] = found.rows;
  if (!row) return undefined;
  if (!row.same) return { kind: 'conflict', leadId: row.id };
  const { id, outcome, unknown_fields: unknownFields } = row;
  const publicNo = Number(row.public_no);
  return { kind: 'repeat', leadId: id, publicNo, outcome, unknownFields };
}

/** A lead's columns, but for the instant of its receipt. */
export interface LeadRow {
  readonly id: LeadId;
  readonly campaign_id: string;
  readonly source_id: string;
  readonly sub_source: string | null;
  readonly external_id: string | null;
  readonly world_version: number;
  readonly test: boolean;
  readonly fields: Lead['fields'];
  readonly problems: Lead['problems'];
  readonly behaviour: Lead['behaviour'];
  readonly consent: Lead['consent'];
  readonly asking_cents: Lead['askingCents'];
  /** What lookups said: from the verdict of its validation. */
  readonly learned?: Nullable<Learned> | null;
}

export function toLead(row: LeadRow, receivedAtMs: number): Lead {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    sourceId: row.source_id,
    subSource: row.sub_source,
    externalId: row.external_id,
    worldVersion: row.world_version,
    test: row.test,
    fields: row.fields,
    problems: row.problems,
    behaviour: row.behaviour,
    consent: row.consent,
    askingCents: row.asking_cents,
    receivedAtMs,
    ...learnedOf(row.learned),
  };
}

/** What lookups said, of a verdict that may lack any of it. */
export function learnedOf(verdict: Nullable<Learned> | null | undefined): Learned {
  const { lineType, flags } = verdict ?? {};
  return { ...(lineType && { lineType }), ...(flags && { flags }) };
}

type Nullable<Of> = { readonly [Name in keyof Of]: Of[Name] | null };

/**
 * The lead as it was taken in, with what a lookup found since. Throws if there is none: only stored
 * leads have workflows.
 */
export async function loadLead(db: Tx, leadId: LeadId): Promise<Lead> {
  const found = await db.query<LeadRow & { received_at: Date }>({
    name: 'leads.load',
    text: `select id, campaign_id, source_id, sub_source, external_id, world_version, test, fields,
             problems, behaviour, consent, asking_cents, received_at,
             (select jsonb_build_object('lineType', verdict->'lineType', 'flags', verdict->'flags')
                from verdicts where lead_id = leads.id
                and round = 1 and step = 'validation') as learned
           from leads where id = $1`,
    values: [leadId],
  });
  const [row] = found.rows;
  if (!row) throw new Error(`no lead ${leadId}`);
  return toLead(row, row.received_at.getTime());
}

/**
 * Locks the lead's row until the transaction ends. Whoever changes a lead, its attempts or its
 * sales locks it first and reads after: one statement would see what was before it waited.
 */
export async function lockLead(tx: Tx, leadId: LeadId): Promise<void> {
  await tx.query({
    name: 'leads.lock',
    text: `select from leads where id = $1 for no key update`,
    values: [leadId],
  });
}

export interface FoundOutcome {
  readonly leadId: LeadId;
  readonly publicNo: number;
  /** Null while nothing is decided. */
  readonly outcome: LeadOutcome | null;
}

/** A lead of one source by its id or its public number; another source's is not found. */
export async function findOutcome(
  db: Tx,
  sourceId: SourceId,
  lead: LeadId | number,
): Promise<FoundOutcome | undefined> {
  const column = typeof lead === 'number' ? 'public_no' : 'id';
  const found = await db.query<{ id: LeadId; public_no: string; outcome: LeadOutcome | null }>({
    name: `leads.find_outcome_by_${column}`,
    text: `select id, public_no, outcome from leads where ${column} = $1 and source_id = $2`,
    values: [lead, sourceId],
  });
  const [row] = found.rows;
  return row && { leadId: row.id, publicNo: Number(row.public_no), outcome: row.outcome };
}

/** The outcomes of those leads that have one. */
export async function listOutcomes(
  db: Tx,
  leadIds: readonly LeadId[],
): Promise<readonly { id: LeadId; outcome: LeadOutcome | null; status: string }[]> {
  const found = await db.query<{ id: LeadId; outcome: LeadOutcome | null; status: string }>({
    name: 'leads.list_outcomes',
    text: `select id, outcome, status from leads
           where id = any($1) and (outcome is not null or status in ('in_doubt', 'waiting'))`,
    values: [leadIds],
  });
  return found.rows;
}

/**
 * Leads without an outcome whose turn it is to be looked at, oldest first, each handed to one
 * process only. The next look is set ahead before the caller acts, further with the lead's age, so
 * that a lead that waits for days is not asked about every few seconds.
 */
export async function claimUnsettled(db: Tx, limit: number): Promise<readonly LeadId[]> {
  const found = await db.query<{ id: LeadId }>({
    name: 'leads.claim_unsettled',
    text: `update leads set sweep_at = now() + greatest(interval '4 seconds',
             least(interval '10 minutes', (now() - received_at) / 2))
           where id in (select id from leads where outcome is null and sweep_at <= now()
                        order by sweep_at limit $1 for update skip locked)
           returning id`,
    values: [limit],
  });
  return found.rows.map(({ id }) => id);
}

/** Puts leads back for the next look: their start failed and nothing was learned. */
export async function sweepAgainSoon(db: Tx, leadIds: readonly LeadId[]): Promise<void> {
  await db.query({
    name: 'leads.sweep_again_soon',
    text: `update leads set sweep_at = now() + interval '1 second' where id = any($1)`,
    values: [leadIds],
  });
}

/** Forgets idempotency keys after 72 hours, as sources are told; a platform's own after 90 days. */
export async function deleteOldKeys(db: Tx): Promise<void> {
  await db.query({
    name: 'leads.delete_old_keys',
    text: `delete from idempotency_keys where created_at < now() - interval '72 hours'
             and (key not like 'door/%' or created_at < now() - interval '90 days')`,
  });
}
