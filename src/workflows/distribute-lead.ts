// One lead, from intake to its end. The steps decide nothing here: each activity stores what it
// decided before anyone sees it, and the attempt row decides whether anything may be sent again.

import {
  condition,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { ContractId, LeadId, OfferKey } from '../domain/ids.ts';
import type { Candidate, LeadOutcome, Score, Validation } from '../domain/lead.ts';
import {
  candidatesOf,
  outcomeOf,
  placesTaken,
  type Offered,
  type OfferReport,
} from '../domain/outcome.ts';
import { describeLead, describeRefusal, type LeadStory } from '../domain/story.ts';
import {
  attemptSettled,
  BuyerKey,
  type Distribution,
  LeadStatusKey,
  ReasonCodeKey,
} from './messages.ts';
import { deliver, later, offerSummary, step } from './steps.ts';

// A later pass over the routing will number itself 2; until then every lead has one.
const ROUND = 1;
const MAX_WAIT_S = 300;

interface Verdict {
  readonly step: string;
  readonly verdict: unknown;
}

/** What this run knows; all of it stands in the history. */
interface Run {
  readonly lead: Distribution;
  readonly score: Score;
  readonly offers: Offered[];
  /** Decided and not stored yet: the next write takes them along. */
  unsaved: Verdict[];
  readonly story: LeadStory;
  /** Contracts whose doubt was settled outside this run. */
  readonly settled: ReadonlySet<ContractId>;
}

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

/** One stage: who may buy, what they bid, and the offers in order until the lead is full. */
async function runStage(run: Run, stage: string): Promise<void> {
  const { lead } = run;
  const at = { leadId: lead.leadId, round: ROUND, stage };
  const route = await step(`who may buy? ${stage}`).routeLead({ ...at, score: run.score.score });
  // A drawn turn was stored with its draw.
  if (route.turn === undefined) run.unsaved.push({ step: `route/${stage}`, verdict: route });
  const told: LeadStory['stages'][number] = { route };
  run.story.stages.push(told);
  if (lead.test || route.order.length === 0) return;

  let order: readonly Candidate[] = candidatesOf(route);
  if (route.method === 'ping_post') {
    const auction = await step(`ping ${route.order.length} buyers`).runAuction({
      ...at,
      order: route.order,
    });
    run.unsaved.push({ step: `auction/${stage}`, verdict: auction });
    told.auction = auction;
    order = candidatesOf(route, auction);
  }
  for (let waitS = 1; order.length > 0; waitS = Math.min(waitS * 2, MAX_WAIT_S)) {
    order = await offerInOrder(run, stage, order);
    // Caps that did not answer close nothing: these contracts are tried again.
    if (order.length === 0) break;
    show(run);
    await sleep(waitS * 1000);
  }
}

/** Offers until the lead is full; returns the candidates whose caps did not answer. */
async function offerInOrder(
  run: Run,
  stage: string,
  order: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const unknown: Candidate[] = [];
  for (const [index, candidate] of order.entries()) {
    if (placesTaken(run.offers) >= run.lead.places) return [];
    const report = await offer(run, stage, { candidate, position: index + 1 });
    record(run, candidate, report);
    if (report.kind === 'not_offered' && report.reason === 'cap_unknown') unknown.push(candidate);
    if (report.kind === 'in_doubt' && placesTaken(run.offers) >= run.lead.places) {
      await awaitDoubt(run, { candidate, report });
    }
  }
  return unknown;
}

async function offer(
  run: Run,
  stage: string,
  { candidate, position }: { candidate: Candidate; position: number },
): Promise<OfferReport> {
  const { leadId } = run.lead;
  const key = { leadId, contractId: candidate.contractId, round: ROUND };
  const terms = { ...key, stage, position, candidate };
  const summary = offerSummary(candidate);
  let report: OfferReport;
  if (candidate.slow) {
    // The input of a regular activity stands in the history, so verdicts are stored on their own.
    await step('store what was decided').recordVerdicts({ ...key, verdicts: run.unsaved });
    show(run);
    report = await later(summary, { maximumAttempts: 2 }).offerLead({ ...terms, verdicts: [] });
  } else {
    report = await step(summary).offerLead({ ...terms, verdicts: run.unsaved });
  }
  // Fails this workflow task, not the workflow: its steps run again and read what is stored.
  if (report.superseded) throw new Error('another run stored its verdicts first: starting over');
  run.unsaved = [];
  if (!report.unsettled) return report;
  // The answer is known and PostgreSQL was away: it is written down before anything else happens.
  return later(`write down: ${report.kind}`).settleOffer({ key, report });
}

function record(run: Run, candidate: Candidate, report: OfferReport): void {
  const index = run.offers.findIndex((offered) => offered.candidate === candidate);
  run.offers.splice(index < 0 ? run.offers.length : index, 1, { candidate, report });
}

type Doubted = Offered & { readonly report: OfferReport & { kind: 'in_doubt' } };

function isInDoubt(offered: Offered): offered is Doubted {
  return offered.report.kind === 'in_doubt';
}

/** Waits, for days if need be, until someone knows whether the buyer has the lead. */
async function awaitDoubt(run: Run, doubted: Doubted): Promise<void> {
  const { buyerId } = doubted.report;
  upsertSearchAttributes([
    { key: LeadStatusKey, value: 'in_doubt' },
    ...(buyerId ? [{ key: BuyerKey, value: buyerId }] : []),
  ]);
  show(run);
  await learn(run, doubted, step('the doubt was settled').readOffer);
}

/** What became of an offer in doubt, once that is settled outside this run. */
async function learn(
  run: Run,
  { candidate }: Doubted,
  readOffer: (key: OfferKey) => Promise<OfferReport>,
): Promise<Offered> {
  await condition(() => run.settled.has(candidate.contractId));
  const key = { leadId: run.lead.leadId, contractId: candidate.contractId, round: ROUND };
  const report = await readOffer(key);
  record(run, candidate, report);
  return { candidate, report };
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

/**
 * Tells the story so far. Called where the run ends or waits: between two local steps nobody can
 * read it.
 */
function show(run: Run, outcome?: LeadOutcome): void {
  setCurrentDetails(describeLead(run.story, outcome));
}
