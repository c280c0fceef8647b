// A contract as operators write it: a buyer's standing terms in one campaign.

import { z } from 'zod';

import { caps } from './cap.ts';
import { preset } from './delivery/preset.ts';
import { doubt, status } from './doubts/doubt.ts';
import { filter } from './filter.ts';
import { schedule } from './schedule.ts';
import { amountCents, id, label, settings, url } from './settings.ts';
import { delivery, noRepeats, ping, post } from './terms.ts';

const sources = settings({
  allow: z.array(id).max(5_000).nullable().default(null).describe('null: all but the denied.'),
  deny: z.array(id).max(5_000).default([]).describe('Never these, even if allowed.'),
});

const multiplier = z
  .number()
  .min(0.01)
  .max(100)
  .multipleOf(0.0001)
  .transform((factor) => Math.round(factor * 10_000));

const adjustment = settings(
  {
    source: id.describe('Whose leads.'),
    multiplier: multiplier.prefault(1).describe('On top of the contract’s multiplier.'),
    add_cents: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .default(0)
      .describe('Added after the multipliers; may be negative.'),
  },
  { multiplier: 'multiplierBasisPoints' },
);

/** One entry of `contracts`. */
export const contract = settings(
  {
    name: label.optional().describe('For people. Default: the id.'),
    buyer: id.describe('Who pays.'),
    campaign: id.describe('Which leads.'),
    paused: z.boolean().default(false).describe('It is offered nothing.'),
    priority: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(100)
      .describe('Lower goes first in a waterfall, and among equal bids.'),
    weight: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(1)
      .describe('Its share in weighted stages; 0 = never drawn.'),
    exclusive: z.boolean().default(true).describe('A sale to it takes every place of the lead.'),
    price_cents: amountCents
      .nullable()
      .default(null)
      .describe('The fixed price. Not with a ping, whose bid is the price.'),
    multiplier: multiplier
      .prefault(1)
      .describe('Scales its bids for ranking only: 1.2 ranks $10 like $12. It pays what it bid.'),
    adjustments: z
      .array(adjustment)
      .max(1_000)
      .default([])
      .describe('What its bids rank like for leads of some sources. It pays what it bid.'),
    max_bid_cents: amountCents.prefault(50_000).describe('A bid above it is refused as a mistake.'),
    floor_cents: amountCents
      .prefault(0)
      .describe('A bid of this contract below it does not count.'),
    min_score: z.int().min(0).max(100).default(0).describe('No lead with a lower score.'),
    sources: sources.prefault({}).describe('Which sources’ leads it takes.'),
    filter: filter.nullable().default(null).describe('Which leads it wants. null: every one.'),
    schedule: schedule.nullable().default(null).describe('When it buys. null: always.'),
    caps: caps.describe('How much it buys; every one must have room.'),
    no_repeats: noRepeats.describe('Never the same person twice. null: no such rule.'),
    preset: preset
      .nullable()
      .default(null)
      .describe('The buyer’s platform with its ids and keys, instead of ping and post.'),
    ping: ping.nullable().default(null).describe('How it is asked for a bid.'),
    post: post
      .nullable()
      .default(null)
      .describe('How it is offered the lead. Only a buyer in-house needs none.'),
    status: status
      .nullable()
      .default(null)
      .describe('How it is asked what it did with a lead in doubt. null: it cannot be asked.'),
    doubt: doubt.prefault({}).describe('What a doubt comes to in the end.'),
    redirect_url: url.nullable().default(null).describe('Where the person is sent after a sale.'),
    deliveries: z.array(delivery).max(20).default([]).describe('What is pushed after the sale.'),
  },
  { multiplier: 'multiplierBasisPoints' },
).superRefine((written, { addIssue }) => {
  if (written.preset === null) return;
  for (const step of ['ping', 'post'] as const) {
    if (written[step] === null) continue;
    const message = 'does not go with preset, which says it itself: leave one of them out';
    addIssue({ code: 'custom', message, path: [step] });
  }
});
