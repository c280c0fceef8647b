// The fence: one row per (lead, contract, round), claimed and committed before the first byte is
// sent. What forbids a second sale is this row, not the engine; ADR 0002 has the states and the
// crash windows.

import type { CapWindow } from '../domain/caps/caps.ts';
import type { BuyerId, ContractId, LeadId, OfferKey } from '../domain/ids.ts';
import type { AttemptState, LeadOutcome, OfferResult } from '../domain/lead.ts';
import type { Cents } from '../domain/money.ts';
import type { RepeatQuestion, SeenBefore } from '../domain/person.ts';
import { lockLead } from './leads.ts';
import { findSeen, hashPersons, lockPersons } from './persons/seen.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';
import type { Verdict } from './verdicts.ts';

/** An offer about to be planned. */
export interface Plan extends OfferKey {
  readonly buyerId: BuyerId;
  readonly stage: string;
  readonly position: number;
  readonly exclusive: boolean;
  readonly priceCents: Cents;
  readonly bidId: string | null;
  readonly capWindows: readonly CapWindow[];
  /** What was decided on the way to this offer and is not stored yet. */
  readonly verdicts: readonly Verdict[];
}

/** An attempt as it stands. */
export interface Attempt extends OfferKey {
  readonly buyerId: BuyerId;
  readonly exclusive: boolean;
  readonly priceCents: Cents;
  readonly state: AttemptState;
  readonly result: OfferResult | null;
  readonly capWindows: readonly CapWindow[];
  readonly plannedAtMs: number;
  readonly sentAtMs: number | null;
  /** When its last answer was written down, a doubt too. */
  readonly settledAtMs: number | null;
  /** The outcome of its lead, once there is one. */
  readonly leadOutcome: LeadOutcome | null;
}

export type Planned =
  | { readonly kind: 'planned'; readonly plannedAtMs: number }
  | { readonly kind: 'found'; readonly attempt: Attempt }
  /** Another run stored other verdicts first: this run must start over and read them. */
  | { readonly kind: 'superseded' };

/**
 * Inserts the attempt once, together with the verdicts that led to it, or finds what another run
 * left. Nothing is promised to anyone yet.
 */
export async function planAttempt(db: Tx, plan: Plan): Promise<Planned> {
  const { leadId, contractId, round, verdicts } = plan;
  const planned = await db.query<{ agreed: number; planned_at: Date | null }>({
    name: 'attempts.plan',
    text: `with given as (
             select step, verdict::jsonb from unnest($12::text[], $13::text[]) as g (step, verdict)
           ), stored as (
             insert into verdicts (lead_id, round, step, verdict)
             select $1, $3, step, verdict from given on conflict do nothing returning step
           ), agreed as (
             select count(*) as steps from given where step in (select step from stored)
               or exists (select from verdicts v where v.lead_id = $1 and v.round = $3
                 and v.step = given.step and v.verdict = given.verdict)
           ), planned as (
             insert into attempts (lead_id, contract_id, round, buyer_id, stage, position,
               exclusive, price_cents, bid_id, cap_windows, planned_at)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
             where (select steps from agreed) = cardinality($12::text[])
             on conflict do nothing returning planned_at
           )
           select (select steps from agreed) as agreed, (select planned_at from planned)`,
    values: [
      leadId,
      contractId,
      round,
      plan.buyerId,
      plan.stage,
      plan.position,
      plan.exclusive,
      plan.priceCents,
      plan.bidId,
      JSON.stringify(plan.capWindows),
      new Date(),
      verdicts.map(({ step }) => step),
      verdicts.map(({ verdict }) => JSON.stringify(verdict)),
    ],
  });
  const [row] = planned.rows;
  if (row?.planned_at) return { kind: 'planned', plannedAtMs: row.planned_at.getTime() };
  if (row?.agreed !== verdicts.length) return { kind: 'superseded' };
  const attempt = await findAttempt(db, plan);
  if (!attempt) throw new Error(`attempt ${leadId}/${contractId} was neither planned nor found`);
  return { kind: 'found', attempt };
}

interface AttemptRow {
  readonly lead_id: LeadId;
  readonly contract_id: ContractId;
  readonly round: number;
  readonly buyer_id: BuyerId;
  readonly exclusive: boolean;
  readonly price_cents: Cents;
  readonly state: AttemptState;
  readonly result: OfferResult | null;
  readonly cap_windows: readonly CapWindow[];
  readonly planned_at: Date;
  readonly sent_at: Date | null;
  readonly attempt_settled_at: Date | null;
  readonly outcome: LeadOutcome | null;
}

const COLUMNS = `lead_id, contract_id, a.round, buyer_id, exclusive, price_cents, state, result,
  cap_windows, planned_at, sent_at, a.settled_at as attempt_settled_at, outcome
  from attempts a join leads on leads.id = lead_id`;

function toAttempt(row: AttemptRow): Attempt {
  return {
    leadId: row.lead_id,
    contractId: row.contract_id,
    round: row.round,
    buyerId: row.buyer_id,
    exclusive: row.exclusive,
    priceCents: row.price_cents,
    state: row.state,
    result: row.result,
    capWindows: row.cap_windows,
    plannedAtMs: row.planned_at.getTime(),
    sentAtMs: row.sent_at?.getTime() ?? null,
    settledAtMs: row.attempt_settled_at?.getTime() ?? null,
    leadOutcome: row.outcome,
  };
}

