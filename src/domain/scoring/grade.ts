// What a language model may say about a lead, and what of it counts: at most ten points up or down,
// and flags from a closed list. It never accepts or refuses a lead.

import type { FieldValue } from '../world/world.ts';
import type { Score } from '../lead.ts';
import type { FallbackReason } from '../reasons.ts';
import { bandOf } from '../score.ts';
import { scrub } from '../scrub.ts';

/** A grade moves the score by no more than this, whatever was answered. */
export const MOST_ADJUSTMENT = 10;

export const GRADE_FLAGS = [
  'gibberish_name',
  'profanity',
  'contradiction',
  'test_or_fake',
  'wrong_vertical',
  'competitor',
  'solicitation',
] as const;
export type GradeFlag = (typeof GRADE_FLAGS)[number];

export interface Grade {
  /** Whole points, -10 to 10. */
  readonly adjustment: number;
  readonly flags: readonly GradeFlag[];
  /** At most 200 characters, without the person. */
  readonly reason: string;
}

/** What a score keeps of the grade in it; the reason stands among its reasons. */
export interface GradeInScore {
  readonly adjustment: number;
  readonly model: string;
  readonly flags?: readonly GradeFlag[];
}

const MOST_REASON = 200;

/**
 * What counts of an answer whose shape is right: the adjustment within its bounds, known flags each
 * once, and the reason in one line, without the person's own values.
 */
export function boundGrade(
  said: { readonly adjustment: number; readonly flags: readonly string[]; readonly reason: string },
  values: readonly FieldValue[],
): Grade {
  const bounded = Math.min(MOST_ADJUSTMENT, Math.max(-MOST_ADJUSTMENT, said.adjustment));
  const line = scrub(said.reason, values)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return {
    // The sum turns a rounded -0 into 0.
    adjustment: Math.round(bounded) + 0,
    flags: GRADE_FLAGS.filter((flag) => said.flags.includes(flag)),
    reason: [...line].slice(0, MOST_REASON).join(''),
  };
}

/** The score with a grade of a model in it. */
export function withGrade(score: Score, grade: Grade, model: string): Score {
  const { adjustment, flags, reason } = grade;
  const sum = Math.min(100, Math.max(0, score.score + adjustment));
  return {
    ...score,
    score: sum,
    band: bandOf(sum),
    scorer: 'claude',
    rules: score.rules ?? score.score,
    reasons: [...score.reasons, [sum - score.score, `Claude: ${reason}`]],
    grade: { adjustment, model, ...(flags.length > 0 && { flags }) },
  };
}

/** The score without one, and why. */
export function withoutGrade(score: Score, fallback: FallbackReason): Score {
  return { ...score, fallback };
}
