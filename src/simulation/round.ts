// One round of one lead in a simulation: the walk of src/workflows/stage.ts with recorded answers
// in the place of buyers, and caps, turns and persons in memory.

import type { BuyerId, ContractId } from '../domain/ids.ts';
import type { AttemptState, Auction, Lead, StageRoute } from '../domain/lead.ts';
import {
  candidatesOf,
  nextCandidate,
  type Offered,
  placesTaken,
  reasonsSoFar,
  stopOf,
} from '../domain/outcome.ts';
import { type RecordedLead, recordedRoute } from '../domain/recorded.ts';
import type { Campaign, Stage } from '../domain/world/campaign.ts';
import { rankPings, recallBids } from '../routing/bids.ts';
import { chosenStage } from '../routing/before.ts';
import { routeRest, type Rules, routeStage, takesTurn } from '../routing/stage.ts';
import { recordedPings } from './answers.ts';
import { liveOf, type RouteThen } from './caps-then.ts';
import { offerTo } from './offer.ts';
import type { Persons } from './persons.ts';
import type { Room } from './room.ts';
import type { Turns } from './turns.ts';

/** What a simulation remembers from lead to lead. */
export interface Memory {
  readonly rules: Rules;
  /** The world of a version; undefined if it cannot be read any more. */
  readonly versionAt: (version: number) => Rules | undefined;
  readonly room: Room;
  readonly turns: Turns;
  readonly persons: Persons;
}

/** A lead at a moment, before the caps are asked. */
export interface Asking {
  readonly lead: Lead;
  readonly score: number;
  readonly atMs: number;
}

/** One round, as far as it has come. */
export interface Round {
  readonly recorded: RecordedLead;
  readonly campaign: Campaign;
  readonly score: number;
  /** Counted from 1. */
  readonly round: number;
  /** The version by which it was routed then. */
  readonly version: number;
  /** An operator's choice of the contract. */
  readonly choice: ContractId | null;
  /** How the offers of earlier rounds ended, where they were sent. */
  readonly past: ReadonlyMap<ContractId, AttemptState>;
  readonly stages: { readonly route: StageRoute; auction?: Auction }[];
  readonly offers: Offered[];
  /** What offers took for good, with who has it. */
  readonly taken: Taken[];
  /** Turns that were drawn then and are drawn now. */
  readonly drawn: Set<StageRoute>;
  /** The instant that the walk has come to. */
  atMs: number;
  /** It rests on something that nobody knows: an answer or a bid of a buyer that was not asked. */
  assumed: boolean;
  /** A bid that was not waited for then, since it could not have won. */
  cutShort: boolean;
}

export interface Taken {
  readonly contractId: ContractId;
  readonly buyerId: BuyerId;
  readonly windows: readonly { readonly key: string; readonly amount: number }[];
}

/** Walks the stages of a round until the lead is full. */
export function walkRound(memory: Memory, round: Round): void {
  const { campaign } = round;
  const { campaignId } = round.recorded.lead;
  const stages =
    round.choice === null
      ? campaign.routing
      : [chosenStage(memory.rules.world, campaignId, round.choice)];
  for (const stage of stages) {
    if (placesTaken(round.offers) >= campaign.maxSales) return;
    walkStage(memory, round, stage);
  }
}

function walkStage(memory: Memory, round: Round, stage: Stage): void {
  const { offers, campaign, stages } = round;
  const offersBefore = offers.length;
  let route = routeFirst(memory, round, stage);
  const { limits } = route;
  for (;;) {
    route = withTurn(memory, round, { stage, route });
    const part: Round['stages'][number] = { route };
    stages.push(part);
    if (stage.method === 'ping_post' && route.order.length > 0) {
      part.auction = auctionOf(memory, round, { stage, route });
    }
    const left = candidatesOf(route, part.auction);
    for (;;) {
      const places = campaign.maxSales;
      const candidate = nextCandidate(left, { auction: part.auction, offers, places });
      if (!candidate) break;
      left.splice(left.indexOf(candidate), 1);
      offers.push(offerTo(memory, round, { candidate, route }));
      if (stopOf(limits, offers.slice(offersBefore))) return;
    }
    if (!route.rest || placesTaken(offers) >= campaign.maxSales) return;
    round.atMs = thenOf(memory, round, nextPart(route))?.route.atMs ?? round.atMs;
    route = routeRest(memory.rules, route, round.atMs);
  }
}

const nextPart = ({ stage, part = 1 }: StageRoute) => ({ stage, part: part + 1 });

function routeFirst(memory: Memory, round: Round, stage: Stage): StageRoute {
  const { rules, persons, room } = memory;
  const { recorded, score, past, choice } = round;
  const { lead } = recorded;
  const then = thenOf(memory, round, { stage: stage.name });
  const atMs = Math.max(round.atMs, then?.route.atMs ?? 0);
  round.atMs = atMs;
  const asking = { lead, score, atMs };
  return routeStage(rules, stage, {
    ...asking,
    ...{ past, byOperator: choice !== null },
    came: reasonsSoFar(round),
    isShared: placesTaken(round.offers) > 0,
    live: liveOf(rules, room, { asking, then }),
    seen: persons.seenBy(stage.contracts, lead, atMs),
  });
}

/** How this part of the stage was routed then. */
function thenOf(
  { versionAt }: Memory,
  { recorded, round, version }: Round,
  part: { readonly stage: string; readonly part?: number },
): RouteThen | undefined {
  const route = recordedRoute(recorded, round, part);
  const rules = route && versionAt(version);
  return rules && { route, rules };
}

function withTurn(
  memory: Memory,
  round: Round,
  { stage, route }: { stage: Stage; route: StageRoute },
): StageRoute {
  const { lead } = round.recorded;
  if (!takesTurn(route, lead)) return route;
  const { campaignId } = lead;
  const found = thenOf(memory, round, route);
  const was = found?.rules.world.campaigns[campaignId]?.routing.find(
    ({ name }) => name === stage.name,
  );
  const isSameDraw = found && found.route.turn !== undefined && found.route.tier === route.tier;
  if (!isSameDraw || !was) return memory.turns.draw({ campaignId, stage, route });
  round.drawn.add(found.route);
  return memory.turns.draw({ campaignId, stage, route, then: { ...found, stage: was } });
}

function auctionOf(
  { rules }: Memory,
  round: Round,
  { stage, route }: { stage: Stage & { method: 'ping_post' }; route: StageRoute },
): Auction {
  const { campaign, recorded } = round;
  const pings = recordedPings(recorded, { round: round.round, stage: stage.name });
  const { pings: known, unknown } = recallBids(rules.world, route, pings);
  if (unknown.length > 0) round.assumed = true;
  if (known.some((ping) => ping.kind === 'no_bid' && ping.reason === 'not_needed')) {
    round.cutShort = true;
  }
  const place = { world: rules.world, campaign, stage, lead: recorded.lead };
  return { stage: stage.name, ms: 0, ...rankPings(place, known) };
}
