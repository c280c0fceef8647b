// The question "what would this contract be sent, and how is this answer read", and its answer.

import { z } from 'zod';

import { amount } from '../wire/lead.ts';
import { json, type Operation, OPERATOR, problems } from '../wire/operation.ts';

const text = z.string().max(2_000);

export const tryBody = z
  .strictObject({
    step: z.enum(['ping', 'post']).default('post').meta({ description: 'Which request' }),
    lead: text.optional().meta({ description: 'A stored lead, by its id' }),
    fields: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'As in a submission; without them a sample of the vertical' }),
    price_cents: z.int().min(0).max(100_000_000).optional().meta({
      description: 'What a post is offered at. Default: the contract’s price, else 1000',
    }),
    bid_id: text.optional().meta({ description: 'The id of the ping; a sample unless told' }),
    captured: z
      .record(z.string(), text)
      .optional()
      .meta({ description: 'What the ping’s answer held; samples unless told' }),
    answer: z
      .strictObject({
        status: z.int().min(100).max(599).default(200),
        headers: z.record(z.string(), text).default({}),
        body: z.string().max(262_144),
      })
      .optional()
      .meta({ description: 'An answer to be read by the rules' }),
    live: z
      .boolean()
      .default(false)
      .meta({ description: 'Sends a test to the step’s `test_url`, and reads its answer' }),
  })
  .meta({
    id: 'TryQuestion',
    example: { step: 'post', answer: { status: 200, body: '{"status":"ACCEPTED"}' } },
  });
export type TryQuestion = z.output<typeof tryBody>;

const answer = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

export const tried = z
  .strictObject({
    contract: z.string(),
    step: z.enum(['ping', 'post']),
    request: z
      .strictObject({
        method: z.string(),
        url: z.string(),
        headers: z.record(z.string(), z.string()),
        body: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'As it would be sent; secrets as `•••(env:NAME)`' }),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'Why nothing would be sent, or nothing came back' }),
    answer: answer.nullable(),
    verdict: z.string().nullable().meta({ description: 'By the rules: `accepted`, `pending` …' }),
    by: z.string().nullable().meta({ description: 'Which rule decided: `accept_if[0]`' }),
    price_cents: amount.nullable(),
    reference: z.string().nullable().meta({ description: 'Of a ping: the id of the bid' }),
    reason: z.string().nullable(),
    captures: z.record(z.string(), z.string()),
    comes_to: z
      .enum(['bid', 'no_bid', 'sold', 'rejected', 'pending', 'in_doubt'])
      .nullable()
      .meta({ description: 'What the offer would come to; null where no answer was read' }),
  })
  .meta({ id: 'Tried' });
export type TriedBody = z.infer<typeof tried>;

export const TRYING: Readonly<Record<string, Operation>> = {
  'post /v1/contracts/{id}/try': {
    tags: ['configuration'],
    summary: 'Try a request of a contract, and the rules for its answer',
    description:
      'Shows the exact request for a sample lead, a described or a stored one, and reads an ' +
      'answer by the rules of the step. The real address is never called: with `live` the ' +
      'step’s `test_url` is. Nothing is held, stored or counted.',
    security: OPERATOR,
    request: {
      params: z.object({ id: z.string().meta({ description: 'The contract' }) }),
      body: json(tryBody),
    },
    responses: {
      200: { description: 'The request, and what the answer would come to', ...json(tried) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'operator_key_required',
        'no_such_entry',
        'no_such_lead',
        'invalid_request',
      ),
    },
  },
};
