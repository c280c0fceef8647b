// The queries and headers of requests: one schema each, read by the routes and the documentation.

import { z } from 'zod';

import { PNL_DIMENSIONS } from '../../db/reading/pnl.ts';
import { LEAD_STATUSES } from '../../domain/lead.ts';

const key = z.string().min(1).max(200);
export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'not a whole number')
  .transform(Number);

/** How much a page holds. */
export const pageLimit = wholeNumber
  .refine((limit) => limit >= 1 && limit <= 200, 'not between 1 and 200')
  .optional()
  .meta({ description: '1 to 200; 50 unless told', type: 'integer' });

const day = z.iso.date();
/** A day, or a time with its offset. */
export const moment = z.union([day, z.iso.datetime({ offset: true })], 'neither a day nor a time');

/** `GET /v1/leads`. */
export const leadQuery = z.strictObject({
  status: z
    .enum([...LEAD_STATUSES, 'pending'])
    .optional()
    .meta({
      description: 'pending is received, waiting or in_doubt; sources see only pending of these',
    }),
  campaign: key.optional(),
  source: key.optional().meta({ description: 'For operators' }),
  buyer: key.optional().meta({
    description: 'For operators: leads that the buyer has, or may have',
  }),
  reason: key.optional().meta({ description: 'The reason of the outcome, such as no_bids' }),
  test: z.enum(['true', 'false']).optional(),
  from: moment.optional().meta({ description: 'A day (YYYY-MM-DD) or a time with its offset' }),
  to: moment.optional().meta({ description: 'A day, which is included, or a time, which is not' }),
  cursor: z.string().max(200).optional().meta({ description: '`next` of the page before' }),
  limit: wholeNumber
    .refine((limit) => limit >= 1 && limit <= 200, 'not between 1 and 200')
    .optional()
    .meta({ description: 'Leads on a page, 1 to 200; 50 unless told', type: 'integer' }),
});
export type LeadListQuery = z.output<typeof leadQuery>;

/** `GET /v1/reports/pnl`. */
export const pnlQuery = z.strictObject({
  by: z
    .string()
    .optional()
    .transform((text) => (text === undefined ? ['campaign'] : text.split(',')))
    .pipe(z.array(z.enum(PNL_DIMENSIONS)).min(1).max(PNL_DIMENSIONS.length))
    .meta({
      type: 'string',
      description: `One or more of ${PNL_DIMENSIONS.join(', ')}, with commas; campaign unless told`,
      example: 'campaign,day',
    }),
  from: day.optional().meta({ description: 'First day, YYYY-MM-DD, in the operator’s zone' }),
  to: day.optional().meta({ description: 'Last day, included' }),
  campaign: key.optional(),
  source: key.optional(),
  buyer: key.optional(),
});
export type PnlReportQuery = z.output<typeof pnlQuery>;

/** `GET /v1/world`. */
export const worldQuery = z.strictObject({
  version: wholeNumber.optional().meta({ description: 'The newest unless told', type: 'integer' }),
});

/** Every change of the configuration. */
export const applyQuery = z.strictObject({
  dry_run: z.enum(['true', 'false']).optional().meta({
    description: 'true tells what would change, and changes nothing',
  }),
});

/** The headers of `POST /v1/leads`. */
export const leadHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'not 1 to 255 printable ASCII characters')
    .optional()
    .meta({
      description:
        'Names this submission: sent again within 72 hours with the same body, it gets ' +
        'the same answer and makes no second lead. 1 to 255 printable ASCII characters',
    }),
});
