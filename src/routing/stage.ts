// One stage of one lead, decided: who may buy, on which terms, in which order. Pure: the moment,
// the state of the caps and a rotation's credits are arguments, so that routing, explaining and
// simulating a lead are one piece of code.

import type { ContractId } from '../domain/ids.ts';
import type { Lead, StageRoute, Terms, Tier, WhyNot } from '../domain/lead.ts';
import { type Cents, dollars, highest, ZERO } from '../domain/money.ts';
import { askingFloor, type MarginFloors, marginFloors } from '../domain/routing/pricing.ts';
import { creditLimitOf, type Credits, drawTurn, type Member } from '../domain/routing/rotation.ts';
import { firstPart, tiersOf } from '../domain/routing/tiers.ts';
import type { Campaign, Method, Stage } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import type { Eligibility, EligibilityRules } from '../eligibility/explain.ts';
import type { Occurrence } from '../eligibility/schedule.ts';
import { type Question, whyPassedBy } from './before.ts';

/** A post that may take longer does not run inside the first workflow task. */
const SLOW_POST_MS = 5_000;

/** A world and what was compiled from it. */
export interface Rules {
  readonly world: World;
  readonly eligibility: EligibilityRules;
}

/** A rotating stage before a draw. */
export interface Rotation {
  readonly credits: Credits;
  /** The draw that comes, counted from 1. */
  readonly turn: number;
}

/**
 * Says for each contract of a stage that it may buy, or the one reason why not, and puts those that
 * may in order of priority: all of them, or of a waterfall the tiers up to the next one that has to
 * draw (`rest` holds those behind). Where a turn is still to be drawn, `takesTurn` says so.
 */
export function routeStage(rules: Rules, stage: Stage, asked: Question): StageRoute {
  const { world, eligibility } = rules;
  const eligible: ContractId[] = [];
  const refused: WhyNot[] = [];
  const hasBids = stage.method === 'ping_post';
  const least = hasBids ? ZERO : leastPrice(world, asked.lead);
  const question = hasBids ? { ...asked, floorCents: stage.floorCents } : asked;
  const explain = eligibility.explainEach(stage.contracts, question);
  for (const [place, contractId] of stage.contracts.entries()) {
    const why =
      whyPassedBy(stage, contractId, question) ??
      whyNot(explain(place)) ??
      whyNever(rules, { stage, contractId, asked, least });
    if (why) refused.push(toWhyNot(contractId, why));
    else eligible.push(contractId);
  }
  const tiers = tiersOf(eligible, (id) => contractIn(world, id).priority);
  const isWhole = stage.method !== 'waterfall' || asked.lead.test;
  const whole = tiers.flatMap(({ contracts }) => contracts);
  return {
    ...{ stage: stage.name, method: stage.method, refused },
    ...(isWhole ? orderOf(rules, whole, asked.atMs) : partOf(rules, tiers, asked.atMs)),
    ...limitsOf(stage),
    atMs: asked.atMs,
  };
}

type Why = Omit<WhyNot, 'contractId'>;

function whyNot(verdict: Eligibility): Why | undefined {
  return verdict.kind === 'eligible' ? undefined : verdict;
}

/**
 * What keeps out a contract that wants the lead: no share of the stage, a sale before to someone
 * else, no margin in its price. Whoever is asked for a bid may answer that it shares.
 */
function whyNever(
  rules: Rules,
  of: { stage: Stage; contractId: ContractId; asked: Question; least: Cents },
): Why | undefined {
  const { stage, contractId, asked, least } = of;
  const contract = contractIn(rules.world, contractId);
  if (stage.method === 'weighted' && contract.weight === 0) {
    return { reason: 'no_turn', detail: 'weight 0' };
  }
  if (asked.isShared && contract.exclusive && !contract.ping) {
    return { reason: 'no_place', detail: '' };
  }
  if (least === ZERO) return undefined;
  const window = rules.eligibility.windowAt(contractId, asked.atMs);
  const { priceCents } = hourlyTerms(contract, window);
  if (priceCents === null || priceCents >= least) return undefined;
  return { reason: 'under_margin', detail: `${dollars(priceCents)}, at least ${dollars(least)}` };
}

// Written out: with spreads, a lead that 1,000 contracts refuse left twice the garbage.
function toWhyNot(contractId: ContractId, { reason, detail, untilMs }: Why): WhyNot {
  return untilMs === undefined
    ? { contractId, reason, detail }
    : { contractId, reason, detail, untilMs };
}

/** The part of a waterfall behind another one, from its `rest`; its turn is still to be drawn. */
export function routeRest(
  rules: Rules,
  behind: Pick<StageRoute, 'stage' | 'method' | 'part' | 'rest'>,
  atMs: number,
): StageRoute {
  const { stage, method, part = 1, rest = [] } = behind;
  return { ...{ stage, method, part: part + 1, refused: [] }, ...partOf(rules, rest, atMs), atMs };
}

function partOf(
  rules: Rules,
  tiers: readonly Tier[],
  atMs: number,
): Pick<StageRoute, 'order' | 'terms' | 'tier' | 'rest'> {
  const { drawn, then, rest } = firstPart(tiers);
  return {
    ...orderOf(rules, [...(drawn?.contracts ?? []), ...then], atMs),
    ...(drawn && { tier: drawn.priority }),
    ...(rest.length > 0 && { rest }),
  };
}

function orderOf(
  rules: Rules,
  order: readonly ContractId[],
  atMs: number,
): Pick<StageRoute, 'order' | 'terms'> {
  return { ...termsOf(rules, order, atMs), order };
}

