// From what is stored about a lead to what an operator reads. Nothing is decided here: the verdicts
// say why, and only what never came to a verdict is worked out, from the routing of its version.

import type { LeadTrace, TracedAttempt } from '../../db/reading/trace.ts';
import type { Auction, Check, Score, StageRoute, Validation } from '../../domain/lead.ts';
import { candidatesOf } from '../../domain/outcome.ts';
import type { Wait } from '../../domain/waiting.ts';
import { masked } from '../../domain/fields/secret.ts';
import type { World } from '../../domain/world/world.ts';
import { contractLines, type DecidedStage, whyOf } from './contract-lines.ts';
import { leadAnswer } from '../lead-answer.ts';
import { toFeedbackLine, toScoreBody } from './score-body.ts';
import type { AttemptBody, LeadTraceBody, StageBody, WaitBody } from '../wire/trace.ts';
import { toTime, toTimeOrNull } from '../wire/words.ts';

/** The trace on the wire. `world` is the version that the lead was routed by. */
export function toTraceBody(
  trace: LeadTrace,
  world: World | undefined,
  ui: { readonly temporalUiUrl: string | null; readonly namespace: string },
): LeadTraceBody {
  const { lead } = trace;
  const validation = findVerdict<Validation>(trace, 'validation');
  const checks = validation?.checks ?? [];
  const score = findVerdict<Score>(trace, 'score');
  const stages = decidedStages(trace, world);
  const workflowId = `lead/${lead.id}`;
  const { temporalUiUrl, namespace } = ui;
  const at = `namespaces/${encodeURIComponent(namespace)}/workflows`;
  return {
    id: lead.id,
    public_no: trace.publicNo,
    status: trace.status,
    answer: leadAnswer(lead.id, trace.outcome ?? 'pending', trace.unknownFields),
    campaign: lead.campaignId,
    source: lead.sourceId,
    sub_source: lead.subSource,
    external_id: lead.externalId,
    test: lead.test,
    asking_cents: lead.askingCents,
    received_at: toTime(lead.receivedAtMs),
    settled_at: toTimeOrNull(trace.settledAtMs),
    round: trace.round,
    world_version: lead.worldVersion,
    workflow: {
      id: workflowId,
      url: temporalUiUrl && `${temporalUiUrl}/${at}/${encodeURIComponent(workflowId)}`,
    },
    fields: masked(lead.fields, fieldsOf(world, lead.campaignId)),
    problems: [...lead.problems],
    unknown_fields: [...trace.unknownFields],
    behaviour: lead.behaviour,
    consent: lead.consent,
    checks: [...checks.map(({ hints: _, ...line }) => line), ...retainedOf(trace)],
    hints: checks.flatMap(({ hints = [] }) => hints),
    duplicate_of: validation?.kind === 'refused' ? (validation.of ?? null) : null,
    score: toScoreBody(score, trace),
    contracts: contractLines({ trace, world, stages }),
    stages: stages.map((stage) => toStageBody(stage, world)),
    waits: waitsOf(trace),
    actions: trace.actions.map(({ atMs, ...rest }) => ({ ...rest, at: toTime(atMs) })),
    ...toRows(trace),
    feedback: trace.feedback.map(toFeedbackLine),
    money: moneyOf(trace),
  };
}

function fieldsOf(world: World | undefined, campaignId: string) {
  const vertical = world?.campaigns[campaignId]?.vertical;
  return vertical === undefined ? undefined : world?.verticals[vertical]?.fields;
}

/**
 * A verdict by its step, of the last round: stored by the activities in the types of
 * src/domain/lead.ts, under these names.
 */
export function findVerdict<T>({ verdicts }: LeadTrace, step: string): T | undefined {
  return verdicts.findLast((stored) => stored.step === step)?.verdict as T | undefined;
}

/** What became of the lead's certificates after its sale. */
function retainedOf({ verdicts }: LeadTrace): Check[] {
  return verdicts.flatMap(({ step, verdict }) =>
    step.startsWith('lookup/') ? [verdict as Check] : [],
  );
}

const ROUTE = 'route/';
/** In the order of rounds and of the campaign's stages: verdicts are stored in batches. */
function decidedStages(trace: LeadTrace, world: World | undefined): readonly DecidedStage[] {
  const routing = world?.campaigns[trace.lead.campaignId]?.routing ?? [];
  const place = (name: string) => routing.findIndex((stage) => stage.name === name);
  const stages = trace.verdicts.flatMap(({ round, step, verdict }): DecidedStage[] => {
    if (!step.startsWith(ROUTE)) return [];
    const auction = trace.verdicts.find(
      (other) => other.round === round && other.step === `auction/${step.slice(ROUTE.length)}`,
    );
    const [route, bids] = [verdict as StageRoute, auction?.verdict as Auction | undefined];
    return [{ round, route, auction: bids }];
  });
  return stages.sort(
    (a, b) =>
      a.round - b.round ||
      place(a.route.stage) - place(b.route.stage) ||
      (a.route.part ?? 1) - (b.route.part ?? 1),
  );
}

