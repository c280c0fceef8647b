// The full trace of a lead as operators read it: what was decided, by which facts, and the money.

import { z } from 'zod';

import { ATTEMPT_STATES, LEAD_STATUSES } from '../../domain/lead.ts';
import { DELIVERY_STATES } from '../../domain/outcome.ts';
import {
  DOUBTS,
  INELIGIBLE,
  NO_BIDS,
  REFUSALS,
  REJECTIONS,
  UNANSWERED,
  UNSOLD,
} from '../../domain/reasons.ts';
import { HINTS } from '../../domain/validation/hints.ts';
import { amount, leadAnswer, leadId } from './lead.ts';
import { feedbackLine, score } from './scoring/score.ts';
import { keysOf } from './words.ts';

const time = z.iso.datetime();
const ms = z.number().min(0).meta({ description: 'Milliseconds' });
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const check = z.strictObject({
  check: z.string(),
  ok: z.boolean(),
  says: z.string(),
  lookup: z
    .strictObject({
      service: z.string(),
      outcome: z.enum(['clear', 'bad', 'unsure', 'missing', ...keysOf(UNANSWERED)]),
      ms,
      cached: z.boolean(),
      flagged: z.boolean(),
    })
    .optional()
    .meta({ description: 'Of a lookup: who was asked, what came of it, how long the lead waited' }),
});

const why = {
  reason: z
    .enum(keysOf({ ...INELIGIBLE, ...NO_BIDS, ...REJECTIONS, ...DOUBTS, ...REFUSALS, ...UNSOLD }))
    .nullable(),
  reason_text: z.string().nullable(),
  detail: z.string().nullable().meta({ description: 'The fact and the limit that decided' }),
};

/** How far a contract came with a lead, in the order of getting further. */
export const CONTRACT_RESULTS = [
  'not_reached',
  'waiting',
  'not_eligible',
  'no_bid',
  'not_offered',
  'planned',
  'sending',
  'pending',
  'in_doubt',
  'not_sent',
  'rejected',
  'accepted_conflict',
  'returned',
  'sold',
] as const;

const contractLine = z.strictObject({
  contract: z.string(),
  name: z.string(),
  buyer: z.string(),
  stage: z.string().nullable(),
  result: z.enum(CONTRACT_RESULTS),
  price_cents: amount.nullable(),
  ...why,
});

const bid = z.strictObject({
  contract: z.string(),
  rank: z.int().nullable().meta({ description: 'Place in the order of offers, from 1' }),
  price_cents: amount.nullable(),
  ms,
  ...why,
});

const pricedOffer = z.strictObject({
  contract: z.string(),
  price_cents: amount.meta({ description: 'What it would pay' }),
  ranks_as_cents: z.int(),
  shared: z.boolean(),
});

const stage = z.strictObject({
  round: z.int(),
  stage: z.string(),
  method: z.string(),
  turn: z.int().nullable(),
  tier: z.int().nullable().meta({ description: 'Of a waterfall: the priority that took turns' }),
  order: z.array(
    z.strictObject({ contract: z.string(), buyer: z.string(), price_cents: amount.nullable() }),
  ),
  why_not: z.array(z.strictObject({ contract: z.string(), ...why })),
  auction: z
    .strictObject({
      floor_cents: amount,
      first_sale_cents: amount.nullable().meta({
        description: 'What the first sale must bring to cover payout and margin',
      }),
      ms,
      closed_early: z.boolean(),
      pick: z.enum(['price', 'total']),
      bids: z.array(bid),
      offers: z.array(pricedOffer).meta({
        description: 'Best first, where bids alone do not say what is paid; else empty',
      }),
    })
    .nullable(),
});

const attempt = z.strictObject({
  contract: z.string(),
  buyer: z.string(),
  round: z.int(),
  stage: z.string(),
  position: z.int(),
  state: z.enum(ATTEMPT_STATES),
  exclusive: z.boolean(),
  place: z.int().nullable(),
  price_cents: amount,
  bid_id: z.string().nullable(),
  reference: z.string().nullable().meta({ description: 'The buyer’s own id of the lead' }),
  ms: ms.nullable(),
  ...why,
  planned_at: time,
  sent_at: time.nullable(),
  settled_at: time.nullable(),
});