function limitsOf({ budgetMs, stopAfterRejections }: Stage): Pick<StageRoute, 'limits'> {
  if (budgetMs === null && stopAfterRejections === null) return {};
  return {
    limits: {
      ...(budgetMs !== null && { budgetMs }),
      ...(stopAfterRejections !== null && { rejections: stopAfterRejections }),
    },
  };
}

/** Whether the order of a route is still to be drawn. Test leads take no turns. */
export function takesTurn({ method, order, tier }: StageRoute, { test }: Lead): boolean {
  return (isRotating(method) && order.length > 0 && !test) || tier !== undefined;
}

/** Under which name the credits of a route's draw are kept: the stage's, or one of its tier's. */
export function rotationOf({ stage, tier }: StageRoute): string {
  return tier === undefined ? stage : `${stage}/${tier}`;
}

/** The rotation before the draw of a stored route, where what its members were owed was noted. */
export function rotationThen({ credits, turn }: StageRoute): Rotation | undefined {
  return credits && turn !== undefined ? { credits, turn } : undefined;
}

/** Whether a method deals leads out by turns. */
export function isRotating(method: Method): boolean {
  return method === 'round_robin' || method === 'weighted';
}

/**
 * The route in the order of a draw, with the credits that its members had before; and the credits
 * to keep for the next draw. `stage` is the one that the route is of.
 */
export function drawRoute(
  { world, stage }: { readonly world: World; readonly stage: Stage },
  route: StageRoute,
  { credits, turn }: Rotation,
): { readonly route: StageRoute; readonly credits: Credits } {
  const members = membersOf(world, stage, route);
  const limit = 'catchUpLeads' in stage ? creditLimitOf(stage.catchUpLeads) : undefined;
  const drawn = drawTurn(credits, members, limit);
  const owed = (id: ContractId) => (Object.hasOwn(credits, id) ? (credits[id] ?? 0) : 0);
  const before = Object.fromEntries(members.map(({ contractId: id }) => [id, owed(id)]));
  const behind = route.order.slice(members.length);
  return {
    route: { ...route, order: [...drawn.order, ...behind], turn, credits: before },
    credits: drawn.credits,
  };
}

/** Who takes part in a draw: everyone routed, or in a waterfall its first tier. */
function membersOf(world: World, stage: Stage, { order, tier, terms }: StageRoute): Member[] {
  return order.flatMap((contractId) => {
    const { weight, priority, ...contract } = contractIn(world, contractId);
    const priceCents = terms?.[contractId]?.priceCents ?? contract.priceCents;
    if (tier !== undefined && priority !== tier) return [];
    const byMoney = 'by' in stage && stage.by === 'cents' && priceCents !== null;
    return [
      {
        contractId,
        weight: stage.method === 'weighted' ? weight : 1,
        ...(byMoney && { priceCents }),
      },
    ];
  });
}

/**
 * What a lead must bring, so that its campaign's margin is left and its source earns what it asks.
 */
export function leastOf(
  world: World,
  { sourceId, campaignId, askingCents }: Pick<Lead, 'sourceId' | 'campaignId' | 'askingCents'>,
): MarginFloors {
  const payout = world.sources[sourceId]?.payout;
  const minMargin = world.campaigns[campaignId]?.minMargin ?? null;
  if (!payout || (minMargin === null && askingCents === null)) return NO_MARGIN;
  const { everySaleCents, firstSaleCents } = marginFloors(payout, minMargin);
  return {
    everySaleCents,
    firstSaleCents: highest(firstSaleCents, askingFloor(payout, askingCents)),
  };
}

const NO_MARGIN: MarginFloors = { everySaleCents: ZERO, firstSaleCents: ZERO };

function leastPrice(world: World, lead: Lead): Cents {
  const { everySaleCents, firstSaleCents } = leastOf(world, lead);
  return highest(everySaleCents, firstSaleCents);
}

/** A stage of a campaign by name. Throws if it has none. */
export function stageIn(campaign: Campaign, name: string): Stage {
  const stage = campaign.routing.find((each) => each.name === name);
  if (!stage) throw new Error(`the campaign has no stage ${name}`);
  return stage;
}

/** A contract of a world. Throws if the world has none of that name. */
export function contractIn(world: World, contractId: ContractId): Contract {
  const contract = world.contracts[contractId];
  if (!contract) throw new Error(`the world has no contract ${contractId}`);
  return contract;
}

/** What is particular about these contracts; nothing where nothing is. */
function termsOf(
  rules: Rules,
  order: readonly ContractId[],
  atMs: number,
): Pick<StageRoute, 'terms'> {
  const terms: Record<ContractId, Terms> = {};
  for (const contractId of order) {
    const contract = contractIn(rules.world, contractId);
    const { exclusive, post } = contract;
    const { priceCents, isHourly } = hourlyTerms(
      contract,
      rules.eligibility.windowAt(contractId, atMs),
    );
    const particular: Terms = {
      ...(priceCents !== null && { priceCents }),
      ...(!exclusive && { shared: true }),
      ...(post && post.timeoutMs > SLOW_POST_MS && { slow: true }),
      ...(isHourly && { routedAtMs: atMs }),
    };
    if (Object.keys(particular).length > 0) terms[contractId] = particular;
  }
  return Object.keys(terms).length > 0 ? { terms } : {};
}

/** The fixed price in an opening of the hours, and whether that sets it or has caps. */
function hourlyTerms({ priceCents }: Contract, window: Occurrence | null) {
  return {
    priceCents: window?.priceCents ?? priceCents,
    isHourly: window !== null && (window.priceCents !== null || window.caps.length > 0),
  };
}
