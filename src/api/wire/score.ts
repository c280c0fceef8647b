// A lead's score, and what is reported of it after the sale, on the wire.

import { z } from 'zod';

import { FALLBACKS } from '../../domain/reasons.ts';
import { FEEDBACK_KINDS } from '../../domain/scoring/feedback.ts';
import { GRADE_FLAGS } from '../../domain/scoring/grade.ts';
import { amount } from './lead.ts';
import { keysOf } from './words.ts';

const time = z.iso.datetime();

const grade = z.strictObject({
  outcome: z
    .enum(['graded', ...keysOf(FALLBACKS)])
    .meta({ description: '`graded`, or why there is no grade' }),
  counts: z.boolean().meta({ description: 'false: it came too late for the score' }),
  adjustment: z.int().min(-10).max(10).nullable(),
  flags: z.array(z.enum(GRADE_FLAGS)),
  says: z.string().nullable(),
  model: z.string(),
  prompt_version: z.int(),
  request_id: z.string().nullable().meta({ description: 'Of the Anthropic API' }),
  ms: z.number().min(0).meta({ description: '0: the same question was answered before' }),
  at: time,
});

export const score = z.strictObject({
  score: z.number(),
  band: z.enum(['high', 'medium', 'low']),
  scorer: z.string().meta({ description: 'What had the last word: rules, history or claude' }),
  reasons: z.array(z.strictObject({ says: z.string(), points: z.number() })),
  rules: z.number().nullable().meta({ description: 'What the rules alone gave' }),
  rates_version: z
    .int()
    .nullable()
    .meta({ description: 'The rates of own history it was scored by' }),
  fallback_reason: z
    .enum(keysOf(FALLBACKS))
    .nullable()
    .meta({ description: 'Why no grade is in it; null where one is, or none is asked for' }),
  fallback_text: z.string().nullable(),
  grade: grade.nullable().meta({ description: 'What Claude said, in time or not' }),
});
export type ScoreBody = z.infer<typeof score>;

export const feedbackLine = z.strictObject({
  id: z.string(),
  what: z.enum(FEEDBACK_KINDS),
  value_cents: amount.nullable(),
  contract: z.string().nullable(),
  reason: z.string().nullable(),
  at: time,
  by: z.string().meta({ description: 'The operator' }),
});
export type FeedbackBody = z.infer<typeof feedbackLine>;
