// A lead's score, and what is reported of it after the sale, on the wire.

import { z } from 'zod';

import { FALLBACKS } from '../../../domain/reasons.ts';
import { FEEDBACK_KINDS } from '../../../domain/scoring/feedback.ts';
import { GRADE_FLAGS } from '../../../domain/scoring/grade.ts';
import { amount } from '../lead.ts';
import { BUYER, json, type Operation, problems } from '../operation.ts';
import { keysOf } from '../words.ts';

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
  rules: z.number().meta({ description: 'What the rules alone gave' }),
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

const feedback = {
  id: z.string(),
  what: z.enum(FEEDBACK_KINDS),
  value_cents: amount.nullable(),
  contract: z.string().nullable(),
  reason: z.string().nullable(),
  at: time,
  by: z.string().meta({ description: 'The operator' }),
};
export const feedbackLine = z.strictObject(feedback);
export type FeedbackBody = z.infer<typeof feedbackLine>;

/** `POST /v1/leads/{leadId}/feedback`. */
export const feedbackBody = z
  .strictObject({
    id: z.string().trim().min(1).max(200).meta({
      description: 'Your own name for the report: sent again, it is recorded once',
      example: 'crm-88231-converted',
    }),
    what: z.enum(FEEDBACK_KINDS),
    value_cents: z
      .int()
      .min(0)
      .max(100_000_000_000)
      .nullish()
      .meta({ description: 'What the deal was worth, in whole cents' }),
    at: z.iso
      .datetime({ offset: true })
      .nullish()
      .meta({ description: 'When it happened. Default: now' }),
    reason: z.string().trim().max(500).nullish().meta({ description: 'For people' }),
    contract: z.string().max(200).nullish().meta({ description: 'Who of several buyers says so' }),
  })
  .meta({ id: 'NewFeedback' });

export const feedbackAnswer = z
  .strictObject({ lead: z.string(), ...feedback })
  .meta({ id: 'Feedback' });

export const FEEDBACK: Readonly<Record<string, Operation>> = {
  'post /v1/leads/:leadId/feedback': {
    tags: ['leads'],
    summary: 'Report what became of a sold lead',
    description:
      'Once by its `id`, for good. It is shown in the trace, and counts for the rates by which ' +
      'later leads are scored. A buyer reports on the leads that it bought; to it the others are ' +
      'not there.',
    security: BUYER,
    request: {
      params: z.object({ leadId: z.string().meta({ description: 'The lead' }) }),
      body: json(feedbackBody),
    },
    responses: {
      200: { description: 'Recorded, now or before', ...json(feedbackAnswer) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'operator_key_required',
        'no_such_lead',
        'not_sold',
        'feedback_id_reused',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
        'unavailable',
      ),
    },
  },
};
