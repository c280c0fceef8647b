// The question "what would happen to this lead, and why" and its answer.

import { z } from 'zod';

import { INELIGIBLE, NO_BIDS } from '../../domain/reasons.ts';
import { amount, fieldProblem, leadId } from './lead.ts';
import { keysOf } from './words.ts';

const name = z.string().trim().min(1).max(200);
const time = z.iso.datetime();

/** `POST /v1/explain`: a lead that is there, or one that is described. */
export const explainBody = z
  .strictObject({
    lead: name.optional().meta({ description: 'A stored lead, by its id' }),
    campaign: name.optional().meta({ description: 'For a lead that does not exist' }),
    source: name.optional().meta({ description: 'The source that would send it' }),
    fields: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'As in a submission: what is known about the person' }),
    sub_source: name.nullish().meta({ description: 'As in a submission' }),
    score: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: '0 to 100; reckoned by the rules unless told' }),
    flags: z
      .array(z.string().max(63))
      .max(10)
      .optional()
      .meta({ description: 'Lookups of the campaign that would flag it; none unless told' }),
    at: z
      .union([z.literal('now'), z.iso.datetime({ offset: true })], 'neither `now` nor a time')
      .optional()
      .meta({
        description:
          'now, or a time with its offset, by the world in force. Without it a stored lead is ' +
          'explained as it was routed, and a described one as of now',
      }),
  })
  .meta({
    id: 'ExplainQuestion',
    example: {
      campaign: 'auto_insurance',
      source: 'quotewell',
      fields: { first_name: 'Ann', phone: '(512) 555-0142', zip: '78704', state: 'TX' },
    },
  });
export type ExplainQuestion = z.output<typeof explainBody>;

const contract = z.strictObject({
  contract: z.string(),
  name: z.string(),
  buyer: z.string(),
  eligible: z.boolean(),
  rank: z.int().nullable().meta({ description: 'Place in the order of offers, from 1' }),
  price_cents: amount.nullable(),
  asks: z.boolean().meta({ description: 'It would be asked for a bid, which nobody knows' }),
  reason: z
    .enum(keysOf({ ...INELIGIBLE, ...NO_BIDS }))
    .nullable()
    .meta({ description: 'Why it may not buy, or why its bid does not count' }),
  reason_text: z.string().nullable(),
  detail: z.string().nullable().meta({ description: 'The fact and the limit that decided' }),
  until: time.nullable().meta({ description: 'When this may pass by itself' }),
});
export type ExplainedContract = z.infer<typeof contract>;

const stage = z.strictObject({
  stage: z.string(),
  method: z.string(),
  at: time.meta({ description: 'The instant by which it is judged' }),
  reached: z.boolean().nullable().meta({
    description: 'Whether the lead came to this stage; null unless explained as it was routed',
  }),
  turn: z.int().nullable().meta({ description: 'The draw of a rotation, from 1' }),
  floor_cents: amount.nullable().meta({ description: 'Of an auction' }),
  note: z.string().nullable().meta({ description: 'What could not be said' }),
  contracts: z.array(contract).meta({ description: 'In the order of offers, then the others' }),
});

/** The answer: nothing was asked, held, drawn or stored for it. */
export const explanation = z
  .strictObject({
    lead: leadId.nullable(),
    campaign: z.string(),
    source: z.string(),
    world_version: z.int(),
    as_of: z.enum(['recorded', 'now', 'time']),
    caps: z.enum(['recorded', 'live', 'unknown']).meta({
      description:
        'Where the use of caps is from: the stored route, the buyers’ entities now, or ' +
        'nowhere: then no cap was judged',
    }),
    note: z.string().nullable(),
    problems: z.array(fieldProblem).meta({ description: 'Such a lead would be rejected' }),
    unknown_fields: z.array(z.string()),
    duplicate_of: leadId.nullable(),
    score: z.strictObject({
      score: z.number(),
      band: z.enum(['high', 'medium', 'low']),
      reasons: z.array(z.strictObject({ says: z.string(), points: z.number() })),
    }),
    stages: z.array(stage),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof explanation>;
export type ExplainedStageBody = Explanation['stages'][number];
