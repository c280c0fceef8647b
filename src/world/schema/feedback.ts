// What a buyer's CRM posts about the leads it bought.

import { z } from 'zod';

import { FEEDBACK_KINDS } from '../../domain/scoring/feedback.ts';
import { FEEDBACK_PARTS } from '../../domain/world/feedback-hook.ts';
import { path, signature } from './platform.ts';
import { settings } from './settings.ts';

const word = z.string().trim().toLowerCase().min(1).max(100);

export const feedbackHook = settings({
  paths: z
    .partialRecord(z.enum(FEEDBACK_PARTS), path)
    .refine((paths) => 'lead' in paths && 'what' in paths, 'wants the paths of lead and what')
    .describe('Where in the body each part stands, such as lead: $.deal.sluice_lead.'),
  words: z
    .record(word, z.enum(FEEDBACK_KINDS))
    .default({})
    .describe('What its words mean, such as closedwon: converted. Others are passed over.'),
  signature: signature.nullable().default(null).describe('null: the key in the address is all.'),
});
