// Caps as operators write them: one period, one measure, and for whom they count.

import { z } from 'zod';

import { CAP_PERIODS, PACINGS, type Cap, WEEKDAYS } from '../../domain/world/cap.ts';
import { filter } from './filter.ts';
import { id, settings } from './settings.ts';

const MOST_HOURS = 24 * 31;

const cap = settings({
  per: z
    .enum(CAP_PERIODS)
    .describe('The period, counted in the buyer’s zone. rolling: the last `hours` hours.'),
  leads: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .nullable()
    .optional()
    .describe('Sales per period. null = no limit, 0 = takes nothing.'),
  cents: z
    .int()
    .min(0)
    .max(1_000_000_000_000)
    .nullable()
    .optional()
    .describe('Spend per period, in cents. null = no limit, 0 = takes nothing.'),
  starts: z.enum(WEEKDAYS).optional().describe('The first day of a week. Default: mon.'),
  hours: z.int().min(1).max(MOST_HOURS).optional().describe('The length of a rolling period.'),
  name: id
    .optional()
    .describe('Tells caps apart that would count in one window; stands in its key.'),
  each: z
    .string()
    .max(63)
    .optional()
    .describe('A limit for each value of this field or fact, on its own. Not a personal field.'),
  when: filter.optional().describe('Only leads that match count. Wants a name.'),
  pacing: z
    .enum(PACINGS)
    .optional()
    .describe('Spreads the limit of a day, week or month over its open hours.'),
}).transform(({ per, leads, cents, ...rest }, context): Cap => {
  if ((leads === undefined) === (cents === undefined)) {
    context.addIssue({ code: 'custom', message: 'wants leads or cents, one of them' });
    return z.NEVER;
  }
  const { starts, hours, name, each, when, pacing } = rest;
  return {
    per,
    ...(leads === undefined
      ? { measure: 'cents', limit: cents ?? null }
      : { measure: 'leads', limit: leads }),
    ...(starts !== undefined && { starts }),
    ...(hours !== undefined && { hours }),
    ...(name !== undefined && { name }),
    ...(each !== undefined && { each }),
    ...(when !== undefined && { when }),
    ...(pacing !== undefined && { pacing }),
  };
});

/** Limits per period; every one must have room. */
export const caps = z.array(cap).max(20).default([]);
