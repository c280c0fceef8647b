// What is reported of sold leads, each report once by the caller's name for it, for good.

import type { ContractId, LeadId, SourceId } from '../../domain/ids.ts';
import type { Feedback } from '../../domain/scoring/feedback.ts';
import { inTransaction, msOf, type Pool, type Tx } from '../pool.ts';

/** `atMs` null: at the moment of recording. */
export type NewFeedback = Omit<Feedback, 'atMs'> & {
  readonly atMs: number | null;
  /** Said by somebody who knows of sales of these contracts only: of which, need not be said. */
  readonly among?: readonly ContractId[];
};

export type FeedbackResult =
  /** `repeat`: the same report stood there under this id. */
  | { readonly kind: 'recorded' | 'repeat'; readonly feedback: Feedback }
  /** The id names another report. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'no_such_lead' | 'not_sold' }
  | { readonly kind: 'not_its_buyer'; readonly sold: readonly ContractId[] }
  | { readonly kind: 'too_early'; readonly receivedAtMs: number };

interface SoldLead {
  readonly id: LeadId;
  readonly receivedAtMs: number;
  readonly contracts: readonly ContractId[];
}

/** Records reports, at most a few thousand at once; the results are in their order. */
export async function recordFeedback(
  pool: Pool,
  given: readonly NewFeedback[],
): Promise<readonly FeedbackResult[]> {
  return inTransaction(pool, async (tx) => {
    const leads = await listSold(tx, [...new Set(given.map(({ leadId }) => leadId))]);
    const reports = given.map((report) => {
      const contractId = report.contractId ?? ownSale(report, leads.get(report.leadId));
      return { ...report, contractId };
    });
    const refused = reports.map((report) => refusalOf(report, leads.get(report.leadId)));
    const good = reports.filter((_, index) => !refused[index]);
    const before = await insert(tx, good);
    const stored = await listById(tx, [...new Set(good.map(({ id }) => id))]);
    const seen = new Set<string>(before);
    return reports.map((report, index): FeedbackResult => {
      const why = refused[index];
      if (why) return why;
      const feedback = stored.get(report.id);
      if (!feedback) throw new Error('a report was neither inserted nor found by its id');
      const isFirst = !seen.has(report.id);
      seen.add(report.id);
      if (!isSame(report, feedback)) return { kind: 'conflict' };
      return { kind: isFirst ? 'recorded' : 'repeat', feedback };
    });
  });
}

function ownSale({ among }: NewFeedback, lead: SoldLead | undefined): ContractId | null {
  return (among && lead?.contracts.find((id) => among.includes(id))) ?? null;
}

function refusalOf(report: NewFeedback, lead: SoldLead | undefined): FeedbackResult | undefined {
  if (!lead) return { kind: 'no_such_lead' };
  const { receivedAtMs } = lead;
  const { among } = report;
  const contracts = lead.contracts.filter((id) => !among || among.includes(id));
  if (among && contracts.length === 0) return { kind: 'no_such_lead' };
  if (contracts.length === 0) return { kind: 'not_sold' };
  if (report.contractId !== null && !contracts.includes(report.contractId)) {
    return { kind: 'not_its_buyer', sold: contracts };
  }
  if (report.atMs !== null && report.atMs < receivedAtMs)
    return { kind: 'too_early', receivedAtMs };
  return undefined;
}

function isSame(report: NewFeedback, stored: Feedback): boolean {
  return (
    report.leadId === stored.leadId &&
    report.what === stored.what &&
    report.valueCents === stored.valueCents &&
    report.contractId === stored.contractId &&
    (report.atMs === null || report.atMs === stored.atMs)
  );
}

async function listSold(
  tx: Tx,
  leadIds: readonly LeadId[],
): Promise<ReadonlyMap<LeadId, SoldLead>> {
  const found = await tx.query<SoldLead>({
    name: 'feedback.list_sold',
    text: `select l.id, ${msOf('l.received_at')} as "receivedAtMs",
             (select coalesce(jsonb_agg(s.contract_id order by s.sold_at), '[]')
              from sales s where s.lead_id = l.id) as contracts
           from leads l where l.id = any($1)`,
    values: [leadIds],
  });
  return new Map(found.rows.map((lead) => [lead.id, lead]));
}

/** The ids that stood there before. */
async function insert(tx: Tx, reports: readonly NewFeedback[]): Promise<string[]> {
  const column = <T>(of: (report: NewFeedback) => T) => reports.map(of);
  const found = await tx.query<{ id: string }>({
    name: 'feedback.insert',
    text: `with given as (
             select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[],
               $6::text[], $7::timestamptz[], $8::text[])
               as g (id, lead_id, what, value_cents, contract_id, reason, happened_at, done_by)
           ), inserted as (
             insert into feedback
               (id, lead_id, what, value_cents, contract_id, reason, happened_at, done_by)
             select id, lead_id, what, value_cents, contract_id, reason,
               coalesce(happened_at, now()), done_by from given
             on conflict (id) do nothing returning id
           )
           select distinct id from given except select id from inserted`,
    values: [
      column(({ id }) => id),
      column(({ leadId }) => leadId),
      column(({ what }) => what),
      column(({ valueCents }) => valueCents),
      column(({ contractId }) => contractId),
      column(({ reason }) => reason),
      column(({ atMs }) => (atMs === null ? null : new Date(atMs))),
      column(({ by }) => by),
    ],
  });
  return found.rows.map(({ id }) => id);
}

async function listById(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Feedback>> {
  const found = await tx.query<Feedback>({
    name: 'feedback.list_by_id',
    text: `select id, lead_id as "leadId", what, value_cents as "valueCents",
             contract_id as "contractId", reason, ${msOf('happened_at')} as "atMs", done_by as by
           from feedback where id = any($1)`,
    values: [ids],
  });
  return new Map(found.rows.map((feedback) => [feedback.id, feedback]));
}

/** Leads by the ids that their sources gave them. One id may name several. */
export async function listByExternalId(
  db: Tx,
  externalIds: readonly string[],
): Promise<readonly { externalId: string; sourceId: SourceId; leadId: LeadId }[]> {
  const found = await db.query<{ externalId: string; sourceId: SourceId; leadId: LeadId }>({
    name: 'feedback.list_by_external_id',
    text: `select external_id as "externalId", source_id as "sourceId", id as "leadId"
           from leads where external_id = any($1) and not test order by received_at desc`,
    values: [externalIds],
  });
  return found.rows;
}