/** The attempt of this offer, if it was planned. */
export async function findAttempt(db: Tx, key: OfferKey): Promise<Attempt | undefined> {
  const found = await db.query<AttemptRow>({
    name: 'attempts.find',
    text: `select ${COLUMNS} where lead_id = $1 and contract_id = $2 and a.round = $3`,
    values: [key.leadId, key.contractId, key.round],
  });
  return found.rows[0] && toAttempt(found.rows[0]);
}

/** Every attempt of a lead, in the order planned. */
export async function listAttempts(db: Tx, leadId: LeadId): Promise<readonly Attempt[]> {
  const found = await db.query<AttemptRow>({
    name: 'attempts.list',
    text: `select ${COLUMNS} where lead_id = $1 order by a.round, planned_at, contract_id`,
    values: [leadId],
  });
  return found.rows.map(toAttempt);
}

export type Claim =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'no_place' }
  | { readonly kind: 'paused'; readonly subject: string }
  /** The buyer has the person already, or may have. */
  | { readonly kind: 'seen_before'; readonly seen: SeenBefore }
  /** Not planned any more: another run has it. */
  | { readonly kind: 'taken' };

/** What a claim is held against. */
export interface ClaimTerms {
  readonly maxPlaces: number;
  readonly switches: readonly string[];
  /** By the contract's rules against repeats; without any, nothing is looked up or written. */
  readonly repeats?: readonly RepeatQuestion[];
  readonly nowMs?: number;
}

/**
 * Claims the only attempt that may ever carry this offer. `claimed` means: committed, send now. The
 * lead's row is locked first, so that its taken places are counted by one run at a time;
 * `maxPlaces` is how many shared sales the lead may have, and an exclusive offer needs all of them
 * free. Where the contract has a rule against repeats, claims of one person for one buyer wait for
 * each other, and the person is written down with the claim.
 */
export async function claimAttempt(pool: Pool, key: OfferKey, terms: ClaimTerms): Promise<Claim> {
  const { repeats = [], nowMs = Date.now(), maxPlaces, switches } = terms;
  const values: unknown[] = [key.leadId, key.contractId, key.round, maxPlaces, switches];
  return inTransaction(pool, async (tx) => {
    await lockLead(tx, key.leadId);
    if (repeats.length > 0) {
      const asked = hashPersons(repeats);
      await lockPersons(tx, asked);
      const seen = (await findSeen(tx, asked, { nowMs, except: key })).get(key.contractId);
      if (seen) return { kind: 'seen_before', seen };
      values.push(asked.hashes, Math.max(...repeats.map(({ withinDays }) => withinDays)));
    }
    const claimed =
      repeats.length > 0
        ? await tx.query({ name: 'attempts.claim_person', text: CLAIM_PERSON, values })
        : await tx.query({ name: 'attempts.claim', text: CLAIM, values });
    return claimed.rowCount ? { kind: 'claimed' } : whyNotClaimed(tx, key, switches);
  });
}

const TAKEN = `with taken as (
    select place, exclusive from attempts where lead_id = $1
      and state in ('sending', 'accepted', 'pending', 'in_doubt')
  )`;

const TAKE = `update attempts set state = 'sending', sent_at = now(), place = (
    select min(place) from generate_series(1, $4::int) place
    where place not in (select place from taken))
  where lead_id = $1 and contract_id = $2 and round = $3 and state = 'planned'
    and not exists (select from switches where subject = any($5))
    and exists (select from leads where id = $1 and outcome is null)
    and case when exclusive then not exists (select from taken)
        else (select count(*) from taken where not taken.exclusive) < $4
          and not exists (select from taken where taken.exclusive) end`;

const CLAIM = `${TAKEN} ${TAKE}`;

const CLAIM_PERSON = `${TAKEN}, claimed as (${TAKE} returning buyer_id, sent_at)
  insert into buyer_persons (hash, lead_id, contract_id, round, buyer_id, seen_at, keep_until)
  select distinct on (hash) hash, $1, $2, $3::int, buyer_id, sent_at,
    sent_at + make_interval(days => $7::int)
  from claimed, unnest($6::bytea[]) hash`;

async function whyNotClaimed(tx: Tx, key: OfferKey, switches: readonly string[]): Promise<Claim> {
  const found = await tx.query<{ state: AttemptState; subject: string | null }>({
    name: 'attempts.why_not_claimed',
    text: `select state, (select min(subject) from switches where subject = any($4)) as subject
           from attempts where lead_id = $1 and contract_id = $2 and round = $3`,
    values: [key.leadId, key.contractId, key.round, switches],
  });
  const [row] = found.rows;
  if (row?.state !== 'planned') return { kind: 'taken' };
  return row.subject ? { kind: 'paused', subject: row.subject } : { kind: 'no_place' };
}

/** Keeps the reason why a planned offer was not made; another try of it writes its own. */
export async function noteNotOffered(
  db: Tx,
  { leadId, contractId, round }: OfferKey,
  result: OfferResult & { kind: 'not_offered' },
): Promise<void> {
  await db.query({
    name: 'attempts.note_not_offered',
    text: `update attempts set result = $4
           where lead_id = $1 and contract_id = $2 and round = $3 and state = 'planned'`,
    values: [leadId, contractId, round, JSON.stringify(result)],
  });
}

/**
 * Ends every attempt of the lead that was planned and never sent. Called when the lead is settled,
 * so that a plan left over is not counted as use of a cap for ever.
 */
export async function dropPlans(tx: Tx, leadId: LeadId): Promise<void> {
  await tx.query({
    name: 'attempts.drop_plans',
    text: `update attempts set state = 'not_sent', settled_at = now()
           where lead_id = $1 and state = 'planned'`,
    values: [leadId],
  });
}
