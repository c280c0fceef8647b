// The HTTP application: what every request passes, the routes, and the last handlers.

import express from 'express';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

import { createExplainRoutes } from './asking/explain.ts';
import { createEndpointRoutes } from './deliveries/endpoints.ts';
import { createDeliveryRoutes } from './deliveries/routes.ts';
import { createDepositRoutes } from './deposits.ts';
import { createTryRoutes } from './asking/try.ts';
import { createWhatIfRoutes } from './asking/what-if.ts';
import type { ApiDeps } from './deps.ts';
import { createDocsRoutes } from './docs.ts';
import { createDoorRouter } from './doors/doors.ts';
import { createEventRoutes } from './events/routes.ts';
import { createFeedbackRoutes } from './feedback/routes.ts';
import { createFieldRoutes } from './fields.ts';
import { createHealthRoutes } from './health.ts';
import { createAuthenticate } from './http/auth.ts';
import { readBytes } from './http/body.ts';
import { logRequests } from './http/logging.ts';
import { countRefusals } from './http/refusals.ts';
import { createRouter, type Route } from './http/routes.ts';
import { createOutcomeRoutes } from './outcomes/routes.ts';
import { createLeadActionRoutes } from './lead-actions.ts';
import { createLeadRoutes } from './leads.ts';
import { createPingRoutes } from './pings.ts';
import { createLookupRoutes } from './lookups/routes.ts';
import { Problem, sendProblem } from './problems.ts';
import { createPlatformRouter } from './platforms/platforms.ts';
import { createBalanceRoutes } from './reading/balances.ts';
import { createCapsRoutes } from './reading/caps.ts';
import { createReportRoutes } from './reading/reports.ts';
import { createTransferRouter } from './transfers/callbacks.ts';
import { createSuppressionRoutes } from './suppressions/routes.ts';
import { createEntryRoutes } from './config/entries.ts';
import { createPauseRoutes } from './config/pauses.ts';
import { createVersionRoutes } from './config/versions.ts';
import { createWorldRoutes } from './config/worlds.ts';

/** Every address of the application. */
export function createRoutes(deps: ApiDeps): readonly Route[] {
  return [
    ...createLeadRoutes(deps),
    ...createLeadActionRoutes(deps),
    ...createPingRoutes(deps),
    ...createFieldRoutes(deps),
    ...createFeedbackRoutes(deps),
    ...createOutcomeRoutes(deps),
    ...createReportRoutes(deps),
    ...createLookupRoutes(deps),
    ...createDeliveryRoutes(deps),
    ...createEndpointRoutes(deps),
    ...createCapsRoutes(deps),
    ...createDepositRoutes(deps),
    ...createBalanceRoutes(deps),
    ...createEventRoutes(deps),
    ...createSuppressionRoutes(deps),
    ...createWorldRoutes(deps),
    ...createVersionRoutes(deps),
    ...createEntryRoutes(deps),
    ...createPauseRoutes(deps),
    ...createExplainRoutes(deps),
    ...createWhatIfRoutes(deps),
    ...createTryRoutes(deps),
    ...createHealthRoutes(deps),
    ...createDocsRoutes(deps),
  ];
}

/** The application; listening, its time limits and its end are the caller's. */
export function createApp(deps: ApiDeps): express.Express {
  const app = express();
  // An ETag costs a hash per answer, and answers are not to be cached.
  app.disable('etag');
  app.use(logRequests(deps.log), countRefusals(deps), securityHeaders(), notCached);
  app.use(createRouter(createRoutes(deps), createAuthenticate(deps.currentWorld), readBytes));
  app.use(createDoorRouter(deps), createPlatformRouter(deps), createTransferRouter(deps));
  app.use(() => {
    throw new Problem('no_such_route');
  });
  app.use(sendProblem);
  return app;
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
}

const notCached: RequestHandler = (_, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
