// One lead, from intake to its end. The steps decide nothing here: each activity stores what it
// decided before anyone sees it, and the attempt row decides whether anything may be sent again.

import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { ContractId, LeadId } from '../domain/ids.ts';
import type { LeadOutcome, Validation } from '../domain/lead.ts';
import { type Offered, outcomeOf, placesTaken, type OfferReport } from '../domain/outcome.ts';
import { describeRefusal, type LeadStory } from '../domain/story.ts';
import {
  attemptSettled,
  BuyerKey,
  type Distribution,
  LeadStatusKey,
  ReasonCodeKey,
} from './messages.ts';
import { awaitDoubt, isInDoubt, learn, ROUND, type Run, show } from './run.ts';
import { runStage } from './stage.ts';
import { deliver, later, step } from './steps.ts';

/** Distributes one lead and returns its outcome. */
export async function distributeLead(lead: Distribution): Promise<LeadOutcome> {
  const settled = new Set<ContractId>();
  setHandler(attemptSettled, ({ contract }) => void settled.add(contract));

  const validation = await step('valid? seen before?').validateLead(lead.leadId);
  if (validation.kind === 'refused') return refused(validation);
  const score = await step('score').scoreLead(lead.leadId);
  const story: LeadStory = { lead, validation, score, stages: [], offers: [] };
  const unsaved = [{ step: 'score', verdict: score }];
  const run: Run = { lead, score, offers: story.offers, unsaved, story, settled };

  for (const stage of lead.stages) {
    if (placesTaken(run.offers) >= lead.places) break;
    await runStage(run, stage);
  }
  return finish(run);
}

function refused(validation: Validation & { kind: 'refused' }): LeadOutcome {
  const outcome = outcomeOf(validation);
  setCurrentDetails(describeRefusal(validation));
  tell(outcome);
  return outcome;
}

/**
 * Stores the outcome unless a sale did, pushes the sold lead to its targets, settles what is owed.
 * A shared lead is sold although one of its offers is in doubt: if that turns out to be a sale, it
 * is pushed too.
 */
async function finish(run: Run): Promise<LeadOutcome> {
  const { leadId } = run.lead;
  const outcome = await close(run);
  tell(outcome, run.offers);
  show(run, outcome);

  const doubts = run.offers.filter(isInDoubt);
  // The outcome is stored, so nobody would start this run again: from here on, patient steps only.
  const { readOffer } = later('the doubt was settled');
  await Promise.all([
    deliverSales(leadId, run.offers),
    ...doubts.map(async (doubt) => deliverSales(leadId, [await learn(run, doubt, readOffer)])),
  ]);
  if (doubts.length > 0) show(run, outcome);
  return outcome;
}

/** Pushes what was sold, then gives back what the other offers may still hold. */
async function deliverSales(leadId: LeadId, offers: readonly Offered[]): Promise<void> {
  const owes = offers.some(({ report }) => report.owes);
  await Promise.all(
    offers.flatMap(({ candidate: { contractId }, report }) => {
      if (report.kind !== 'accepted') return [];
      const { priceCents, reference, targets = [] } = report;
      const sale = { round: ROUND, priceCents, reference };
      return targets.map((target) => deliver({ leadId, contractId, target, sale }));
    }),
  );
  if (owes) await later('release what the offers held').releaseHolds(leadId);
}

async function close(run: Run): Promise<LeadOutcome> {
  const { leadId, test } = run.lead;
  const stored = run.offers.find(({ report }) => report.outcome)?.report.outcome;
  if (stored) return stored;
  const unsold = { kind: 'unsold', reason: test ? 'test_lead' : unsoldReason(run) } as const;
  for (;;) {
    const closing = await step('close').closeLead({
      leadId,
      round: ROUND,
      unsold,
      verdicts: run.unsaved,
    });
    run.unsaved = [];
    if (closing.kind === 'closed') return closing.outcome;
    const doubt = run.offers.find(isInDoubt);
    if (!doubt) throw new Error('a lead in doubt without an offer in doubt');
    await awaitDoubt(run, doubt);
  }
}

function unsoldReason({ story, offers }: Run) {
  if (story.stages.length === 0) return 'no_contracts';
  const came = (kind: OfferReport['kind']) => offers.some(({ report }) => report.kind === kind);
  if (came('rejected')) return 'all_rejected';
  if (came('not_sent')) return 'none_reached';
  return story.stages.some(({ auction }) => auction) ? 'no_bids' : 'none_eligible';
}

function tell(outcome: LeadOutcome, offers: readonly Offered[] = []): void {
  const accepted = offers.find(({ report }) => report.kind === 'accepted')?.report;
  upsertSearchAttributes([
    { key: LeadStatusKey, value: outcome.kind },
    ...('reason' in outcome ? [{ key: ReasonCodeKey, value: outcome.reason }] : []),
    ...(accepted?.kind === 'accepted' ? [{ key: BuyerKey, value: accepted.buyerId }] : []),
  ]);
}
