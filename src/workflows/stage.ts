// One stage of a lead: who may buy, what they bid, and the offers in order until the lead is full.

import { sleep } from '@temporalio/workflow';
import type { Candidate, StageLimits, StageRoute } from '../domain/lead.ts';
import {
  candidatesOf,
  nextCandidate,
  type OfferReport,
  placesTaken,
  reasonsSoFar,
  routeStepOf,
  stopOf,
} from '../domain/outcome.ts';
import type { LeadStory } from '../domain/story.ts';
import { awaitDoubt, isInDoubt } from './doubt.ts';
import { record, type Run, show } from './run.ts';
import { later, offerSummary, step } from './steps.ts';

const MAX_WAIT_S = 300;

/** One part of a stage, being offered. */
interface Part {
  readonly told: LeadStory['stages'][number];
  /** When the stage began; absent in histories begun before stages had limits. */
  readonly begunAtMs: number | undefined;
  readonly limits: StageLimits | undefined;
  /** How many offers the lead had before the stage. */
  readonly offersBefore: number;
}

/** One stage: who may buy, what they bid, and the offers in order until the lead is full. */
export async function runStage(run: Run, stage: string): Promise<void> {
  const first = await routePart(run, stage);
  const { atMs: begunAtMs, limits } = first;
  const offersBefore = run.offers.length;
  // A waterfall decides its tiers one after the other: a turn is drawn when the lead comes to it.
  for (let route = first; ; route = await routePart(run, stage, route)) {
    const told: LeadStory['stages'][number] = { route };
    run.story.stages.push(told);
    await runPart(run, { told, begunAtMs, limits, offersBefore });
    if (!route.rest || told.stopped || placesTaken(run.offers) >= run.plan.places) return;
  }
}

async function routePart(run: Run, stage: string, behind?: StageRoute): Promise<StageRoute> {
  const { lead, score } = run;
  // Overflow stages ask for it, and only with their first part.
  const came = behind ? [] : reasonsSoFar({ stages: run.story.stages, offers: run.offers });
  const part = behind ? `, part ${(behind.part ?? 1) + 1}` : '';
  const route = await step(`who may buy? ${stage}${part}`).routeLead({
    ...{ leadId: lead.leadId, round: run.round, stage, score: score.score },
    ...(behind && { behind }),
    ...(came.length > 0 && { came }),
    ...(placesTaken(run.offers) > 0 && { isShared: true }),
  });
  // A drawn turn was stored with its draw.
  if (route.turn === undefined) {
    run.unsaved.push({ step: routeStepOf(stage, route.part), verdict: route });
  }
  return route;
}

async function runPart(run: Run, part: Part): Promise<void> {
  const { lead } = run;
  const { route } = part.told;
  const { stage } = route;
  if (lead.test || route.order.length === 0) return;

  let order: readonly Candidate[] = candidatesOf(route);
  if (route.method === 'ping_post') {
    const auction = await step(`ping ${route.order.length} buyers`).runAuction({
      ...{ leadId: lead.leadId, round: run.round, stage },
      order: route.order,
      ...(route.terms && { terms: route.terms }),
    });
    run.unsaved.push({ step: `auction/${stage}`, verdict: auction });
    part.told.auction = auction;
    order = candidatesOf(route, auction);
  }
  for (let waitS = 1; order.length > 0; waitS = Math.min(waitS * 2, MAX_WAIT_S)) {
    order = await offerInOrder(run, part, order);
    // Caps that did not answer close nothing: these contracts are tried again.
    if (order.length === 0) break;
    show(run);
    await sleep(waitS * 1000);
  }
}

/** Offers until the lead is full; returns the candidates whose caps did not answer. */
async function offerInOrder(
  run: Run,
  part: Part,
  order: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const { told, limits, begunAtMs, offersBefore } = part;
  const { auction } = told;
  const unknown: Candidate[] = [];
  const left = [...order];
  for (;;) {
    const { places } = run.plan;
    const candidate = nextCandidate(left, { auction, offers: run.offers, places });
    if (!candidate) return left.length > 0 && placesTaken(run.offers) >= places ? [] : unknown;
    left.splice(left.indexOf(candidate), 1);
    const untilMs =
      limits?.budgetMs !== undefined && begunAtMs !== undefined
        ? begunAtMs + limits.budgetMs
        : undefined;
    const report = await offer(run, told.route.stage, {
      candidate,
      position: order.indexOf(candidate) + 1,
      untilMs,
    });
    record(run, candidate, report);
    if (report.kind === 'not_offered' && report.reason === 'cap_unknown') unknown.push(candidate);
    const offered = { candidate, report };
    if (isInDoubt(offered) && placesTaken(run.offers) >= run.plan.places) {
      await awaitDoubt(run, [offered]);
    }
    const stopped = stopOf(limits, run.offers.slice(offersBefore));
    if (stopped) {
      told.stopped = stopped;
      return [];
    }
  }
}

async function offer(
  run: Run,
  stage: string,
  at: { candidate: Candidate; position: number; untilMs: number | undefined },
): Promise<OfferReport> {
  const { candidate, position, untilMs } = at;
  const { leadId } = run.lead;
  const key = { leadId, contractId: candidate.contractId, round: run.round };
  const score = run.score.score;
  const late = untilMs === undefined ? {} : { untilMs };
  const terms = { ...key, stage, position, candidate, score, ...late };
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
