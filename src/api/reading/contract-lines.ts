// One line per contract of the campaign: how far it came with the lead, and the one reason why it
// did not get further. What no verdict speaks about was never reached.

import type { LeadTrace, TracedAttempt } from '../../db/reading/trace.ts';
import type { BuyerId, ContractId } from '../../domain/ids.ts';
import type { Auction, StageRoute, Tier } from '../../domain/lead.ts';
import { type Reason, sentenceOf } from '../../domain/reasons.ts';
import type { World } from '../../domain/world/world.ts';
import { CONTRACT_RESULTS } from '../wire/trace.ts';
import type { ContractLine } from '../wire/trace.ts';

/** One stage of one round as it was decided. */
export interface DecidedStage {
  readonly round: number;
  readonly route: StageRoute;
  readonly auction: Auction | undefined;
}

interface Told {
  readonly trace: LeadTrace;
  readonly world: World | undefined;
  readonly stages: readonly DecidedStage[];
}

/** What one record says about a contract. */
interface Fact {
  readonly stage: string | null;
  readonly result: ContractLine['result'];
  readonly priceCents?: number;
  readonly reason?: Reason;
  readonly detail?: string;
}

/** Lines in the order of the campaign's stages, then of the contracts' keys. */
export function contractLines(told: Told): ContractLine[] {
  return contractsOf(told).map(({ id, name, buyerId, stage }) => {
    const facts = factsAbout(id, told);
    const fact = facts.sort(byResult).at(-1) ?? unreached(stage, told.trace);
    return {
      contract: id,
      name,
      buyer: buyerId,
      stage: fact.stage,
      result: fact.result,
      price_cents: fact.priceCents ?? null,
      ...whyOf(fact),
    };
  });
}

interface KnownContract {
  readonly id: ContractId;
  readonly name: string;
  readonly buyerId: BuyerId;
  readonly stage: string | null;
}

function contractsOf({ trace, world, stages }: Told): readonly KnownContract[] {
  const routing = world?.campaigns[trace.lead.campaignId]?.routing ?? [];
  const known = Object.entries(world?.contracts ?? {}).flatMap(([id, contract]) => {
    if (contract.campaign !== trace.lead.campaignId) return [];
    const index = routing.findIndex(({ contracts }) => contracts.includes(id));
    const stage = routing[index]?.name ?? null;
    return [{ id, name: contract.name, buyerId: contract.buyer, stage, index }];
  });
  const last = routing.length;
  const place = ({ index }: { index: number }) => (index < 0 ? last : index);
  known.sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
  if (world) return known;
  // The version is gone: what was recorded still stands.
  const seen = new Map<ContractId, KnownContract>();
  const see = (id: ContractId, stage: string) => seen.set(id, { id, name: id, buyerId: '', stage });
  for (const { route } of stages) {
    for (const { contractId } of route.refused) see(contractId, route.stage);
    for (const contractId of route.order) see(contractId, route.stage);
  }
  return [...seen.values()];
}

function factsAbout(id: ContractId, { trace, stages }: Told): Fact[] {
  const attempted = trace.attempts.filter(({ contractId }) => contractId === id).map(toFact);
  const decided = stages.flatMap(({ route, auction }): Fact[] => {
    const { stage } = route;
    const refused = route.refused.find(({ contractId }) => contractId === id);
    if (refused) {
      return [{ stage, result: 'not_eligible', reason: refused.reason, detail: refused.detail }];
    }
    const ping = auction?.pings.find(({ contractId }) => contractId === id);
    if (ping?.kind === 'no_bid') {
      const { reason, detail, priceCents } = ping;
      return [
        {
          stage,
          result: 'no_bid',
          reason,
          ...(detail !== undefined && { detail }),
          ...(priceCents !== undefined && { priceCents }),
        },
      ];
    }
    const listed = route.order.includes(id) || route.rest?.some((tier) => isIn(tier, id));
    return listed && attempted.length === 0 ? [notOffered(id, route, trace)] : [];
  });
  return [...decided, ...attempted];
}

function toFact({ stage, state, priceCents, result }: TracedAttempt): Fact {
  const at = { stage, priceCents };
  if (state === 'accepted') return { ...at, result: 'sold' };
  const why = result && 'reason' in result ? result : undefined;
  const because = why ? { reason: why.reason, detail: why.detail } : {};
  if (why?.kind === 'not_offered') return { ...at, result: 'not_offered', ...because };
  // A plan that was dropped when the lead was settled without it.
  if (state === 'not_sent' && !result)
    return { ...at, result: 'not_offered', reason: 'not_offered' };
  return { ...at, result: state, ...because };
}

function isIn({ contracts }: Tier, id: ContractId): boolean {
  return contracts.includes(id);
}

/** What came of a test lead at the contracts' test addresses, in words. */
interface Tried {
  readonly contracts: Readonly<Record<ContractId, string>>;
}

function notOffered(id: ContractId, { stage, limits }: StageRoute, trace: LeadTrace): Fact {
  const { outcome, lead, attempts } = trace;
  if (!outcome) return { stage, result: 'waiting' };
  if (lead.test) {
    const tried = trace.verdicts.find(({ step }) => step === 'test')?.verdict as Tried | undefined;
    const detail = tried?.contracts[id];
    const why = { stage, result: 'not_offered', reason: 'test_lead' } as const;
    return detail === undefined ? why : { ...why, detail };
  }
  const sold = outcome.kind === 'sold';
  const offers = attempts.filter((attempt) => attempt.stage === stage);
  const isLate = offers.some(
    ({ result }) => result?.kind === 'not_offered' && result.reason === 'budget_used',
  );
  if (isLate) return { stage, result: 'not_offered', reason: 'budget_used' };
  const rejections = offers.filter(({ state }) => state === 'rejected').length;
  if (!sold && limits?.rejections !== undefined && rejections >= limits.rejections) {
    const detail = `${rejections} rejections`;
    return { stage, result: 'not_offered', reason: 'rejections_reached', detail };
  }
  return { stage, result: 'not_offered', ...(sold && { reason: 'not_offered' }) };
}

function unreached(stage: string | null, { outcome }: LeadTrace): Fact {
  if (stage === null) {
    const detail = 'no stage of the campaign names it';
    return { stage, result: 'not_reached', reason: 'stage_not_reached', detail };
  }
  if (!outcome) return { stage, result: 'waiting' };
  const reason = outcome.kind === 'sold' ? 'sold_before_its_stage' : 'stage_not_reached';
  return { stage, result: 'not_reached', reason };
}

function byResult(a: Fact, b: Fact): number {
  return CONTRACT_RESULTS.indexOf(a.result) - CONTRACT_RESULTS.indexOf(b.result);
}

/** A reason as its code, its sentence and its detail; all null where there is none. */
export function whyOf({ reason, detail }: { reason?: Reason; detail?: string }) {
  return {
    reason: reason ?? null,
    reason_text: reason ? sentenceOf(reason) : null,
    detail: detail || null,
  };
}
