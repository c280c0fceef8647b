// The world document as operators write it, and its translation into the domain's types. References
// between things are checked in check.ts, since a schema sees one thing at a time.

import { z } from 'zod';

import type { MinMargin } from '../../domain/world/campaign.ts';
import { type Cents, ZERO } from '../../domain/money.ts';
import type { World } from '../../domain/world/world.ts';
import { withSteps } from '../presets.ts';
import { caps } from './cap.ts';
import { contract } from './contract.ts';
import { door } from './door.ts';
import { duplicates } from './duplicates.ts';
import { intakeTerms } from './intake.ts';
import { lookups } from './lookup.ts';
import { outcomesSecret } from './doubts/doubt.ts';
import { buyerWebhooks, operatorWebhooks, sourceWebhooks } from './events/webhook.ts';
import { feedbackHook } from './platform.ts';
import { schedule } from './schedule.ts';
import { scoring } from './scoring.ts';
import {
  amountCents,
  duration,
  id,
  keyHash,
  label,
  mapOf,
  settings,
  timeOfDay,
  timeZone,
} from './settings.ts';
import { stage } from './stage.ts';
import { noRepeats } from './terms.ts';
import { vertical } from './vertical.ts';

const name = label.optional().describe('For people. Default: the id.');
const paused = z.boolean().default(false);
const keys = z.array(keyHash).min(1).max(20).describe('More than one while a key is exchanged.');

const operator = settings({ name, keys });

const percent = z.number().min(0).max(100).multipleOf(0.01);

const minMargin = settings({
  cents: amountCents.optional().describe('What is left of every lead’s first sale, at least.'),
  percent: percent.optional().describe('The part of the price that is left, at least.'),
}).transform(({ cents: amount, percent: part }, context): MinMargin => {
  if (amount !== undefined && part === undefined) return { kind: 'cents', cents: amount };
  if (amount === undefined && part !== undefined) {
    return { kind: 'percent', basisPoints: Math.round(part * 100) };
  }
  context.addIssue({ code: 'custom', message: 'wants cents or percent, one of them' });
  return z.NEVER;
});

const holdUnsold = settings(
  {
    max: duration('1m', '30d', 'm').prefault('24h').describe('Kept at most for this long.'),
    until: timeOfDay
      .nullable()
      .default(null)
      .describe('Kept no longer than to this time of day in the world’s zone. null: no such end.'),
    every: duration('1m', '24h', 'm')
      .prefault('1h')
      .describe('Buyers that did not bid, or could not be reached, are asked again after this.'),
  },
  { max: 'maxMinutes', until: 'untilMinute', every: 'everyMinutes' },
);

const campaign = settings(
  {
    name,
    vertical: id.describe('The vertical whose fields its leads have.'),
    answer_within: duration('200ms', '60s', 'ms')
      .prefault('5s')
      .describe('How long a source waits for the outcome before it is told 202.'),
    ping_expires: duration('10s', '30m', 'ms')
      .prefault('2m')
      .describe('How long a bid is kept for the post that follows a source’s ping.'),
    max_sales: z.int().min(1).max(20).default(1).describe('How many buyers may share one lead.'),
    floor_cents: amountCents.prefault(0).describe('No bid below it counts.'),
    min_margin: minMargin
      .nullable()
      .default(null)
      .describe('What a sale must leave over the payout. null: it may be sold at a loss.'),
    paused: paused.describe('No contract of the campaign is offered anything.'),
    ...intakeTerms,
    duplicates: duplicates.nullable().default(null).describe('null: no lead is a duplicate.'),
    hold_unsold: holdUnsold
      .nullable()
      .default(null)
      .describe('Keeps an unsold lead and tries again. null: it is unsold at once.'),
    scoring: scoring.describe('How its leads are scored.'),
    lookups: lookups.describe('What outside services are asked about its leads.'),
    routing: z.array(stage).max(20).describe('The stages, tried in order until the lead is sold.'),
  },
  { answer_within: 'answerWithinMs', ping_expires: 'pingExpiresMs' },
);

const payout = settings({
  share_percent: percent
    .optional()
    .describe('A share of each sale’s price, rounded down to the cent.'),
  fixed_cents: amountCents.optional().describe('A fixed sum for the first sale of a lead.'),
}).transform(({ sharePercent, fixedCents }, context) => {
  if (fixedCents === undefined && sharePercent !== undefined) {
    return { kind: 'share' as const, basisPoints: Math.round(sharePercent * 100) };
  }
  if (fixedCents !== undefined && sharePercent === undefined) {
    return { kind: 'fixed' as const, cents: fixedCents };
  }
  context.addIssue({ code: 'custom', message: 'wants share_percent or fixed_cents, one of them' });
  return z.NEVER;
});

