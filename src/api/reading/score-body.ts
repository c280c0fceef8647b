// A lead's score and what was reported of the lead, as operators read them.

import type { LeadTrace } from '../../db/reading/trace.ts';
import type { Score, ScoreReason } from '../../domain/lead.ts';
import { FALLBACKS } from '../../domain/reasons.ts';
import { SCORE_START } from '../../domain/score.ts';
import type { Feedback } from '../../domain/scoring/feedback.ts';
import type { FeedbackBody, ScoreBody } from '../wire/scoring/score.ts';
import { toTime } from '../wire/words.ts';

/** Not stored with every lead: it is the same for all. */
const START: ScoreReason = [SCORE_START, 'every lead starts here'];

/** Points and words that add up to the score, where it keeps within its bounds. */
export function reasonsOf({
  reasons,
  rates,
}: Pick<Score, 'reasons' | 'rates'>): readonly ScoreReason[] {
  return rates === undefined ? [START, ...reasons] : reasons;
}

/** The score with its reasons; null before there is one. */
export function toScoreBody(score: Score | undefined, { grade }: Pick<LeadTrace, 'grade'>) {
  if (!score) return null;
  const body: ScoreBody = {
    score: score.score,
    band: score.band,
    scorer: score.scorer,
    reasons: reasonsOf(score).map(([points, says]) => ({ says, points })),
    rules: score.rules ?? score.score,
    rates_version: score.rates ?? null,
    fallback_reason: score.fallback ?? null,
    fallback_text: score.fallback ? FALLBACKS[score.fallback] : null,
    grade: grade && {
      outcome: grade.outcome,
      counts: score.grade !== undefined && grade.outcome === 'graded',
      adjustment: grade.adjustment,
      flags: [...grade.flags],
      says: grade.reason,
      model: grade.model,
      prompt_version: grade.promptVersion,
      request_id: grade.requestId,
      ms: grade.ms,
      at: toTime(grade.atMs),
    },
  };
  return body;
}

/** One report on the wire. */
export function toFeedbackLine(feedback: Omit<Feedback, 'leadId'>): FeedbackBody {
  const { id, what, valueCents, contractId, reason, atMs, by } = feedback;
  return {
    ...{ id, what, value_cents: valueCents, contract: contractId, reason, at: toTime(atMs), by },
  };
}
