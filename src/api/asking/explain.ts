// The route of explanations: which contracts a lead may go to, why it may not go to the others, and
// in which order it would be offered.

import type { ContractId } from '../../domain/ids.ts';
import { candidatesOf } from '../../domain/outcome.ts';
import type { World } from '../../domain/world/world.ts';
import { type ExplainedStage, explainStage } from '../../routing/explain.ts';
import type { ApiDeps } from '../deps.ts';
import { expectBody } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { reasonsOf } from '../reading/score-body.ts';
import { whyOf } from '../reading/contract-lines.ts';
import { explainBody } from '../wire/explain.ts';
import type { ExplainedContract, ExplainedStageBody, Explanation } from '../wire/explain.ts';
import type { IneligibleReason } from '../../domain/reasons.ts';
import { toTime } from '../wire/words.ts';
import { gather, type Inquiry, type StageInquiry } from './inquiry.ts';

const MAX_BODY_BYTES = 64 * 1024;

export function createExplainRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/explain',
      access: 'operator',
      maxBodyBytes: deps.maxBodyBytes ?? MAX_BODY_BYTES,
      handle: async (req, res) => {
        res.json(explain(await gather(deps, expectBody(explainBody, req))));
      },
    },
  ];
}

/** Explains every stage in order. */
export function explain(inquiry: Inquiry): Explanation {
  const { rules, lead, score } = inquiry;
  const points = score.reasons.length > 0 ? reasonsOf(score) : [];
  return {
    lead: inquiry.isStored ? lead.id : null,
    campaign: lead.campaignId,
    source: lead.sourceId,
    world_version: rules.version,
    as_of: inquiry.asOf,
    caps: inquiry.caps,
    note: inquiry.note,
    problems: lead.problems.map(({ field, reason, says }) => ({ field, reason, says })),
    unknown_fields: [...inquiry.unknownFields],
    duplicate_of: inquiry.duplicateOf,
    score: {
      score: score.score,
      band: score.band,
      reasons: points.map(([given, says]) => ({ says, points: given })),
    },
    stages: explainStages(inquiry),
  };
}

function explainStages(inquiry: Inquiry): ExplainedStageBody[] {
  const { rules, campaign, lead, score } = inquiry;
  const came: IneligibleReason[] = [];
  return inquiry.stages.map((asked) => {
    const explained = explainStage(rules, {
      ...{ campaign, stage: asked.stage, lead, score: score.score, came: [...came] },
      ...asked.known,
    });
    came.push(...explained.route.refused.map(({ reason }) => reason));
    return toStage(inquiry, asked, explained);
  });
}

function toStage(
  { rules }: Inquiry,
  { stage, known, reached, storedOrder }: StageInquiry,
  explained: ExplainedStage,
): ExplainedStageBody {
  const { route, auction, ordered } = explained;
  return {
    stage: stage.name,
    method: stage.method,
    at: toTime(known.atMs),
    reached,
    turn: route.turn ?? null,
    floor_cents: auction?.floorCents ?? null,
    note: ordered === route.order.length ? null : noteOn(storedOrder),
    contracts: contractsOf(rules.world, explained, storedOrder),
  };
}

function noteOn(storedOrder: readonly string[] | undefined): string {
  return storedOrder
    ? 'the order is the stored one: what its members were owed was not noted then'
    : 'the order goes by turns, and nobody knows whose turn it would be';
}

/** Whoever is offered the lead, in order; then who would be asked, whose bid fails, who may not. */
function contractsOf(
  world: World,
  { route, auction, toAsk, ordered }: ExplainedStage,
  storedOrder: readonly ContractId[] | undefined,
): ExplainedContract[] {
  const ranked = auction ? candidatesOf(route, { ...auction, stage: route.stage, ms: 0 }) : [];
  // One that bid several prices stands here once, with the one it is offered first.
  const placed = auction ? [...new Set(ranked.map(({ contractId }) => contractId))] : route.order;
  const isOrdered = ordered === route.order.length;
  const order = isOrdered ? placed : (storedOrder ?? route.order);
  const prices = new Map(
    ranked.toReversed().map(({ contractId, priceCents }) => [contractId, priceCents]),
  );
  const isAsking = !auction && toAsk.length > 0;
  const known = isOrdered ? order.length : (storedOrder?.length ?? ordered);
  const ranks = isAsking ? 0 : known;
  const asked = new Set(toAsk);
  const of = (contractId: ContractId): ExplainedContract => ({
    contract: contractId,
    name: world.contracts[contractId]?.name ?? contractId,
    buyer: world.contracts[contractId]?.buyer ?? '',
    eligible: true,
    rank: null,
    price_cents: prices.get(contractId) ?? route.terms?.[contractId]?.priceCents ?? null,
    asks: asked.has(contractId),
    ...{ reason: null, reason_text: null, detail: null, until: null },
  });
  const noBids = (auction?.pings ?? []).flatMap((ping): ExplainedContract[] => {
    if (ping.kind === 'bid') return [];
    const { contractId, reason, detail, priceCents = null } = ping;
    const why = whyOf({ reason, ...(detail !== undefined && { detail }) });
    return [{ ...of(contractId), price_cents: priceCents, ...why, reason }];
  });
  const refused = route.refused.map(({ contractId, reason, detail, untilMs }) => ({
    ...of(contractId),
    ...whyOf({ reason, detail }),
    ...{ eligible: false, price_cents: null, reason },
    until: untilMs === undefined ? null : toTime(untilMs),
  }));
  const inOrder = order.map((contractId, index) => {
    return { ...of(contractId), rank: index < ranks ? index + 1 : null };
  });
  const unasked = auction ? toAsk.map(of) : [];
  return [...inOrder, ...unasked, ...noBids, ...refused];
}
