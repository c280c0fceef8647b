// What parties are told of events and webhooks, and how they ask.

import { z } from 'zod';

import { DELIVERY_STATES } from '../../db/events/read.ts';
import { EVENT_TYPES } from '../../domain/events/event.ts';
import { json, type Operation, OPERATOR, problems } from '../wire/operation.ts';
import { pageLimit } from '../wire/queries.ts';

const webhookId = z.string().max(200).meta({
  description: 'operator/{name}, source/{source}/{name} or buyer/{buyer}/{name}',
  example: 'operator/ops',
});
const types = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(EVENT_TYPES)))
  .optional()
  .meta({ type: 'string', description: 'With commas; all unless told', example: 'lead.sold' });

/** `GET /v1/events`. */
export const eventsQuery = z.strictObject({
  types,
  lead: z.string().max(100).optional().meta({ description: 'The events of one lead' }),
  webhook: webhookId.optional().meta({ description: 'Those queued for one of yours, and how' }),
  state: z
    .enum(DELIVERY_STATES)
    .optional()
    .meta({ description: 'With `webhook`: how that went, such as given_up' }),
  before: z.string().max(100).optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
});

const listedEvent = z.strictObject({
  id: z.string().meta({ description: 'The `webhook-id` of each try' }),
  type: z.enum(EVENT_TYPES),
  timestamp: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()).meta({ description: 'As the caller is told it' }),
  delivery: z
    .strictObject({
      state: z.enum(DELIVERY_STATES),
      tries: z.int(),
      detail: z.string().nullable(),
    })
    .optional()
    .meta({ description: 'With `webhook`' }),
});

export const eventsPage = z
  .strictObject({
    events: z.array(listedEvent),
    next: z.string().nullable().meta({ description: 'Send it as `before` for the next page' }),
  })
  .meta({ id: 'EventsPage' });
export type EventsPage = z.infer<typeof eventsPage>;

/** `POST /v1/events/replay`. */
export const replayBody = z
  .strictObject({
    webhook: webhookId,
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }).optional().meta({ description: 'Now unless told' }),
    types: z
      .array(z.enum(EVENT_TYPES))
      .min(1)
      .optional()
      .meta({ description: 'Those that the webhook asks for unless told' }),
    dry_run: z.boolean().default(false).meta({ description: 'true counts, and sends nothing' }),
  })
  .meta({ id: 'EventReplay' });

export const replayAnswer = z
  .strictObject({ webhook: z.string(), events: z.int(), dry_run: z.boolean() })
  .meta({ id: 'EventReplayAnswer' });
export type ReplayAnswer = z.infer<typeof replayAnswer>;

/** `GET /v1/webhooks`. */
export const webhooksQuery = z.strictObject({
  cursor: z.string().max(200).optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
});

const moment = z.iso.datetime().nullable();

const webhookLine = z.strictObject({
  id: webhookId,
  url: z.string(),
  events: z.array(z.enum(EVENT_TYPES)),
  state: z.enum(['ok', 'untried', 'failing', 'disabled']),
  last_ok_at: moment,
  failing_since: moment,
  last_failed_at: moment,
  last_failure: z.string().nullable(),
  disabled_at: moment,
  disabled_why: z.string().nullable(),
  waiting: z.int().meta({ description: 'Events that are not delivered yet' }),
  given_up: z.int().meta({ description: 'Events of the last 30 days that nobody tries any more' }),
});
export type WebhookLine = z.infer<typeof webhookLine>;

export const webhooksPage = z
  .strictObject({ webhooks: z.array(webhookLine), next: z.string().nullable() })
  .meta({ id: 'WebhooksPage' });
export type WebhooksPage = z.infer<typeof webhooksPage>;

/** `POST /v1/webhooks/enable`. */
export const enableBody = z.strictObject({ webhook: webhookId }).meta({ id: 'WebhookToEnable' });

const EVERY_KEY = [{ sourceKey: [] }, { buyerKey: [] }, { operatorKey: [] }];
const SENT = ['malformed_json', 'body_too_large', 'unsupported_body_type'] as const;
const OPERATORS = ['key_missing_or_wrong', 'operator_key_required', 'invalid_request'] as const;

export const EVENTS: Readonly<Record<string, Operation>> = {
  'get /v1/events': {
    tags: ['events'],
    summary: 'List the events of the last 30 days that are for the caller, newest first',
    security: EVERY_KEY,
    request: { query: eventsQuery },
    responses: {
      200: { description: 'A page', ...json(eventsPage) },
      ...problems('key_missing_or_wrong', 'invalid_request', 'no_such_entry'),
    },
  },
  'post /v1/events/replay': {
    tags: ['events'],
    summary: 'Send events to a webhook once more',
    description: 'Under the ids that they had, so that a receiver passes over what it knows.',
    security: OPERATOR,
    request: { body: json(replayBody) },
    responses: {
      200: { description: 'How many are queued, or would be', ...json(replayAnswer) },
      ...problems(...OPERATORS, ...SENT, 'no_such_entry'),
    },
  },
  'get /v1/webhooks': {
    tags: ['events'],
    summary: 'List webhooks and how they do: all for an operator, else one’s own',
    security: EVERY_KEY,
    request: { query: webhooksQuery },
    responses: {
      200: { description: 'A page', ...json(webhooksPage) },
      ...problems('key_missing_or_wrong', 'invalid_request'),
    },
  },
  'post /v1/webhooks/enable': {
    tags: ['events'],
    summary: 'Begin anew with a webhook that was disabled',
    description: 'It is sent what happens from now on; a replay sends what it missed.',
    security: OPERATOR,
    request: { body: json(enableBody) },
    responses: {
      200: { description: 'How it does now', ...json(webhookLine) },
      ...problems(...OPERATORS, ...SENT, 'no_such_entry'),
    },
  },
};
