// One stage of a lead: who may buy, what they bid, and the offers in order until the lead is full.

import { sleep } from '@temporalio/workflow';
import type { Candidate } from '../domain/lead.ts';
import { candidatesOf, type OfferReport, placesTaken } from '../domain/outcome.ts';
import type { LeadStory } from '../domain/story.ts';
import { awaitDoubt, record, ROUND, type Run, show } from './run.ts';
import { later, offerSummary, step } from './steps.ts';

const MAX_WAIT_S = 300;

/** One stage: who may buy, what they bid, and the offers in order until the lead is full. */
export async function runStage(run: Run, stage: string): Promise<void> {
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
