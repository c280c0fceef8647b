// The question "what would the leads of a period have brought in another world" and the lines of
// its answer.

import { z } from 'zod';

import { LEAD_STATUSES } from '../../domain/lead.ts';
import { leadId } from './lead.ts';
import { type Operation, OPERATOR, problems } from './operation.ts';

const key = z.string().min(1).max(200);
/** A span before now. */
export const SPAN = /^[1-9]\d{0,4}[mhd]$/;

const moment = z.union(
  [z.iso.datetime({ offset: true }), z.string().regex(SPAN)],
  'neither a time with its offset nor a span such as 90m, 24h or 7d',
);

/** `POST /v1/what-if`. */
export const whatIfQuery = z.strictObject({
  since: moment.optional().meta({
    description: 'A time with its offset, or a span before now: 90m, 24h, 7d. 24h unless told',
    example: '24h',
  }),
  until: moment.optional().meta({ description: 'The same; not included. Now unless told' }),
  campaign: key.optional().meta({
    description: 'Tells this campaign only. All leads are run again, since they share caps',
  }),
  leads: z.enum(['true', 'false']).optional().meta({
    description: 'true adds a line for each lead that comes to something else',
  }),
});
export type WhatIfQuery = z.output<typeof whatIfQuery>;

const count = z.int().min(0);
const cents = z.int();

const sums = {
  sales: count.meta({ description: 'One lead may have several' }),
  revenue_cents: cents,
  payout_cents: cents,
  margin_cents: cents,
};
const side = z.strictObject({
  sold: count.meta({ description: 'Leads' }),
  unsold: count,
  waiting: count.meta({ description: 'Kept for later rounds of which nothing is recorded' }),
  in_doubt: count,
  ...sums,
});
export type WhatIfSide = z.infer<typeof side>;
const buyerSide = z.strictObject(sums);
export type WhatIfSums = z.infer<typeof buyerSide>;

const result = z.strictObject({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  campaign: z.string().nullable(),
  leads: z.strictObject({
    received: count,
    refused: count.meta({ description: 'At intake or by validation: they stay refused' }),
    unfinished: count.meta({ description: 'Not decided yet: they stay as they are' }),
    simulated: count,
    changed: count.meta({ description: 'Other buyers, other prices, or another end' }),
    assumed: count.meta({
      description:
        'What they come to rests on an assumption: of a buyer that was not asked, or not at ' +
        'that price',
    }),
  }),
  before: side.meta({ description: 'As recorded' }),
  after: side.meta({ description: 'In the world that was sent' }),
  buyers: z.array(z.strictObject({ buyer: z.string(), before: buyerSide, after: buyerSide })),
  notes: z.array(z.string()).meta({ description: 'What could not be known' }),
});
export type WhatIfResult = z.infer<typeof result>;

const sale = z.strictObject({ contract: z.string(), buyer: z.string(), price_cents: cents });
const leadEnd = z.strictObject({ status: z.enum(LEAD_STATUSES), sales: z.array(sale) });
const changedLead = z.strictObject({
  lead: leadId,
  campaign: z.string(),
  source: z.string(),
  received_at: z.iso.datetime(),
  before: leadEnd,
  after: leadEnd,
  assumed: z.boolean(),
  why: z.array(
    z.strictObject({
      contract: z.string(),
      change: z.enum(['lost', 'gained', 'price']),
      reason: z.string().nullable().meta({
        description: 'lost: why it does not have the lead; gained: why it did not have it',
      }),
      detail: z.string(),
    }),
  ),
});
export type WhatIfLead = z.infer<typeof changedLead>;

/** One line of the answer; the last one is the result, or what went wrong. */
export const whatIfLine = z
  .union([
    z.strictObject({ progress: z.strictObject({ done: count, of: count }) }),
    z.strictObject({ lead: changedLead }),
    z.strictObject({ result }),
    z.strictObject({ error: z.looseObject({ code: z.string(), title: z.string() }) }),
  ])
  .meta({ id: 'WhatIfLine' });
export type WhatIfLine = z.infer<typeof whatIfLine>;

const world = z.record(z.string(), z.unknown());

export const WHAT_IF: Readonly<Record<string, Operation>> = {
  'post /v1/what-if': {
    tags: ['reports'],
    summary: 'Run the leads of a period again in another world',
    description:
      'The body is a whole configuration, as for PUT /v1/world; it is not applied. Answered line ' +
      'by line: progress, with `leads=true` each lead that comes to something else, and last the ' +
      'result: sales, revenue, payout and margin before and after, by buyer. Nothing is asked, ' +
      'sent or stored. One at a time.',
    security: OPERATOR,
    request: {
      query: whatIfQuery,
      body: {
        content: {
          'application/json': { schema: world },
          'application/yaml': { schema: z.string() },
        },
      },
    },
    responses: {
      200: {
        description: 'Lines of JSON; the last one is `result`, or `error` if something went wrong',
        content: { 'application/x-ndjson': { schema: whatIfLine } },
      },
      ...problems(
        'malformed_request',
        'key_missing_or_wrong',
        'operator_key_required',
        'what_if_running',
        'body_too_large',
        'unsupported_body_type',
        'invalid_request',
        'unknown_campaign',
        'invalid_world',
        'unavailable',
      ),
    },
  },
};
