// All activities of the lead Worker.

import { createAuctionActivities } from './bids/auction.ts';
import { createCloseActivities } from './close.ts';
import { createBatchActivities } from './delivering/batch.ts';
import { createDeliverActivities } from './delivering/deliver.ts';
import { createHealth } from './delivering/health.ts';
import { createLanes } from './delivering/lanes.ts';
import type { ActivityDeps } from './deps.ts';
import { createDoubtActivities } from './doubts/ask.ts';
import type { createFetchActivities } from './fetching/fetch-notice.ts';
import { createOfferActivities } from './offer.ts';
import { createRouteActivities } from './route.ts';
import { createRoundActivities } from './rounds.ts';
import { createScoreActivities } from './scoring/score.ts';
import { createTransferActivities } from './transfers/transfer.ts';
import { createValidateActivities } from './validate.ts';

/** Binds the steps of a lead to their connections. */
export function createActivities(deps: ActivityDeps) {
  const { pool, now } = deps;
  const health = createHealth({ pool, now, random: () => deps.pushes.random() });
  const pushes = { ...deps, health, lanes: createLanes(now) };
  return {
    ...createValidateActivities(deps),
    ...createScoreActivities(deps),
    ...createRouteActivities(deps),
    ...createAuctionActivities(deps),
    ...createRoundActivities(deps),
    ...createOfferActivities(deps),
    ...createDoubtActivities(deps),
    ...createTransferActivities(deps),
    ...createCloseActivities(deps),
    ...createDeliverActivities(pushes),
    ...createBatchActivities(pushes),
  };
}

/** The steps of a lead. */
export type LeadSteps = ReturnType<typeof createActivities>;

/** With those that fetch announced leads, which work before there is a lead. */
export type Activities = LeadSteps & ReturnType<typeof createFetchActivities>;
