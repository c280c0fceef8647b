// All that is known about one lead, read in one statement and so at one moment: the lead, what was
// decided, every attempt, the sales, the ledger and the deliveries.

import type { Effect, Said } from '../../domain/doubts/doubt.ts';
import type { ContractId, LeadId } from '../../domain/ids.ts';
import type { Lead, LeadOutcome, LeadStatus, Learned } from '../../domain/lead.ts';
import type { Cents } from '../../domain/money.ts';
import type { DeliveryState } from '../../domain/outcome.ts';
import type { LeadSale, RecordedAttempt } from '../../domain/recorded.ts';
import type { Feedback } from '../../domain/scoring/feedback.ts';
import { type LeadRow, toLead } from '../leads.ts';
import { msOf, type Tx } from '../pool.ts';
import type { GradeRow } from '../scoring/grades.ts';

/** A lead's whole record. Lists are in the order in which things happened. */
export interface LeadTrace {
  readonly lead: Lead;
  readonly publicNo: number;
  readonly unknownFields: readonly string[];
  readonly status: LeadStatus;
  /** The pass over the routing that the lead is in. */
  readonly round: number;
  readonly outcome: LeadOutcome | null;
  readonly settledAtMs: number | null;
  readonly verdicts: readonly TracedVerdict[];
  readonly attempts: readonly TracedAttempt[];
  readonly words: readonly TracedWord[];
  readonly sales: readonly TracedSale[];
  readonly transfers: readonly TracedTransfer[];
  readonly deliveries: readonly TracedDelivery[];
  readonly actions: readonly TracedAction[];
  /** What the language model said, in time or not; null where it was not asked. */
  readonly grade: TracedGrade | null;
  /** What was reported of it, in the order in which it happened. */
  readonly feedback: readonly Omit<Feedback, 'leadId'>[];
}

/** `step` says which type of src/domain/lead.ts the verdict is: `validation`, `route/{stage}` … */
export interface TracedVerdict {
  readonly round: number;
  readonly step: string;
  readonly verdict: unknown;
}

export interface TracedAttempt extends Omit<RecordedAttempt, 'capWindows'> {
  readonly stage: string;
  readonly position: number;
  readonly exclusive: boolean;
  readonly place: number | null;
  readonly bidId: string | null;
  readonly sentAtMs: number | null;
  readonly settledAtMs: number | null;
}

export interface TracedSale extends LeadSale {
  readonly reference: string | null;
  readonly soldAtMs: number;
}

/** What was said of an attempt after its post, and what that did. */
export interface TracedWord {
  readonly contractId: ContractId;
  readonly round: number;
  readonly teller: string;
  readonly said: Said;
  readonly priceCents: Cents | null;
  readonly reference: string | null;
  readonly detail: string;
  /** Null while it is carried out. */
  readonly effect: Effect | null;
  readonly beforeCents: Cents | null;
  readonly afterCents: Cents | null;
  readonly why: string | null;
  readonly atMs: number;
}

export interface TracedTransfer {
  readonly id: string;
  /** A change moves what a later price adds, or the other way what it takes back. */
  readonly kind: 'charge' | 'payout' | 'charge_change' | 'payout_change';
  readonly state: 'pending' | 'posted' | 'voided';
  readonly from: string;
  readonly to: string;
  readonly amountCents: Cents;
  readonly postedAtMs: number;
}

export interface TracedDelivery {
  readonly contractId: ContractId;
  readonly target: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly detail: string;
  readonly atMs: number;
  readonly nextTryAtMs: number | null;
}

/** What an operator did while the lead waited. */
export interface TracedAction {
  readonly round: number;
  readonly action: string;
  readonly contract: ContractId | null;
  readonly by: string;
  readonly atMs: number;
}

/** As src/db/scoring/grades.ts stores it. */
export interface TracedGrade extends Omit<GradeRow, 'leadId' | 'sha256' | 'tokens'> {
  readonly atMs: number;
}

