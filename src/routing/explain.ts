// What one stage would do, or did, with a lead: who may buy and why the others may not, whose turn
// it is, and how the bids that are known rank. Decided by the code that routes leads; nothing is
// drawn, held or asked.

import { isTooLittle } from '../domain/caps/keys.ts';
import { leftIn } from '../domain/caps/uses.ts';
import type { ContractId } from '../domain/ids.ts';
import type { Auction, PingResult, StageRoute, Terms, Tier, WhyNot } from '../domain/lead.ts';
import { cents } from '../domain/money.ts';
import type { SeenBefore } from '../domain/person.ts';
import type { Campaign, Stage } from '../domain/world/campaign.ts';
import type { FullCap, Live } from '../eligibility/explain.ts';
import { parseSeenText } from '../eligibility/repeats.ts';
import type { Question } from './before.ts';
import { type AuctionPlace, rankPings, recallBids } from './bids.ts';
import { findFullCap, type KnownCaps } from './caps.ts';
import {
  contractIn,
  drawRoute,
  type Rotation,
  routeRest,
  type Rules,
  routeStage,
  takesTurn,
} from './stage.ts';

/** A lead before one stage of its campaign, with what is known about that moment. */
export interface StageQuestion extends Question {
  readonly campaign: Campaign;
  readonly stage: Stage;
  /** The use of the caps; without it only `live` speaks about caps. */
  readonly caps?: KnownCaps;
  /** What the members of a draw are owed; where that is not known, they have no order. */
  readonly turns?: (route: StageRoute) => Rotation | undefined;
  /** What buyers bid when they were asked. */
  readonly pings?: readonly PingResult[];
}

export interface ExplainedStage {
  readonly route: StageRoute;
  /** The bids that are known, ranked; absent where nothing was asked, or nothing is. */
  readonly auction?: Omit<Auction, 'stage' | 'ms'>;
  /** Whoever would be asked for a bid, and whose bid is not known. */
  readonly toAsk: readonly ContractId[];
  /** How many of the order are in it for certain: behind them a turn is not known. */
  readonly ordered: number;
}

/** By contract, the earlier lead of the same person that its buyer has. */
export type SeenBy = ReadonlyMap<ContractId, SeenBefore>;

/** Nothing is remembered as full. */
export const NOTHING_FULL: Live = { deniedKey: () => undefined };

/** Explains one stage. Changes nothing but the copies of caps that it was given. */
export function explainStage(rules: Rules, question: StageQuestion): ExplainedStage {
  const { lead, atMs, stage, campaign, turns } = question;
  const judged = routeStage(rules, stage, question);
  const route = withoutFull(rules, judged, question);
  if (stage.method === 'ping_post') {
    const place = { world: rules.world, campaign, stage, lead };
    return { route, ordered: route.order.length, ...auctionOf(place, route, question.pings) };
  }
  const parts: StageRoute[] = [];
  let [ordered, isKnown] = [0, true];
  for (let part: StageRoute | undefined = route; part;) {
    const draws = takesTurn(part, lead);
    const rotation: Rotation | undefined = draws ? turns?.(part) : undefined;
    isKnown &&= !draws || rotation !== undefined;
    if (isKnown) ordered += part.order.length;
    parts.push(rotation ? drawRoute({ world: rules.world, stage }, part, rotation).route : part);
    part = part.rest && routeRest(rules, part, atMs);
  }
  return { route: joined(route, parts), toAsk: [], ordered };
}

/** One route of the parts of a waterfall, which are decided when a lead comes to them. */
function joined(first: StageRoute, parts: readonly StageRoute[]): StageRoute {
  const { rest: _, tier: __, ...route } = first;
  const turn = parts[0]?.turn;
  return {
    ...route,
    order: parts.flatMap(({ order }) => order),
    terms: Object.assign({}, ...parts.map(({ terms }) => terms)) as Record<ContractId, Terms>,
    ...(turn !== undefined && { turn }),
  };
}

function auctionOf(
  place: AuctionPlace,
  route: Pick<StageRoute, 'order' | 'terms'>,
  pings: readonly PingResult[] | undefined,
): Pick<ExplainedStage, 'auction' | 'toAsk'> {
  const { pings: known, unknown: toAsk } = recallBids(place.world, route, pings ?? []);
  // Fixed prices alone are no ranking while somebody has still to bid.
  if (known.length === 0 || (!pings && toAsk.length > 0)) return { toAsk };
  return { toAsk, auction: rankPings(place, known) };
}

/** Moves to the refused whoever finds no room in its caps. A bid takes a cent, at least. */
function withoutFull(rules: Rules, route: StageRoute, question: StageQuestion): StageRoute {
  const { caps, lead, score, atMs, stage } = question;
  if (!caps) return route;
  const full = new Map<ContractId, WhyNot>();
  for (const contractId of stage.contracts) {
    const terms = route.terms?.[contractId] ?? contractIn(rules.world, contractId);
    const priceCents = terms.priceCents ?? cents(1);
    const offer = { lead, score, contractId, priceCents, atMs, routedAtMs: atMs };
    const why = findFullCap(rules, caps, offer);
    if (why) full.set(contractId, why);
  }
  const isOpen = (contractId: ContractId) => !full.has(contractId);
  const before = new Set(route.refused.map(({ contractId }) => contractId));
  const added = [...full.values()].filter(({ contractId }) => !before.has(contractId));
  const place = ({ contractId }: WhyNot) => stage.contracts.indexOf(contractId);
  return {
    ...route,
    order: route.order.filter(isOpen),
    ...(route.rest && { rest: route.rest.map((tier) => within(tier, isOpen)) }),
    refused: [...route.refused, ...added].sort((a, b) => place(a) - place(b)),
  };
}

function within(tier: Tier, isOpen: (contractId: ContractId) => boolean): Tier {
  return { ...tier, contracts: tier.contracts.filter(isOpen) };
}

/** The caps that were remembered as full when a route was decided, from what it refused. */
export function fullCapsOf({ refused }: Pick<StageRoute, 'refused'>): Live {
  const full = new Map<string, FullCap & { readonly left: number }>();
  for (const { reason, detail, untilMs = null } of refused) {
    const [, key, text] = /^(.+?): (.+)$/.exec(detail) ?? [];
    if (reason !== 'cap_reached' || key === undefined || text === undefined) continue;
    full.set(key, { detail: text, endsAtMs: untilMs, left: leftIn(text) });
  }
  return {
    deniedKey(key, _, leastCents = 1) {
      const found = full.get(key);
      return found && isTooLittle(key, found.left, leastCents) ? found : undefined;
    },
  };
}

/** Who was found to have had the person when a route was decided, from what it refused. */
export function seenOf({ refused }: Pick<StageRoute, 'refused'>): SeenBy {
  const found = refused.flatMap(({ contractId, reason, detail, untilMs }) => {
    const seen = reason === 'seen_before' ? parseSeenText(detail, untilMs) : undefined;
    return seen ? [[contractId, seen] as const] : [];
  });
  return new Map(found);
}
