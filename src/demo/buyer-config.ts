// What each stand-in buyer is told to do, as JSON: read once at the start of the buyers' process
// and again whenever a test replaces one buyer. Shares are 0 to 1; nothing given means a buyer
// that bids nothing, accepts every post and takes every delivery.

import { z } from 'zod';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const range = z
  .tuple([count, count])
  .refine(([least, most]) => least <= most, 'a range is [least, most]');
const amount = z.union([count, range]);

const FAULTS = [
  'hang',
  'reset',
  'reset_after_body',
  'drip',
  'garbage',
  'html',
  'empty',
  'redirect',
  'huge',
  'status',
  'cut',
  'slow_headers',
] as const;
const POST_FAULTS = [...FAULTS, 'accept_then_hang', 'accept_then_reset'] as const;

const misconduct = {
  delayMs: amount.optional(),
  /** Which of the leads meet the fault, drawn from buyer and lead; every one when absent. */
  faultShare: share.optional(),
  /** The first n requests to this address hang, whatever else is set. */
  hangFirst: count.optional(),
  /** The status of `fault: 'status'` (503 when absent) and of `'redirect'` (307). */
  status: z.int().min(200).max(599).optional(),
  /** The `Retry-After` of `fault: 'status'`. */
  retryAfter: z.string().optional(),
  /** Where `fault: 'redirect'` points. */
  redirectTo: z.url().optional(),
};

/** One of several prices, in the protocol's own words. */
const namedBid = z.strictObject({
  bid_id: z.string().optional(),
  bid_cents: count,
  shared: z.boolean().optional(),
});

const ping = z.strictObject({
  ...misconduct,
  fault: z.enum(FAULTS).optional(),
  bidCents: amount.optional(),
  /** Several prices in one answer, as the protocol has them; goes before `bidCents`. */
  bids: z.array(namedBid).max(10).optional(),
  noBidShare: share.optional(),
  reason: z.string().optional(),
});

const post = z.strictObject({
  ...misconduct,
  fault: z.enum(POST_FAULTS).optional(),
  /** `pending`: it has the lead and decides later. */
  answer: z.enum(['accept', 'reject', 'pending']).optional(),
  /** Every n-th post this buyer receives is rejected. */
  rejectEvery: z.int().min(1).optional(),
  rejectShare: share.optional(),
  /** Named in the acceptance instead of the offered price. */
  acceptPriceCents: count.optional(),
  reason: z.string().optional(),
});

const crm = z.strictObject({
  ...misconduct,
  fault: z.enum(FAULTS).optional(),
  /** Each lead's first n deliveries are answered with 500. */
  failFirst: count.optional(),
});

const status = z.strictObject({
  ...misconduct,
  fault: z.enum(FAULTS).optional(),
  /** Instead of what its journal says that it did with the lead. */
  answer: z.enum(['accepted', 'rejected', 'duplicate', 'pending', 'unknown']).optional(),
  /** The first n questions are answered with pending. */
  pendingFirst: count.optional(),
});

const buyer = z.strictObject({
  ping: ping.optional(),
  post: post.optional(),
  status: status.optional(),
  crm: crm.optional(),
});

// Names stand in addresses as they are.
const NAME_RULE = 'a name has a-z, 0-9, _ and - only';
const name = z.string().regex(/^[a-z0-9_-]+$/, NAME_RULE);

const buyers = z.strictObject({
  buyers: z.record(name, buyer, {
    error: ({ code }) => (code === 'invalid_key' ? NAME_RULE : undefined),
  }),
  journalPings: z.enum(['fsync', 'write', 'off']).optional(),
});

/** A fault of an answer; those that begin with `accept_then_` exist for posts only. */
export type Fault = (typeof POST_FAULTS)[number];

export type PingBehaviour = z.infer<typeof ping>;
export type PostBehaviour = z.infer<typeof post>;
export type StatusBehaviour = z.infer<typeof status>;
export type CrmBehaviour = z.infer<typeof crm>;

/** What one buyer does at its four addresses. */
export type BuyerBehaviour = z.infer<typeof buyer>;

/** All buyers of one process; `journalPings` is `'write'` when absent. */
export type BuyersConfig = z.infer<typeof buyers>;

/** Vouches for the whole file. Throws with every fault and its path; unknown options are faults. */
export function parseBuyersConfig(json: unknown): BuyersConfig {
  return vouched(buyers.safeParse(json));
}

/** The buyers of several files as one. Throws where two files have a buyer of one name. */
export function mergeBuyers(configs: readonly BuyersConfig[]): BuyersConfig {
  const merged = new Map<string, BuyerBehaviour>();
  for (const [buyerName, behaviour] of configs.flatMap((one) => Object.entries(one.buyers))) {
    if (merged.has(buyerName)) throw new Error(`two files have a buyer ${buyerName}`);
    merged.set(buyerName, behaviour);
  }
  const journalPings = configs.find((one) => one.journalPings)?.journalPings;
  return { buyers: Object.fromEntries(merged), ...(journalPings && { journalPings }) };
}

/** Vouches for one buyer that is put in place at run time. Throws like `parseBuyersConfig`. */
export function parseBuyer(buyerName: string, json: unknown): BuyerBehaviour {
  vouched(name.safeParse(buyerName));
  return vouched(buyer.safeParse(json));
}

function vouched<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  throw new Error(`buyers are not configured: ${z.prettifyError(result.error)}`);
}
