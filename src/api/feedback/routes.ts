// The route by which operators, and buyers with keys of their own, report what became of a sold
// lead.

import { cents } from '../../domain/money.ts';
import type { ApiDeps } from '../deps.ts';
import { expectBody } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { feedbackBody } from '../wire/scoring/score.ts';
import { record } from './report.ts';

const MAX_BODY_BYTES = 4 * 1024;

export function createFeedbackRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/leads/:leadId/feedback',
      access: 'buyer',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res, caller) => {
        const { value_cents: value, at, reason, contract, ...said } = expectBody(feedbackBody, req);
        const report = {
          ...{ ...said, lead: String(req.params['leadId']), at: at ?? null },
          valueCents: value == null ? null : cents(value),
          ...{ reason: reason || null, contract: contract ?? null },
        };
        res.json(await record(deps, report, caller));
      },
    },
  ];
}