const source = settings({
  name,
  keys,
  campaigns: z.array(id).min(1).max(1_000).describe('The campaigns it may submit to.'),
  payout: payout.describe('What it earns.'),
  floor_cents: amountCents.prefault(0).describe('No bid below it counts for its leads.'),
  paused: paused.describe('Its leads are offered to nobody.'),
  pings_per_second: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('How many of its pings are answered, by each process.'),
  doors: mapOf(door, 50).default({}).describe('Other systems’ formats in which it posts.'),
  webhooks: sourceWebhooks,
});

const balance = settings({
  credit_cents: amountCents.prefault(0).describe('What it may buy for beyond what it paid in.'),
});

const member = settings({
  name,
  available: z.boolean().default(true).describe('false = away: it gets no leads.'),
  schedule: schedule.nullable().default(null).describe('Its hours, in the zone of its team.'),
  caps: caps.describe('How many leads it gets.'),
});

const buyer = settings({
  name,
  time_zone: timeZone
    .optional()
    .describe('In which its days and hours are counted. Default: the world’s.'),
  caps: caps.describe('Over all its contracts.'),
  no_repeats: noRepeats.describe('Never the same person twice, over all its contracts.'),
  floor_cents: amountCents.prefault(0).describe('No bid of its contracts below it counts.'),
  balance: balance
    .nullable()
    .default(null)
    .describe(
      'It pays ahead: deposits and credit limit what it buys from then on. null: no limit.',
    ),
  paused: paused.describe('Nothing is sent to it.'),
  in_house: z.boolean().default(false).describe('Sales people of your own, at no price.'),
  members: mapOf(member, 200).optional().describe('A team: its contracts rotate over them.'),
  keys: z.array(keyHash).max(20).default([]).describe('With one it reports what became of leads.'),
  outcomes_secret: outcomesSecret,
  feedback: feedbackHook.nullable().default(null).describe('How its CRM reports that.'),
  webhooks: buyerWebhooks,
});

/** The six maps of a world, by the document's key, each with the schema of one entry. */
export const SECTIONS = {
  operators: operator,
  verticals: vertical,
  campaigns: campaign,
  sources: source,
  buyers: buyer,
  contracts: contract,
} as const;

/** The whole document. */
export const worldDocument = settings({
  sluice: z.literal(1).describe('The version of this format: 1.'),
  name: label.default('Sluice').describe('The installation’s name, for people.'),
  time_zone: timeZone
    .default('America/New_York')
    .describe('IANA zone of the operator: the days of reports, and of buyers without their own.'),
  paused: paused.describe('The kill switch: nothing is sent to any buyer while true.'),
  operators: mapOf(operator, 100).default({}).describe('Who may read and change everything.'),
  webhooks: operatorWebhooks,
  verticals: mapOf(vertical, 50).default({}).describe('Kinds of leads.'),
  campaigns: mapOf(campaign, 1_000).default({}).describe('What sources submit to.'),
  sources: mapOf(source, 5_000).default({}).describe('Who submits leads.'),
  buyers: mapOf(buyer, 5_000).default({}).describe('Who buys leads.'),
  contracts: mapOf(contract, 10_000)
    .default({})
    .describe('A buyer’s standing terms in a campaign.'),
});

export type WorldDraft = z.output<typeof worldDocument>;
type Written = Pick<z.output<typeof contract>, 'buyer' | 'ping'>;

/** Fills in what one part takes from another: names from ids, zones from the world. */
export function toWorld(draft: Omit<WorldDraft, 'sluice'>): World {
  const named = <T extends { name?: string | undefined }>(map: Readonly<Record<string, T>>) =>
    mapValues(map, (value, key) => ({ ...value, name: value.name ?? key }));
  return {
    name: draft.name,
    timeZone: draft.timeZone,
    paused: draft.paused,
    operators: named(draft.operators),
    webhooks: draft.webhooks,
    verticals: named(draft.verticals),
    campaigns: mapValues(named(draft.campaigns), ({ routing, ...rest }) => ({
      ...rest,
      routing: routing.map((one, index) => ({ ...one, name: one.name ?? `stage_${index + 1}` })),
    })),
    sources: named(draft.sources),
    buyers: mapValues(named(draft.buyers), (one) => ({
      ...one,
      timeZone: one.timeZone ?? draft.timeZone,
    })),
    contracts: mapValues(named(draft.contracts), (written) => {
      const one = withSteps(written, draft);
      return { ...one, priceCents: one.priceCents ?? priceInHouse(draft, one) };
    }),
  };
}

/** In-house nothing is paid, so no price need be written. */
function priceInHouse({ buyers }: Omit<WorldDraft, 'sluice'>, contract: Written): Cents | null {
  const buyer = Object.hasOwn(buyers, contract.buyer) ? buyers[contract.buyer] : undefined;
  return buyer?.inHouse && contract.ping === null ? ZERO : null;
}

function mapValues<T, U>(
  map: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}
