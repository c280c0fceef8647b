// What operators are told of the calls of outside services, and what they cost.

import { z } from 'zod';

import { json, type Operation, OPERATOR, problems } from '../wire/operation.ts';

const day = z.iso.date();

/** `GET /v1/reports/lookups`. */
export const lookupQuery = z.strictObject({
  from: day.optional().meta({ description: 'First day, YYYY-MM-DD, of UTC' }),
  to: day.optional().meta({ description: 'Last day, included' }),
});

const sums = {
  calls: z.int().meta({ description: 'Calls that were sent; answers from the cache are none' }),
  failed: z.int().meta({ description: 'Those without a usable answer' }),
  cost_cents: z.int().meta({ description: 'By the configured prices, rounded up' }),
};

const lookupReport = z
  .strictObject({
    from: day.nullable(),
    to: day.nullable(),
    rows: z.array(z.strictObject({ day, service: z.string(), ...sums })),
    total: z.strictObject(sums),
  })
  .meta({ id: 'LookupReport' });
export type LookupReport = z.infer<typeof lookupReport>;

export const LOOKUPS: Readonly<Record<string, Operation>> = {
  'get /v1/reports/lookups': {
    tags: ['reports'],
    summary: 'Calls of outside services, and what they cost',
    description: 'By service and day of UTC, newest day first, at most 1,000 lines.',
    security: OPERATOR,
    request: { query: lookupQuery },
    responses: {
      200: { description: 'The report', ...json(lookupReport) },
      ...problems('key_missing_or_wrong', 'operator_key_required', 'invalid_request'),
    },
  },
};
