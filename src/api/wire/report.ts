// What operators are told about money, the configuration and the state of the installation, and the
// problem that anybody may be told.

import { z } from 'zod';

import { PROBLEMS } from '../problems.ts';
import { amount } from './lead.ts';
import { keysOf } from './words.ts';

const sums = {
  received: z.int().nullable().meta({
    description: 'Leads taken in; null where the line is about a buyer',
  }),
  sold: z.int().meta({ description: 'Leads sold at least once' }),
  revenue_cents: amount,
  payout_cents: amount,
  margin_cents: amount.meta({ description: 'Revenue less payout; may be negative' }),
};

const pnlLine = z.strictObject({
  campaign: z.string().optional(),
  source: z.string().optional(),
  buyer: z.string().optional(),
  day: z.iso.date().optional(),
  ...sums,
});

export const pnlReport = z
  .strictObject({
    by: z.array(z.string()),
    time_zone: z.string(),
    from: z.iso.date().nullable(),
    to: z.iso.date().nullable(),
    rows: z.array(pnlLine),
    total: z.strictObject(sums),
  })
  .meta({ id: 'PnlReport' });
export type PnlReport = z.infer<typeof pnlReport>;

export const readiness = z
  .strictObject({
    status: z.enum(['ready', 'not_ready']),
    degraded: z.array(z.string()).meta({ example: [] }),
    detail: z.string().optional(),
  })
  .meta({ id: 'Readiness' });

export const problem = z
  .strictObject({
    type: z.string().meta({ example: 'urn:sluice:problem:invalid_request' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(keysOf(PROBLEMS)),
    detail: z.string().optional(),
    errors: z
      .array(z.strictObject({ field: z.string(), says: z.string(), fix: z.string().optional() }))
      .optional(),
    request_id: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
