// A campaign's rule about duplicates.

import { z } from 'zod';

import { DUPLICATE_SCOPES, FREEING_ENDS } from '../../domain/duplicates.ts';
import { duration, settings } from './settings.ts';
import { personLists } from './terms.ts';

/** Which leads of a campaign are duplicates of earlier ones. */
export const duplicates = settings(
  {
    by: personLists,
    within: duration('1m', '10y', 'm')
      .prefault('30d')
      .describe('How far back, from minutes to years: 30m, 12h, 30d, 2y.'),
    scope: z
      .enum(DUPLICATE_SCOPES)
      .default('campaign')
      .describe(
        'Whose earlier leads count: of the same source in this campaign, of this campaign, or of ' +
          'those campaigns of the vertical, or of all, whose rules have this scope.',
      ),
    again_after: z
      .array(z.enum(FREEING_ENDS))
      .max(FREEING_ENDS.length)
      .default([])
      .describe('An earlier lead that ended so does not count.'),
  },
  { within: 'withinMinutes' },
);
