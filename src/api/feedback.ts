// The route by which operators report what became of a sold lead. Buyers report through an operator
// so far: they have no keys of their own.

import { isLeadId } from '../domain/ids.ts';
import { cents } from '../domain/money.ts';
import type { FeedbackResult } from '../db/scoring/feedback.ts';
import type { ApiDeps } from './deps.ts';
import { expectBody } from './http/expect.ts';
import type { Route } from './http/routes.ts';
import { Problem } from './problems.ts';
import { toFeedbackLine } from './reading/score-body.ts';
import { feedbackBody } from './wire/scoring/score.ts';
import { toTime } from './wire/words.ts';

const MAX_BODY_BYTES = 4 * 1024;
/** Clocks differ. */
const AHEAD_MS = 60_000;

export function createFeedbackRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/leads/:leadId/feedback',
      access: 'operator',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (req, res, caller) => {
        const { leadId } = req.params;
        const said = expectBody(feedbackBody, req);
        if (typeof leadId !== 'string' || !isLeadId(leadId)) throw new Problem('no_such_lead');
        const atMs = said.at == null ? null : Date.parse(said.at);
        if (atMs !== null && atMs > Date.now() + AHEAD_MS) {
          throw wrong('at', 'lies in the future', 'the moment at which it happened');
        }
        const [result] = await deps.recordFeedback([
          {
            ...{ id: said.id, leadId, what: said.what, atMs, by: `operator ${caller.id}` },
            valueCents: said.value_cents == null ? null : cents(said.value_cents),
            contractId: said.contract ?? null,
            reason: said.reason || null,
          },
        ]);
        if (!result) throw new Error('a report without a result');
        res.json(answerOf(result));
      },
    },
  ];
}

function answerOf(result: FeedbackResult) {
  switch (result.kind) {
    case 'recorded':
    case 'repeat':
      return { lead: result.feedback.leadId, ...toFeedbackLine(result.feedback) };
    case 'conflict':
      throw new Problem('feedback_id_reused');
    case 'no_such_lead':
    case 'not_sold':
      throw new Problem(result.kind);
    case 'not_its_buyer':
      throw wrong('contract', 'did not buy the lead', `one of: ${result.sold.join(', ')}`);
    case 'too_early': {
      const received = toTime(result.receivedAtMs);
      throw wrong('at', 'is before the lead was received', `${received} or later`);
    }
  }
}

function wrong(field: string, says: string, fix: string): Problem {
  return new Problem('invalid_request', { errors: [{ field, says, fix }] });
}
