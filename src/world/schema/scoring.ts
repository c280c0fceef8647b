// How a campaign's leads are scored, as operators write it.

import { z } from 'zod';

import { settings } from './settings.ts';

/** The settings of a campaign's scores. */
export const scoring = settings({
  by: z
    .enum(['history', 'rules'])
    .default('history')
    .describe('history: by what became of leads like it, once there is enough of it.'),
  ai_wait_ms: z
    .int()
    .min(0)
    .max(5_000)
    .default(600)
    .describe(
      'How long a lead waits for Claude’s grade, counted from the beginning of its run. 0: none.',
    ),
}).prefault({});