const sale = z.strictObject({
  contract: z.string(),
  buyer: z.string(),
  price_cents: amount,
  payout_cents: amount,
  reference: z.string().nullable(),
  sold_at: time,
});

const transfer = z.strictObject({
  id: z.string(),
  kind: z.enum(['charge', 'payout']),
  state: z.enum(['pending', 'posted', 'voided']),
  from: z.string(),
  to: z.string(),
  amount_cents: amount,
  posted_at: time,
});

const delivery = z.strictObject({
  contract: z.string(),
  target: z.string(),
  state: z.enum(DELIVERY_STATES),
  tries: z.int(),
  detail: z.string(),
  at: time,
  next_try_at: time.nullable(),
});

const money = z.strictObject({
  revenue_cents: amount,
  payout_cents: amount,
  margin_cents: amount.meta({ description: 'Whole cents; may be negative' }),
});

const consent = z.strictObject({
  text: z.string().optional(),
  at: z.string().optional(),
  ip: z.string().optional(),
  trustedform_url: z.string().optional(),
  jornaya_id: z.string().optional(),
});

const wait = z.strictObject({
  round: z.int().meta({ description: 'The round after which it waited' }),
  reason: why.reason,
  reason_text: why.reason_text,
  since: time,
  wakes_at: time.meta({ description: 'When it is tried again by itself, or given up' }),
  until: time.meta({ description: 'From then on it is unsold' }),
  for: z.array(z.strictObject({ contract: z.string(), ...why, until: time.nullable() })),
});

const action = z.strictObject({
  round: z.int(),
  action: z.string(),
  contract: z.string().nullable(),
  by: z.string(),
  at: time,
});

/** The answer to an operator who asks for a lead. */
export const leadTrace = z
  .strictObject({
    id: leadId,
    public_no: z.int(),
    status: z.enum(LEAD_STATUSES),
    answer: leadAnswer.meta({ description: 'What the source is told' }),
    campaign: z.string(),
    source: z.string(),
    sub_source: z.string().nullable(),
    external_id: z.string().nullable(),
    test: z.boolean(),
    asking_cents: amount.nullable(),
    received_at: time,
    settled_at: time.nullable(),
    round: z.int(),
    world_version: z.int(),
    workflow: z.strictObject({ id: z.string(), url: z.string().nullable() }),
    fields: z.record(z.string(), scalar).meta({ description: 'Secret ones as stars' }),
    problems: z.array(z.strictObject({ field: z.string(), reason: z.string(), says: z.string() })),
    unknown_fields: z.array(z.string()),
    behaviour: z.record(z.string(), scalar),
    consent: consent.nullable(),
    checks: z.array(check),
    hints: z
      .array(z.strictObject({ field: z.string(), code: z.enum(keysOf(HINTS)), says: z.string() }))
      .meta({ description: 'What is odd about it, whether it was refused for that or not' }),
    duplicate_of: leadId.nullable(),
    score: score.nullable(),
    contracts: z.array(contractLine).meta({
      description: 'Each contract of the campaign, with the one reason why it has the lead or not',
    }),
    stages: z.array(stage),
    waits: z.array(wait).meta({ description: 'Between two rounds; the last one may go on' }),
    actions: z.array(action).meta({ description: 'What operators did while it waited' }),
    attempts: z.array(attempt),
    sales: z.array(sale),
    transfers: z.array(transfer),
    deliveries: z.array(delivery),
    feedback: z.array(feedbackLine).meta({ description: 'What was reported after the sale' }),
    money,
  })
  .meta({ id: 'LeadTrace' });
export type LeadTraceBody = z.infer<typeof leadTrace>;
export type WaitBody = z.infer<typeof wait>;
export type StageBody = z.infer<typeof stage>;
export type ContractLine = z.infer<typeof contractLine>;
export type AttemptBody = z.infer<typeof attempt>;
