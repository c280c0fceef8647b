// What operators are told about caps, and how they ask.

import { z } from 'zod';

import { json, type Operation, OPERATOR, problems } from './operation.ts';
import { pageLimit } from './queries.ts';

/** `GET /v1/caps`. */
export const capsQuery = z.strictObject({
  buyer: z.string().min(1).max(200).optional().meta({ description: 'One buyer only' }),
  cursor: z.string().max(1_000).optional().meta({ description: '`next` of the page before' }),
  limit: pageLimit,
});

const capLine = z.strictObject({
  buyer: z.string(),
  key: z.string().meta({ example: 'contract/apex_auto/day/2026-11-24/leads' }),
  cap: z.string().meta({ description: 'The key in words' }),
  used: z.int().nullable().meta({
    description: 'By the buyer’s entity: sold and held, in leads or cents; null while it is away',
  }),
  limit: z
    .int()
    .nullable()
    .meta({
      description:
        'By the configuration in force; null where it has this cap no more. Of a balance: the ' +
        'credit and what was paid in',
    }),
  left: z.int().nullable().meta({ description: 'Pacing may allow less at this moment' }),
  ends_at: z.iso.datetime().nullable().meta({
    description: 'Of a rolling cap: when the oldest use leaves. Null = never',
  }),
  counted: z.int().meta({
    description: 'By PostgreSQL, from the attempts that are on the way, sold or in doubt',
  }),
  agrees: z.boolean().nullable().meta({
    description: 'Whether both counts are equal. Leads under way may make a difference',
  }),
});
export type CapLine = z.infer<typeof capLine>;

export const capsPage = z
  .strictObject({
    caps: z.array(capLine),
    temporal: z.enum(['up', 'away']).meta({ description: 'away: only `counted` is known' }),
    next: z.string().nullable().meta({ description: 'The cursor of the next page' }),
  })
  .meta({ id: 'CapsPage' });
export type CapsPage = z.infer<typeof capsPage>;

export const CAPS: Readonly<Record<string, Operation>> = {
  'get /v1/caps': {
    tags: ['reports'],
    summary: 'Caps: used, left, and counted',
    description:
      'A line per cap window that has not ended, by buyer and key: used ones, and the unused ' +
      'ones of the configuration in force.',
    security: OPERATOR,
    request: { query: capsQuery },
    responses: {
      200: { description: 'A page', ...json(capsPage) },
      ...problems(
        'key_missing_or_wrong',
        'operator_key_required',
        'no_such_entry',
        'invalid_request',
        'unavailable',
      ),
    },
  },
};
