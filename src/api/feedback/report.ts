// One report of what became of a lead: recorded, or why not.

import { isLeadId } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import type { FeedbackKind } from '../../domain/scoring/feedback.ts';
import type { FeedbackResult } from '../../db/scoring/feedback.ts';
import type { ApiDeps } from '../deps.ts';
import type { BuyerCaller, OperatorCaller } from '../http/auth.ts';
import { Problem } from '../problems.ts';
import { toFeedbackLine } from '../reading/score-body.ts';
import { toTime } from '../wire/words.ts';

/** Clocks differ. */
const AHEAD_MS = 60_000;

export interface Report {
  /** The caller's own name for it. */
  readonly id: string;
  readonly lead: string;
  readonly what: FeedbackKind;
  readonly valueCents: Cents | null;
  /** A time with its offset; null: now. */
  readonly at: string | null;
  readonly reason: string | null;
  readonly contract: string | null;
}

/**
 * Records a report of an operator, or of a buyer about a lead that it bought. Returns the body of
 * the answer; throws the problem of a report that cannot be taken.
 */
export async function record(deps: ApiDeps, report: Report, by: OperatorCaller | BuyerCaller) {
  const { id, lead: leadId, what, valueCents, reason, contract: contractId } = report;
  if (!isLeadId(leadId)) throw new Problem('no_such_lead');
  const atMs = report.at === null ? null : Date.parse(report.at);
  if (atMs !== null && atMs > Date.now() + AHEAD_MS) {
    throw wrong('at', 'lies in the future', 'the moment at which it happened');
  }
  const isBuyer = by.kind === 'buyer';
  const [result] = await deps.recordFeedback([
    {
      // Two buyers may call their reports alike, and neither learns of the other's.
      id: isBuyer ? `${by.id}/${id}` : id,
      ...{ leadId, what, valueCents, contractId, reason, atMs, by: `${by.kind} ${by.id}` },
      ...(isBuyer && { among: contractsOf(deps, by) }),
    },
  ]);
  if (!result) throw new Error('a report without a result');
  return answerOf(result);
}

function contractsOf(deps: ApiDeps, { id }: BuyerCaller): string[] {
  const { contracts } = deps.currentWorld().world;
  return Object.keys(contracts).filter((contractId) => contracts[contractId]?.buyer === id);
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
