// Who may buy the lead, in which order: the route of one stage. What is decided stands in
// src/routing; here the moment, the live state and the stored turn come to it.

import { findSeen, hashPersons } from '../db/persons/seen.ts';
import { drawStoredTurn } from '../db/rotations.ts';
import type { LeadId } from '../domain/ids.ts';
import type { StageRoute } from '../domain/lead.ts';
import { routeStepOf } from '../domain/outcome.ts';
import type { IneligibleReason } from '../domain/reasons.ts';
import { repeatQuestions } from '../eligibility/repeats.ts';
import { drawRoute, rotationOf, routeRest, routeStage, takesTurn } from '../routing/stage.ts';
import { stageOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';

/** One stage of one lead. */
export interface StageKey {
  readonly leadId: LeadId;
  readonly round: number;
  readonly stage: string;
}

interface RouteRequest extends StageKey {
  readonly score: number;
  /** An earlier part of the same stage. */
  readonly behind?: StageRoute;
  /** Why contracts of earlier stages did not buy. */
  readonly came?: readonly IneligibleReason[];
  /** Somebody has the lead, or may have it. */
  readonly isShared?: true;
}

export function createRouteActivities(deps: ActivityDeps) {
  const { cases, now } = deps;
  return {
    /**
     * Says for each contract of a stage that it may buy, or the one reason why not, and puts those
     * that may in order. A rotating stage draws its turn here, and stores it with the route. With
     * `behind`, routes the tiers that an earlier part of the same stage left.
     */
    async routeLead({
      leadId,
      round,
      stage: name,
      score,
      behind,
      came,
      isShared,
    }: RouteRequest): Promise<StageRoute> {
      const opened = await cases.of(leadId, round);
      const { lead, loaded, stored, past } = opened;
      const step = routeStepOf(name, behind && (behind.part ?? 1) + 1);
      const known = stored.get(step) as StageRoute | undefined;
      if (known) return withoutCredits(known);
      const stage = stageOf(opened, name);
      const { world, eligibility } = loaded;
      const at = {
        ...{ lead, score, live: deps.desk, atMs: now(), past },
        byOperator: opened.choice !== null,
        ...(came && { came }),
        ...(isShared && { isShared }),
      };
      // Who may buy was decided with the first part.
      const questions = behind ? [] : repeatQuestions(eligibility.repeats, stage.contracts, lead);
      const asked =
        questions.length === 0
          ? at
          : { ...at, seen: await findSeen(deps.pool, hashPersons(questions), { nowMs: at.atMs }) };
      const route = behind ? routeRest(loaded, behind, at.atMs) : routeStage(loaded, stage, asked);
      if (!takesTurn(route, lead)) return route;
      const { campaignId } = lead;
      const place = { campaignId, rotation: rotationOf(route), leadId, round, step };
      const drawn = await drawStoredTurn(deps.pool, place, (credits, turn) =>
        drawRoute({ world, stage }, route, { credits, turn }),
      );
      return withoutCredits(drawn);
    },
  };
}

/** Credits stand in the stored verdict, for explaining it; a history has no use for them. */
function withoutCredits({ credits: _, ...route }: StageRoute): StageRoute {
  return route;
}
