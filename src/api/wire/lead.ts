// What sources and operators are told about leads, short of the full trace: the answer to a
// submission and the lines of a list.

import { z } from 'zod';

import { LEAD_STATUSES } from '../../domain/lead.ts';
import { FIELD_REASONS, REFUSALS, UNSOLD } from '../../domain/reasons.ts';
import { keysOf } from './words.ts';

export const leadId = z.string().meta({
  description: 'A lead: lead_ and 26 letters and digits',
  example: 'lead_01KATJ7Q1M3W8Y4E2S5X6ZRB0N',
});
export const amount = z.int().meta({ description: 'Whole cents', example: 1184 });

const reasonText = z.string().meta({ description: 'The same for people' });
const unknownFields = z.array(z.string()).optional().meta({
  description: 'Fields you sent that the campaign does not know: kept, and not used',
});

/** A field, or a part of the consent (`consent.at`), that keeps the lead from being taken. */
export const fieldProblem = z
  .strictObject({
    field: z.string(),
    reason: z.enum(FIELD_REASONS),
    says: z.string(),
  })
  .meta({ id: 'FieldProblem' });

const sold = z.strictObject({
  id: leadId,
  status: z.literal('sold'),
  payout_cents: amount,
  redirect_url: z.string().optional().meta({ description: 'Where to send the person now' }),
  reason_text: reasonText,
  unknown_fields: unknownFields,
});
const unsold = z.strictObject({
  id: leadId,
  status: z.literal('unsold'),
  reason: z.enum(keysOf(UNSOLD)),
  reason_text: reasonText,
  test_payout_cents: amount.optional().meta({
    description: 'Of a test lead: what it would have earned; nothing is paid',
  }),
  unknown_fields: unknownFields,
});
const rejected = z.strictObject({
  id: leadId,
  status: z.literal('rejected'),
  reason: z.enum(keysOf(REFUSALS)),
  reason_text: reasonText,
  problems: z.array(fieldProblem).optional(),
  unknown_fields: unknownFields,
});
const duplicate = z.strictObject({
  id: leadId,
  status: z.literal('duplicate'),
  reason: z.literal('duplicate'),
  reason_text: reasonText,
  unknown_fields: unknownFields,
});
const pending = z.strictObject({
  id: leadId,
  status: z.literal('pending'),
  reason_text: reasonText,
  unknown_fields: unknownFields,
});

/** The answer to a source, now or later. */
export const leadAnswer = z
  .discriminatedUnion('status', [sold, unsold, rejected, duplicate, pending])
  .meta({ id: 'LeadAnswer' });
export type LeadAnswer = z.infer<typeof leadAnswer>;

/** The answer that is not one yet. */
export const pendingAnswer = pending.meta({ id: 'PendingAnswer' });

const listedLead = z.strictObject({
  id: leadId,
  status: z.enum([...LEAD_STATUSES, 'pending']),
  reason: z.string().optional(),
  campaign: z.string(),
  source: z.string(),
  sub_source: z.string().nullable(),
  external_id: z.string().nullable(),
  test: z.boolean(),
  received_at: z.iso.datetime(),
  settled_at: z.iso.datetime().nullable(),
  payout_cents: amount.optional(),
  sales: z
    .array(z.strictObject({ contract: z.string(), buyer: z.string(), price_cents: amount }))
    .optional()
    .meta({ description: 'For operators only' }),
});
export type ListedLeadBody = z.infer<typeof listedLead>;

export const leadPage = z
  .strictObject({
    leads: z.array(listedLead),
    next: z.string().nullable().meta({
      description: 'Send it as `cursor` for the next page; null on the last one',
    }),
  })
  .meta({ id: 'LeadPage' });

export const leadActionBody = z
  .strictObject({
    action: z.enum(['wake', 'offer', 'close']).meta({
      description:
        'wake: try again now; offer: to the one contract named, whatever its filter, score, ' +
        'source and hours say; close: unsold for good',
    }),
    contract: z.string().max(200).optional().meta({ description: 'With offer: to which' }),
  })
  .meta({ id: 'LeadAction', example: { action: 'offer', contract: 'apex_auto' } });

export const leadActionAnswer = z
  .strictObject({ id: leadId, action: z.string(), contract: z.string().optional() })
  .meta({ id: 'LeadActionAnswer' });

const settledAs = z.enum(['accepted', 'rejected', 'dismissed']);

export const settlementBody = z
  .strictObject({
    as: settledAs.meta({
      description:
        'What the buyer did with the lead, where nobody knew. Of a conflict: accepted books the ' +
        'late yes, or the price that the buyer named; dismissed leaves all as it is',
    }),
    price_cents: amount.min(1).nullish().meta({
      description: 'With accepted: at which price, if not the agreed or the named one',
    }),
  })
  .refine(({ as, price_cents: price }) => as === 'accepted' || price == null, {
    path: ['price_cents'],
    error: 'goes with accepted only',
  })
  .meta({ id: 'Settlement', example: { as: 'rejected' } });

export const settlementAnswer = z
  .strictObject({
    id: leadId,
    contract: z.string(),
    settled_as: settledAs,
  })
  .meta({ id: 'SettlementAnswer' });