function toStageBody({ round, route, auction }: DecidedStage, world: World | undefined): StageBody {
  const candidates = candidatesOf(route, auction);
  // Of several prices of one contract the best counts.
  const best = candidates.toReversed();
  const prices = new Map(best.map((each) => [each.contractId, each.priceCents]));
  return {
    round,
    stage: route.stage,
    method: route.method,
    turn: route.turn ?? null,
    tier: route.tier ?? null,
    order: (auction?.ranked ?? route.order).map((contractId) => ({
      contract: contractId,
      buyer: world?.contracts[contractId]?.buyer ?? '',
      // Before the bids are in, nobody has named a price.
      price_cents: prices.get(contractId) ?? null,
    })),
    why_not: route.refused.map(({ contractId, reason, detail }) => ({
      contract: contractId,
      ...whyOf({ reason, detail }),
    })),
    auction: auction ? toAuctionBody(auction) : null,
  };
}

function toAuctionBody(auction: Auction): NonNullable<StageBody['auction']> {
  const ranks = new Map(auction.ranked.map((contractId, index) => [contractId, index + 1]));
  const bids = auction.pings.map((ping) => ({
    contract: ping.contractId,
    rank: ranks.get(ping.contractId) ?? null,
    price_cents: ping.priceCents ?? null,
    ms: ping.ms,
    ...whyOf(ping.kind === 'bid' ? {} : ping),
  }));
  const last = Number.MAX_SAFE_INTEGER;
  bids.sort(
    (a, b) =>
      (a.rank ?? last) - (b.rank ?? last) ||
      (b.price_cents ?? -1) - (a.price_cents ?? -1) ||
      (a.contract < b.contract ? -1 : 1),
  );
  const { floorCents, ms, closedEarly = false, firstSaleCents, pick = 'price' } = auction;
  return {
    floor_cents: floorCents,
    first_sale_cents: firstSaleCents ?? null,
    ...{ ms, closed_early: closedEarly, pick, bids },
    offers: (auction.offers ?? []).map((offer) => ({
      contract: offer.contractId,
      price_cents: offer.priceCents,
      ranks_as_cents: offer.rankCents ?? offer.priceCents,
      shared: offer.shared ?? false,
    })),
  };
}

function waitsOf({ verdicts }: LeadTrace): WaitBody[] {
  return verdicts.flatMap(({ round, step, verdict }) => {
    if (step !== 'wait') return [];
    const { reason, sinceMs, wakeAtMs, untilMs, for: reasons } = verdict as Wait;
    const why = whyOf({ reason });
    return {
      ...{ round, reason: why.reason, reason_text: why.reason_text },
      ...{ since: toTime(sinceMs), wakes_at: toTime(wakeAtMs), until: toTime(untilMs) },
      for: reasons.map(({ contractId, untilMs: passesMs, ...each }) => ({
        ...{ contract: contractId, ...whyOf(each) },
        until: toTimeOrNull(passesMs ?? null),
      })),
    };
  });
}

function toRows(trace: LeadTrace) {
  return {
    attempts: trace.attempts.map(toAttemptBody),
    sales: trace.sales.map((sale) => ({
      contract: sale.contractId,
      buyer: sale.buyerId,
      price_cents: sale.priceCents,
      payout_cents: sale.payoutCents,
      reference: sale.reference,
      sold_at: toTime(sale.soldAtMs),
    })),
    transfers: trace.transfers.map(({ amountCents, postedAtMs, ...rest }) => ({
      ...rest,
      amount_cents: amountCents,
      posted_at: toTime(postedAtMs),
    })),
    deliveries: trace.deliveries.map(({ contractId, atMs, nextTryAtMs, ...rest }) => ({
      contract: contractId,
      ...rest,
      at: toTime(atMs),
      next_try_at: nextTryAtMs === null ? null : toTime(nextTryAtMs),
    })),
  };
}

function toAttemptBody(attempt: TracedAttempt): AttemptBody {
  const { result } = attempt;
  return {
    contract: attempt.contractId,
    buyer: attempt.buyerId,
    round: attempt.round,
    stage: attempt.stage,
    position: attempt.position,
    state: attempt.state,
    exclusive: attempt.exclusive,
    place: attempt.place,
    price_cents: attempt.priceCents,
    bid_id: attempt.bidId,
    reference: result?.kind === 'accepted' ? result.reference : null,
    ms: result && 'ms' in result ? result.ms : null,
    ...whyOf(result && 'reason' in result ? result : {}),
    planned_at: toTime(attempt.plannedAtMs),
    sent_at: toTimeOrNull(attempt.sentAtMs),
    settled_at: toTimeOrNull(attempt.settledAtMs),
  };
}

function moneyOf({ transfers }: LeadTrace): LeadTraceBody['money'] {
  const posted = transfers.filter(({ state }) => state === 'posted');
  const sum = (kind: 'charge' | 'payout') =>
    posted.reduce((total, one) => (one.kind === kind ? total + one.amountCents : total), 0);
  const [revenue, payout] = [sum('charge'), sum('payout')];
  return { revenue_cents: revenue, payout_cents: payout, margin_cents: revenue - payout };
}
