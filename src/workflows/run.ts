// What one pass over the routing knows, and how it waits while nobody knows whether a buyer has the
// lead.

import { condition, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { ContractId, OfferKey } from '../domain/ids.ts';
import type { Candidate, LeadOutcome, Score } from '../domain/lead.ts';
import type { Offered, OfferReport } from '../domain/outcome.ts';
import { describeLead, type LeadStory } from '../domain/story.ts';
import type { RoundPlan } from '../domain/waiting.ts';
import { BuyerKey, type Distribution, LeadStatusKey } from './messages.ts';
import { step } from './steps.ts';

export interface Verdict {
  readonly step: string;
  readonly verdict: unknown;
}

/** What this run knows; all of it stands in the history. */
export interface Run {
  readonly lead: Distribution;
  /** The pass, counted from 1. */
  readonly round: number;
  readonly plan: RoundPlan;
  readonly score: Score;
  /** Of this round: nobody bought in the rounds before. */
  readonly offers: Offered[];
  /** Decided and not stored yet: the next write takes them along. */
  unsaved: Verdict[];
  readonly story: LeadStory;
  /** Contracts whose doubt was settled outside this run. */
  readonly settled: ReadonlySet<ContractId>;
}

export function record(run: Run, candidate: Candidate, report: OfferReport): void {
  const index = run.offers.findIndex((offered) => offered.candidate === candidate);
  run.offers.splice(index < 0 ? run.offers.length : index, 1, { candidate, report });
}

export type Doubted = Offered & { readonly report: OfferReport & { kind: 'in_doubt' } };

export function isInDoubt(offered: Offered): offered is Doubted {
  return offered.report.kind === 'in_doubt';
}

/** Waits, for days if need be, until someone knows whether the buyer has the lead. */
export async function awaitDoubt(run: Run, doubted: Doubted): Promise<void> {
  const { buyerId } = doubted.report;
  upsertSearchAttributes([
    { key: LeadStatusKey, value: 'in_doubt' },
    ...(buyerId ? [{ key: BuyerKey, value: buyerId }] : []),
  ]);
  show(run);
  await learn(run, doubted, step('the doubt was settled').readOffer);
}

/** What became of an offer in doubt, once that is settled outside this run. */
export async function learn(
  run: Run,
  { candidate }: Doubted,
  readOffer: (key: OfferKey) => Promise<OfferReport>,
): Promise<Offered> {
  await condition(() => run.settled.has(candidate.contractId));
  const { contractId } = candidate;
  const report = await readOffer({ leadId: run.lead.leadId, contractId, round: run.round });
  record(run, candidate, report);
  return { candidate, report };
}

/**
 * Tells the story so far. Called where the run ends or waits: between two local steps nobody can
 * read it.
 */
export function show(run: Run, outcome?: LeadOutcome): void {
  setCurrentDetails(describeLead(run.story, outcome));
}
