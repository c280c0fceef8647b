// What one pass over the routing knows, and how it tells.

import { setCurrentDetails } from '@temporalio/workflow';
import type { ContractId } from '../domain/ids.ts';
import type { Candidate, LeadOutcome, Score } from '../domain/lead.ts';
import type { Offered, OfferReport } from '../domain/outcome.ts';
import { describeLead, type LeadStory } from '../domain/story.ts';
import type { RoundPlan } from '../domain/waiting.ts';
import type { Distribution } from './messages.ts';

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
  /** Contracts whose doubt was settled, as the run hears of it. */
  readonly settled: Set<ContractId>;
}

export function record(run: Run, candidate: Candidate, report: OfferReport): void {
  const index = run.offers.findIndex((offered) => offered.candidate === candidate);
  run.offers.splice(index < 0 ? run.offers.length : index, 1, { candidate, report });
}

/**
 * Tells the story so far. Called where the run ends or waits: between two local steps nobody can
 * read it.
 */
export function show(run: Run, outcome?: LeadOutcome): void {
  setCurrentDetails(describeLead(run.story, outcome));
}
