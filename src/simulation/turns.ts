// Whose turn it is in a simulation. As long as a rotation deals out leads as it did, each lead has
// the turn that was recorded for it; from the first draw that differs on, credits go on from there.

import type { CampaignId } from '../domain/ids.ts';
import type { StageRoute } from '../domain/lead.ts';
import type { Credits } from '../domain/routing/rotation.ts';
import type { Stage } from '../domain/world/campaign.ts';
import {
  drawRoute,
  type Rotation,
  rotationOf,
  rotationThen,
  type Rules,
} from '../routing/stage.ts';

/** A turn to draw, and the one that was drawn for this lead at this place, if there was one. */
export interface Draw {
  readonly campaignId: CampaignId;
  readonly stage: Stage;
  readonly route: StageRoute;
  readonly then?: { readonly route: StageRoute; readonly stage: Stage; readonly rules: Rules };
}

interface Wheel {
  credits: Credits;
  /** The draw that comes. */
  turn: number;
  /** It deals out leads otherwise than it did. */
  differs: boolean;
}

export type Turns = ReturnType<typeof createTurns>;

/** Rotations without a draw. */
export function createTurns(rules: Rules) {
  const wheels = new Map<string, Wheel>();
  const fresh = new Set<string>();

  function wheelOf(campaignId: CampaignId, route: StageRoute): Wheel {
    const name = `${campaignId}/${rotationOf(route)}`;
    let wheel = wheels.get(name);
    if (!wheel) wheels.set(name, (wheel = { credits: {}, turn: 0, differs: false }));
    return wheel;
  }

  /** From the next draw on, the wheel goes by its own credits. */
  function leave(wheel: Wheel, then: Rotation | undefined): void {
    if (!wheel.differs && wheel.turn === 0 && then) {
      wheel.credits = then.credits;
      wheel.turn = then.turn;
    }
    wheel.differs = true;
  }

  return {
    draw({ campaignId, stage, route, then }: Draw): StageRoute {
      const wheel = wheelOf(campaignId, route);
      const recorded = then && rotationThen(then.route);
      if (!wheel.differs && then && recorded) {
        const drawn = drawRoute({ world: rules.world, stage }, route, recorded);
        const was = drawRoute({ world: then.rules.world, stage: then.stage }, then.route, recorded);
        if (isSame(drawn.credits, was.credits)) {
          // Two leads at once may have drawn in another order than they were received in.
          if (recorded.turn >= wheel.turn) wheel.turn = recorded.turn + 1;
          wheel.credits = { ...wheel.credits, ...drawn.credits };
          return drawn.route;
        }
      }
      leave(wheel, recorded);
      if (wheel.turn === 0) fresh.add(`${campaignId}/${rotationOf(route)}`);
      const turn = Math.max(1, wheel.turn);
      const own = drawRoute({ world: rules.world, stage }, route, { credits: wheel.credits, turn });
      wheel.credits = own.credits;
      wheel.turn = turn + 1;
      return own.route;
    },

    /** A turn that was drawn then is not drawn now. */
    miss: (campaignId: CampaignId, then: StageRoute) =>
      leave(wheelOf(campaignId, then), rotationThen(then)),

    /** Rotations that began with nothing owed, since nothing is recorded of them. */
    fresh: (): readonly string[] => [...fresh],
  };
}

function isSame(a: Credits, b: Credits): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
