// What buyers report of leads that they were sent: POST /v1/buyers/{buyer}/outcomes.

import { z } from 'zod';

import { amount } from '../wire/lead.ts';
import { json, type Operation, problems } from '../wire/operation.ts';

const outcome = z
  .strictObject({
    id: z.string().trim().min(1).max(200).nullish().meta({
      description: 'Your own name for it: sent again, it counts once',
      example: 'decision-88231',
    }),
    lead_id: z.string().max(100).nullish().meta({ description: 'The lead, as it was sent' }),
    reference: z.string().trim().min(1).max(100).nullish().meta({
      description: 'Your id of the lead; without `lead_id` the lead is found by it',
    }),
    contract: z.string().max(200).nullish().meta({ description: 'Where several got the lead' }),
    status: z.enum(['accepted', 'rejected', 'duplicate']),
    price_cents: amount.nullish().meta({ description: 'Recorded; the agreed price is charged' }),
    reason: z.string().trim().max(500).nullish().meta({ description: 'For people' }),
  })
  .refine(({ lead_id: lead, reference }) => lead != null || reference != null, {
    path: ['lead_id'],
    error: 'wants lead_id or reference',
  });
export type OutcomeItem = z.infer<typeof outcome>;

export const outcomesBody = z
  .strictObject({ outcomes: z.array(outcome).min(1).max(100) })
  .meta({ id: 'BuyerOutcomes' });

/** What became of each, in their order. */
export const OUTCOME_RESULTS = [
  'settled',
  'no_change',
  'conflict',
  'unknown_lead',
  'ambiguous',
  'id_reused',
] as const;

export const outcomesAnswer = z
  .strictObject({
    results: z.array(
      z.strictObject({
        lead_id: z.string().nullable(),
        contract: z.string().nullable(),
        result: z.enum(OUTCOME_RESULTS),
      }),
    ),
  })
  .meta({ id: 'BuyerOutcomesAnswer' });
export type OutcomeResultBody = z.infer<typeof outcomesAnswer>['results'][number];

export const OUTCOMES: Readonly<Record<string, Operation>> = {
  'post /v1/buyers/:buyerId/outcomes': {
    tags: ['buyers'],
    summary: 'Report what you did with leads that you were sent',
    description:
      'With a key of the buyer, or signed by Standard Webhooks with its `outcomes_secret` (five ' +
      'minutes of tolerance). `settled`: it ended a doubt, or a pending. `no_change`: known ' +
      'already. `conflict`: it contradicts how that ended; nothing is moved, and operators see ' +
      'it. Leads of other buyers are `unknown_lead`. Safe to repeat.',
    // Looked at by the route itself: a key of the buyer, or a signature.
    security: [],
    request: {
      params: z.object({ buyerId: z.string().meta({ description: 'The buyer' }) }),
      body: json(outcomesBody),
    },
    responses: {
      200: { description: 'What became of each, in their order', ...json(outcomesAnswer) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
        'unavailable',
      ),
    },
  },
};
