// All activities of the lead Worker.

import { createAuctionActivities } from './bids/auction.ts';
import { createCloseActivities } from './close.ts';
import { createDeliverActivities } from './deliver.ts';
import type { ActivityDeps } from './deps.ts';
import { createOfferActivities } from './offer.ts';
import { createRouteActivities } from './route.ts';
import { createRoundActivities } from './rounds.ts';
import { createScoreActivities } from './scoring/score.ts';
import { createValidateActivities } from './validate.ts';

/** Binds every activity to its connections. */
export function createActivities(deps: ActivityDeps) {
  return {
    ...createValidateActivities(deps),
    ...createScoreActivities(deps),
    ...createRouteActivities(deps),
    ...createAuctionActivities(deps),
    ...createRoundActivities(deps),
    ...createOfferActivities(deps),
    ...createCloseActivities(deps),
    ...createDeliverActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
