// One stage of one lead, decided: who may buy, on which terms, in which order. Pure: the moment,
// the state of the caps and a rotation's credits are arguments, so that routing, explaining and
// simulating a lead are one piece of code.

import type { ContractId } from '../domain/ids.ts';
import type { Lead, StageRoute, Terms, WhyNot } from '../domain/lead.ts';
import { type Credits, drawTurn, type Member } from '../domain/routing/rotation.ts';
import type { Campaign, Method, Stage } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import type { Asked, EligibilityRules } from '../eligibility/explain.ts';

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
 * may in order of priority. A rotating stage still has to draw its turn (`takesTurn`).
 */
export function routeStage({ world, eligibility }: Rules, stage: Stage, asked: Asked): StageRoute {
  const eligible: ContractId[] = [];
  const refused: WhyNot[] = [];
  for (const contractId of stage.contracts) {
    const verdict = eligibility.explain(contractId, asked);
    if (verdict.kind === 'refused') {
      const { kind: _, ...why } = verdict;
      refused.push({ contractId, ...why });
    } else if (stage.method === 'weighted' && world.contracts[contractId]?.weight === 0) {
      refused.push({ contractId, reason: 'no_turn', detail: 'weight 0' });
    } else {
      eligible.push(contractId);
    }
  }
  return {
    ...{ stage: stage.name, method: stage.method, refused },
    ...termsOf(world, eligible),
    order: byPriority(world, eligible),
    atMs: asked.atMs,
  };
}

/** Whether the order of a route is still to be drawn. Test leads take no turns. */
export function takesTurn({ method, order }: StageRoute, { test }: Lead): boolean {
  return isRotating(method) && order.length > 0 && !test;
}

/** Whether a method deals leads out by turns. */
export function isRotating(method: Method): boolean {
  return method === 'round_robin' || method === 'weighted';
}

/**
 * The route in the order of a draw, with the credits that its members had before; and the credits
 * to keep for the next draw.
 */
export function drawRoute(
  world: World,
  route: StageRoute,
  { credits, turn }: Rotation,
): { readonly route: StageRoute; readonly credits: Credits } {
  const drawn = drawTurn(credits, membersOf(world, route));
  const owed = (id: ContractId) => (Object.hasOwn(credits, id) ? (credits[id] ?? 0) : 0);
  const before = Object.fromEntries(route.order.map((id) => [id, owed(id)]));
  return {
    route: { ...route, order: drawn.order, turn, credits: before },
    credits: drawn.credits,
  };
}

function membersOf(world: World, { method, order }: StageRoute): Member[] {
  return order.map((contractId) => ({
    contractId,
    weight: method === 'weighted' ? contractIn(world, contractId).weight : 1,
  }));
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

function byPriority(world: World, contractIds: readonly ContractId[]): ContractId[] {
  const priorityOf = (contractId: ContractId) => contractIn(world, contractId).priority;
  return contractIds.toSorted((a, b) => priorityOf(a) - priorityOf(b) || (a < b ? -1 : 1));
}

/** What is particular about these contracts; nothing where nothing is. */
function termsOf(world: World, order: readonly ContractId[]): Pick<StageRoute, 'terms'> {
  const terms: Record<ContractId, Terms> = {};
  for (const contractId of order) {
    const { priceCents, exclusive, post } = contractIn(world, contractId);
    const particular: Terms = {
      ...(priceCents !== null && { priceCents }),
      ...(!exclusive && { shared: true }),
      ...(post.timeoutMs > SLOW_POST_MS && { slow: true }),
    };
    if (Object.keys(particular).length > 0) terms[contractId] = particular;
  }
  return Object.keys(terms).length > 0 ? { terms } : {};
}
