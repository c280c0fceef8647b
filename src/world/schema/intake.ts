// What a campaign asks of a lead beyond readable fields, and how it answers a refusal.

import { z } from 'zod';

import { CONSENT_DEMANDS } from '../../domain/validation/consent.ts';
import { HINTS, type HintCode } from '../../domain/validation/hints.ts';
import { REFUSAL_STATUSES } from '../../domain/world/intake.ts';
import { duration, settings } from './settings.ts';
import { rules } from './vertical.ts';

const consent = settings(
  {
    required: z
      .array(z.enum(CONSENT_DEMANDS))
      .max(CONSENT_DEMANDS.length)
      .default(['text', 'at'])
      .describe('What must come along. certificate: trustedform_url or jornaya_id.'),
    max_age: duration('1m', '10y', 'm')
      .nullable()
      .default(null)
      .describe('How old it may be when the lead comes. null: any age.'),
  },
  { max_age: 'maxAgeMinutes' },
).refine(
  ({ required, maxAgeMinutes }) => required.length > 0 || maxAgeMinutes !== null,
  'requires nothing: wants required or max_age',
);

const status = z.literal(REFUSAL_STATUSES).default(200);

const answers = settings({
  rejected_status: status.describe('The HTTP status with which a refused lead is answered.'),
  duplicate_status: status.describe('The same for a duplicate.'),
});

/** The settings of a campaign about what is taken in. */
export const intakeTerms = {
  rules: rules.optional().describe('What no lead of the campaign may be like.'),
  consent: consent.nullable().optional().describe('What consent a lead needs. null: none.'),
  refuse: z
    .array(z.enum(Object.keys(HINTS) as [HintCode, ...HintCode[]]))
    .max(Object.keys(HINTS).length)
    .optional()
    .describe('Hints that refuse a lead. Without it they are only noted.'),
  answers: answers.optional().describe('How refusals are answered over our own API.'),
};