const TRACE = `select l.id, l.public_no, l.campaign_id, l.source_id, l.sub_source, l.external_id,
    l.world_version, l.test, l.fields, l.problems, l.unknown_fields, l.behaviour, l.consent,
    l.asking_cents, ${msOf('l.received_at')} as received_at_ms, l.round, l.status, l.outcome,
    ${msOf('l.settled_at')} as settled_at_ms,
    (select coalesce(jsonb_agg(jsonb_build_object('round', v.round, 'step', v.step,
       'verdict', v.verdict) order by v.round, v.stored_at, v.step), '[]')
     from verdicts v where v.lead_id = l.id) as verdicts,
    (select coalesce(jsonb_agg(jsonb_build_object('contractId', a.contract_id,
       'buyerId', a.buyer_id, 'round', a.round, 'stage', a.stage, 'position', a.position,
       'state', a.state, 'exclusive', a.exclusive, 'place', a.place, 'priceCents', a.price_cents,
       'bidId', a.bid_id, 'result', a.result, 'plannedAtMs', ${msOf('a.planned_at')},
       'sentAtMs', ${msOf('a.sent_at')}, 'settledAtMs', ${msOf('a.settled_at')})
       order by a.round, a.planned_at, a.position, a.contract_id), '[]')
     from attempts a where a.lead_id = l.id) as attempts,
    (select coalesce(jsonb_agg(jsonb_build_object('contractId', w.contract_id, 'round', w.round,
       'teller', w.teller, 'said', w.said, 'priceCents', w.price_cents, 'reference', w.reference,
       'detail', w.detail, 'effect', w.effect, 'beforeCents', w.before_cents,
       'afterCents', w.after_cents, 'why', w.why, 'atMs', ${msOf('w.said_at')}) order by w.id),
       '[]')
     from attempt_words w where w.lead_id = l.id) as words,
    (select coalesce(jsonb_agg(jsonb_build_object('contractId', s.contract_id,
       'buyerId', s.buyer_id, 'priceCents', s.price_cents, 'payoutCents', s.payout_cents,
       'reference', s.reference, 'soldAtMs', ${msOf('s.sold_at')})
       order by s.sold_at, s.contract_id), '[]')
     from sales s where s.lead_id = l.id) as sales,
    (select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'kind', t.kind, 'state', t.state,
       'from', t.from_account, 'to', t.to_account, 'amountCents', t.amount_cents,
       'postedAtMs', ${msOf('t.posted_at')})
       order by t.posted_at, t.kind like 'payout%', t.id desc), '[]')
     from transfers t where t.lead_id = l.id) as transfers,
    (select coalesce(jsonb_agg(jsonb_build_object('contractId', d.contract_id,
       'target', d.target, 'state', d.state, 'tries', d.tries, 'detail', d.detail,
       'atMs', ${msOf('d.at')}, 'nextTryAtMs', ${msOf('d.next_try_at')})
       order by d.at, d.contract_id, d.target), '[]')
     from deliveries d where d.lead_id = l.id) as deliveries,
    (select coalesce(jsonb_agg(jsonb_build_object('round', n.round, 'action', n.action,
       'contract', n.contract_id, 'by', n.done_by, 'atMs', ${msOf('n.done_at')})
       order by n.id), '[]')
     from lead_actions n where n.lead_id = l.id) as actions,
    (select jsonb_build_object('outcome', g.outcome, 'adjustment', g.adjustment, 'flags', g.flags,
       'reason', g.reason, 'model', g.model, 'promptVersion', g.prompt_version,
       'requestId', g.request_id, 'ms', g.ms, 'atMs', ${msOf('g.graded_at')})
     from ai_grades g where g.lead_id = l.id) as grade,
    (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'what', f.what,
       'valueCents', f.value_cents, 'contractId', f.contract_id, 'reason', f.reason,
       'atMs', ${msOf('f.happened_at')}, 'by', f.done_by) order by f.happened_at, f.done_at, f.id),
       '[]')
     from feedback f where f.lead_id = l.id) as feedback
  from leads l where l.id = $1`;

interface TraceRow
  extends
    LeadRow,
    Pick<
      LeadTrace,
      | 'round'
      | 'status'
      | 'outcome'
      | 'verdicts'
      | 'attempts'
      | 'words'
      | 'sales'
      | 'transfers'
      | 'deliveries'
      | 'actions'
      | 'grade'
      | 'feedback'
    > {
  readonly public_no: number;
  readonly unknown_fields: readonly string[];
  readonly received_at_ms: number;
  readonly settled_at_ms: number | null;
}

/** Everything that is stored about a lead; undefined if there is none of that id. */
export async function findTrace(db: Tx, leadId: LeadId): Promise<LeadTrace | undefined> {
  const found = await db.query<TraceRow>({ name: 'trace.find', text: TRACE, values: [leadId] });
  const [row] = found.rows;
  if (!row) return undefined;
  return {
    lead: toLead({ ...row, learned: learnedIn(row) }, row.received_at_ms),
    publicNo: row.public_no,
    unknownFields: row.unknown_fields,
    status: row.status,
    round: row.round,
    outcome: row.outcome,
    settledAtMs: row.settled_at_ms,
    verdicts: row.verdicts,
    attempts: row.attempts,
    words: row.words,
    sales: row.sales,
    transfers: row.transfers,
    deliveries: row.deliveries,
    actions: row.actions,
    grade: row.grade,
    feedback: row.feedback,
  };
}

function learnedIn({ verdicts }: Pick<LeadTrace, 'verdicts'>): Learned | null {
  const validation = verdicts.find(({ step }) => step === 'validation')?.verdict;
  return (validation as Learned | undefined) ?? null;
}
