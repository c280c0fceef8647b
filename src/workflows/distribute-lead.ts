// One lead, from intake to its end. The steps decide nothing here: each activity stores what it
// decided before anyone sees it, and the attempt row decides whether anything may be sent again.

import {
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { ContractId, LeadId } from '../domain/ids.ts';
import type { LeadOutcome, Validation } from '../domain/lead.ts';
import { type Offered, outcomeOf, placesTaken, unsoldReasonOf } from '../domain/outcome.ts';
import type { UnsoldReason } from '../domain/reasons.ts';
import { describeRefusal, type LeadStory } from '../domain/story.ts';
import { type LeadAction, MOST_ROUNDS, planWait, type Wait } from '../domain/waiting.ts';
import { deliver } from './deliver.ts';
import {
  attemptSettled,
  BuyerKey,
  type Distribution,
  LeadStatusKey,
  ReasonCodeKey,
} from './messages.ts';
import { awaitDoubt, isInDoubt, learn, resolve } from './doubt.ts';
import { type Run, show } from './run.ts';
import { runStage } from './stage.ts';
import { later, step } from './steps.ts';
import { receiveActions, sleepThrough } from './waiting.ts';

/** Distributes one lead and returns its outcome. */
export async function distributeLead(lead: Distribution): Promise<LeadOutcome> {
  const settled = new Set<ContractId>();
  setHandler(attemptSettled, ({ contract }) => void settled.add(contract));
  const actions = receiveActions();

  const validation = await step('valid? seen before?').validateLead(lead.leadId);
  if (validation.kind === 'refused') return refused(validation);
  const score = await step('score').scoreLead(lead.leadId);
  const known = { lead, validation, score, settled };
  let run = beginRun(known, { round: 1, plan: lead, before: [] });
  run.unsaved.push({ step: 'score', verdict: score });
  for (;;) {
    for (const stage of run.plan.stages) {
      if (placesTaken(run.offers) >= run.plan.places) break;
      await runStage(run, stage);
    }
    const end = await close(run);
    if ('kind' in end) return finish(run, end);

    const action = await waitOut(run, end, actions);
    if (action?.action === 'close' || (!action && end.wakeAtMs >= end.untilMs)) {
      const reason = action ? 'closed_by_operator' : end.reason;
      return finish(run, await closeUnsold(run, reason));
    }
    const { leadId } = lead;
    const round = run.round + 1;
    const choice = action?.contract === undefined ? {} : { contractId: action.contract };
    const plan = await step(`round ${round}: by which version?`).beginRound({
      ...{ leadId, round },
      ...choice,
    });
    settled.clear();
    const before = [...(run.story.before ?? []), { round: run.round, wait: end, action }];
    run = beginRun(known, { round, plan, before });
  }
}

type Known = Pick<Run, 'lead' | 'score' | 'settled'> & Pick<LeadStory, 'validation'>;

function beginRun(
  { lead, validation, score, settled }: Known,
  { round, plan, before }: Pick<Run, 'round' | 'plan'> & Required<Pick<LeadStory, 'before'>>,
): Run {
  const { worldVersion } = plan;
  const told = { lead: { ...lead, worldVersion }, validation, score, stages: [], offers: [] };
  const story: LeadStory = round > 1 ? { ...told, before } : told;
  return { lead, round, plan, score, offers: story.offers, unsaved: [], story, settled };
}

/** Gives back what the round's offers may hold, then sleeps until the next round is due. */
async function waitOut(
  run: Run,
  wait: Wait,
  actions: LeadAction[],
): Promise<LeadAction | undefined> {
  run.story.wait = wait;
  show(run);
  await releaseOwed(run.lead.leadId, run.offers);
  return sleepThrough(wait, actions);
}

function refused(validation: Validation & { kind: 'refused' }): LeadOutcome {
  const outcome = outcomeOf(validation);
  setCurrentDetails(describeRefusal(validation));
  tell(outcome);
  return outcome;
}

/**
 * Tells the outcome, pushes the sold lead to its targets, settles what is owed.
 * A shared lead is sold although one of its offers is in doubt: if that turns out to be a sale, it
 * is pushed too.
 */
async function finish(run: Run, outcome: LeadOutcome): Promise<LeadOutcome> {
  tell(outcome, run);
  show(run, outcome);

  const doubts = run.offers.filter(isInDoubt);
  // The outcome is stored, so nobody would start this run again: from here on, patient steps only.
  const { readOffer } = later('the doubt was settled');
  const learning = { readOffer, wait: (isEnded: () => boolean) => condition(isEnded) };
  // Who asks about doubts has no local steps beside it; runs begun before doubts had terms do.
  const isAsking = doubts.some(({ report }) => report.resolve);
  await Promise.all([
    ...doubts.map((doubt) => resolve(run, doubt)),
    deliverSales(run, run.offers, isAsking),
    ...doubts.map(async (doubt) =>
      deliverSales(run, [await learn(run, [doubt], learning)], isAsking),
    ),
  ]);
  if (doubts.length > 0) show(run, outcome);
  return outcome;
}

/**
 * Pushes what was sold, then gives back what the other offers may still hold; before, if a push
 * waits for its receiver's hours, so that room in a cap does not wait with it.
 */
async function deliverSales(
  { lead: { leadId }, round }: Run,
  offers: readonly Offered[],
  isAsking: boolean,
): Promise<void> {
  const waits = offers.some(
    ({ report }) =>
      report.kind === 'accepted' && report.targets?.some((target) => target.notBeforeMs),
  );
  if (waits) await releaseOwed(leadId, offers);
  await Promise.all(
    offers.flatMap(({ candidate: { contractId }, report }) => {
      if (report.kind !== 'accepted') return [];
      const { priceCents, reference, targets = [] } = report;
      const sale = { round, priceCents, reference };
      return targets.map(({ atOnce, ...target }) =>
        deliver({
          ...{ leadId, contractId, sale },
          target: atOnce && !isAsking ? { ...target, atOnce } : target,
        }),
      );
    }),
  );
  if (!waits) await releaseOwed(leadId, offers);
}

async function releaseOwed(leadId: LeadId, offers: readonly Offered[]): Promise<void> {
  if (!offers.some(({ report }) => report.owes)) return;
  await later('release what the offers held').releaseHolds(leadId);
}

/** Stores the outcome unless a sale did; or, where the lead is kept, what it waits for. */
async function close(run: Run): Promise<LeadOutcome | Wait> {
  const { test } = run.lead;
  const stored = run.offers.find(({ report }) => report.outcome)?.report.outcome;
  if (stored) return stored;
  if (test) return closeUnsold(run, 'test_lead');
  const { hold } = run.plan;
  const reason = unsoldReasonOf({ stages: run.story.stages, offers: run.offers });
  const nowMs = Date.now();
  if (!hold || nowMs >= hold.untilMs || run.round >= MOST_ROUNDS) return closeUnsold(run, reason);
  return closeAs(run, reason, planWait(run.story, reason, { hold, nowMs }));
}

/** Sold if it has a sale by now, else unsold for this reason. */
async function closeUnsold(run: Run, reason: UnsoldReason): Promise<LeadOutcome> {
  const end = await closeAs(run, reason);
  if ('kind' in end) return end;
  throw new Error('a lead that must not wait was left waiting');
}

async function closeAs(run: Run, reason: UnsoldReason, wait?: Wait): Promise<LeadOutcome | Wait> {
  const { leadId } = run.lead;
  for (;;) {
    const closing = await step(wait ? 'keep it for later' : 'close').closeLead({
      leadId,
      round: run.round,
      unsold: { kind: 'unsold', reason },
      verdicts: run.unsaved,
      ...(wait && { wait }),
    });
    run.unsaved = [];
    if (closing.kind === 'closed') return closing.outcome;
    if (closing.kind === 'waiting') return closing.wait;
    const doubts = run.offers.filter(isInDoubt);
    if (doubts.length === 0) throw new Error('a lead in doubt without an offer in doubt');
    // Runs begun before a doubt had terms wait for the first one alone.
    const all = doubts.every(({ report }) => report.resolve);
    await awaitDoubt(run, all ? doubts : doubts.slice(0, 1));
  }
}

function tell(outcome: LeadOutcome, run?: Run): void {
  const accepted = run?.offers.find(({ report }) => report.kind === 'accepted')?.report;
  // Why it waited is past.
  const noReason = run && run.round > 1 ? [{ key: ReasonCodeKey, value: null }] : [];
  upsertSearchAttributes([
    { key: LeadStatusKey, value: outcome.kind },
    ...('reason' in outcome ? [{ key: ReasonCodeKey, value: outcome.reason }] : noReason),
    ...(accepted?.kind === 'accepted' ? [{ key: BuyerKey, value: accepted.buyerId }] : []),
  ]);
}
