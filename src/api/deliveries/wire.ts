// What operators ask and are told about deliveries and endpoints.

import { z } from 'zod';

import { ENDPOINT_STATES } from '../../domain/delivering/endpoint.ts';
import { DELIVERY_STATES } from '../../domain/outcome.ts';
import { json, type Operation, OPERATOR, problems } from '../wire/operation.ts';
import { moment, pageLimit } from '../wire/queries.ts';

const name = z.string().min(1).max(200);
const time = z.iso.datetime();

/** The most pushes that one request has made again. */
export const MOST_AGAIN = 1_000;

const range = {
  contract: name.optional(),
  target: name.optional().meta({ description: 'The name of the delivery in the contract' }),
  from: moment.optional().meta({
    description: 'By the first try: a day (YYYY-MM-DD) or a time with its offset',
  }),
  to: moment.optional().meta({ description: 'A day, which is included, or a time, which is not' }),
};

/** `GET /v1/deliveries`. */
export const deliveryQuery = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional(),
  ...range,
  cursor: z.string().max(400).optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
});

const deliveryLine = z
  .strictObject({
    id: z.string().meta({ description: '`lead/contract/target`, the same on each try' }),
    lead: z.string(),
    contract: z.string(),
    target: z.string(),
    state: z.enum(DELIVERY_STATES),
    tries: z.int(),
    detail: z.string().meta({ description: 'Of the last try, without the person' }),
    begun_at: time,
    at: time.meta({ description: 'Of the last change' }),
    next_try_at: time.nullable(),
    redeliveries: z.int().meta({ description: 'How often operators had it pushed again' }),
  })
  .meta({ id: 'Delivery' });
export type DeliveryLine = z.infer<typeof deliveryLine>;

const deliveryPage = z
  .strictObject({ deliveries: z.array(deliveryLine), next: z.string().nullable() })
  .meta({ id: 'DeliveryPage' });
export type DeliveryPageBody = z.infer<typeof deliveryPage>;

/** `POST /v1/deliveries/redeliver`. */
export const redeliverBody = z
  .strictObject({
    ids: z
      .array(z.string().max(300))
      .min(1)
      .max(MOST_AGAIN)
      .optional()
      .meta({ description: 'Deliveries by their id, delivered ones too' }),
    filter: z
      .strictObject({ state: z.enum(['failed', 'unclear']).default('failed'), ...range })
      .optional()
      .meta({ description: 'All that match; failed ones unless told' }),
    dry_run: z.boolean().default(false),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    path: ['ids'],
    error: 'wants ids or filter, and not both',
  });

const redeliverAnswer = z
  .strictObject({
    dry_run: z.boolean(),
    count: z.int(),
    ids: z.array(z.string()).meta({ description: 'Those that are pushed again, or would be' }),
    more: z.boolean().meta({ description: `There are more than ${MOST_AGAIN}: ask again` }),
    disabled: z.int().meta({ description: 'Left alone: their endpoint is disabled' }),
  })
  .meta({ id: 'Redelivered' });
export type RedeliverAnswer = z.infer<typeof redeliverAnswer>;

const endpointLine = z
  .strictObject({
    contract: z.string(),
    target: z.string(),
    state: z.enum(ENDPOINT_STATES),
    since: time.nullable().meta({ description: 'Of the state; null where it never changed' }),
    in_world: z.boolean().meta({ description: 'False: the configuration in force has it no more' }),
    failures: z.int().meta({ description: 'In a row' }),
    failing_since: time.nullable(),
    last_error: z.string().nullable(),
    last_error_at: time.nullable(),
    next_probe_at: time.nullable(),
    switched_by: z.string().nullable().meta({ description: 'Who enabled or disabled it last' }),
    deliveries: z
      .strictObject({ trying: z.int(), failed: z.int(), unclear: z.int() })
      .meta({ description: 'Those that are not delivered' }),
  })
  .meta({ id: 'Endpoint' });
export type EndpointLine = z.infer<typeof endpointLine>;

const endpointPage = z
  .strictObject({ endpoints: z.array(endpointLine) })
  .meta({ id: 'EndpointPage' });

const params = z.object({
  contract: z.string().meta({ description: 'The contract' }),
  target: z.string().meta({ description: 'The name of the delivery in it' }),
});

const switched: Operation = {
  tags: ['deliveries'],
  summary: 'Enable or disable an endpoint',
  description: 'What failed meanwhile stays failed until it is redelivered.',
  security: OPERATOR,
  request: { params },
  responses: {
    200: { description: 'As it is now', ...json(endpointLine) },
    ...problems('key_missing_or_wrong', 'operator_key_required', 'no_such_endpoint'),
  },
};

export const DELIVERIES: Readonly<Record<string, Operation>> = {
  'get /v1/deliveries': {
    tags: ['deliveries'],
    summary: 'List deliveries, those of the newest leads first',
    security: OPERATOR,
    request: { query: deliveryQuery },
    responses: {
      200: { description: 'A page', ...json(deliveryPage) },
      ...problems('key_missing_or_wrong', 'operator_key_required', 'invalid_request'),
    },
  },
  'post /v1/deliveries/redeliver': {
    tags: ['deliveries'],
    summary: 'Push again what failed',
    description:
      'One, many, or all of a time. Each is pushed by a workflow of its own, with the same id, ' +
      'by the configuration in force. What is being tried is left alone.',
    security: OPERATOR,
    request: { body: json(redeliverBody) },
    responses: {
      200: { description: 'Asked for, or what would be', ...json(redeliverAnswer) },
      ...problems(
        'malformed_json',
        'key_missing_or_wrong',
        'operator_key_required',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
      ),
    },
  },
  'get /v1/endpoints': {
    tags: ['deliveries'],
    summary: 'The health of all endpoints',
    description: 'An endpoint is one delivery of one contract.',
    security: OPERATOR,
    responses: {
      200: { description: 'The endpoints', ...json(endpointPage) },
      ...problems('key_missing_or_wrong', 'operator_key_required'),
    },
  },
  'get /v1/endpoints/:contract/:target': {
    tags: ['deliveries'],
    summary: 'The health of one endpoint',
    security: OPERATOR,
    request: { params },
    responses: {
      200: { description: 'The endpoint', ...json(endpointLine) },
      ...problems('key_missing_or_wrong', 'operator_key_required', 'no_such_endpoint'),
    },
  },
  'post /v1/endpoints/:contract/:target/enable': { ...switched, summary: 'Enable an endpoint' },
  'post /v1/endpoints/:contract/:target/disable': { ...switched, summary: 'Disable an endpoint' },
};
