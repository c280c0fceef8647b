// The life of a lead as src/workflows/distribute-lead.ts has it, cut down to what the bench's world
// needs, as plain calls: one ping-post stage after the other, exclusive sales, one push per target.

import type { ActivityDeps } from '../../src/activities/deps.ts';
import { contractOf } from '../../src/activities/cases.ts';
import type { LeadSteps } from '../../src/activities/index.ts';
import { parcelFor } from '../../src/activities/parcel.ts';
import { loadSale, recordDelivery } from '../../src/db/deliveries.ts';
import { jsonAdapter } from '../../src/delivery/json.ts';
import type { LeadId } from '../../src/domain/ids.ts';
import type { Score } from '../../src/domain/lead.ts';
import { candidatesOf } from '../../src/domain/outcome.ts';
import type { Distribution } from '../../src/workflows/messages.ts';

const ROUND = 1;

/** Distributes one lead after the other's steps, in the order of the workflow. */
export function createDistribution(deps: ActivityDeps, activities: LeadSteps) {
  return async ({ leadId, stages }: Distribution): Promise<void> => {
    const validation = await activities.validateLead(leadId);
    if (validation.kind === 'refused') return;
    const score = await activities.scoreLead(leadId);
    for (const stage of stages) {
      const soldTo = await runStage(activities, { leadId, stage, score });
      if (soldTo !== undefined) return push(deps, leadId, soldTo);
    }
    const unsold = { kind: 'unsold', reason: 'no_bids' } as const;
    await activities.closeLead({ leadId, round: ROUND, unsold, verdicts: [] });
  };
}

/** The contract that bought the lead in this stage, if one did. */
async function runStage(
  activities: LeadSteps,
  { leadId, stage, score }: { leadId: LeadId; stage: string; score: Score },
): Promise<string | undefined> {
  const at = { leadId, round: ROUND, stage };
  const route = await activities.routeLead({ ...at, score: score.score });
  const auction = await activities.runAuction({ ...at, order: route.order });
  // The first offer stores what was decided on the way to it.
  let verdicts = [
    { step: 'score', verdict: score as unknown },
    { step: `route/${stage}`, verdict: route },
    { step: `auction/${stage}`, verdict: auction },
  ];
  for (const [index, candidate] of candidatesOf(route, auction).entries()) {
    const { contractId } = candidate;
    const offer = { ...at, contractId, position: index + 1, candidate, verdicts };
    const report = await activities.offerLead(offer);
    if (report.kind === 'accepted') return contractId;
    verdicts = [];
  }
  return undefined;
}

/** One try per target, after the answer. */
async function push(
  { cases, pool, send }: ActivityDeps,
  leadId: LeadId,
  contractId: string,
): Promise<void> {
  const known = await cases.of(leadId);
  for (const { name: target, step } of contractOf(known, contractId).deliveries) {
    if (step.adapter !== 'json') throw new Error(`the baseline pushes no ${step.adapter}`);
    const sale = await loadSale(pool, leadId, contractId);
    const parcel = parcelFor(known, step, { contractId, round: sale.round, withPerson: true });
    const { timeoutMs } = step;
    const reply = await send(jsonAdapter.buildDelivery(parcel, step, sale), { timeoutMs });
    const delivered = reply.kind === 'answer' && reply.reply.status < 300;
    const said = delivered
      ? ({ state: 'delivered', detail: `HTTP ${reply.reply.status} after 1 try` } as const)
      : ({ state: 'failed', detail: reply.kind } as const);
    await recordDelivery(pool, { leadId, contractId, target, tries: 1, ...said });
  }
}
