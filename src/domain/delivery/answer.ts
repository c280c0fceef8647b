// How a buyer's answers are read where it does not speak Sluice's own protocol: rules that an
// operator writes, in groups, and what an answer came to by them.

import type { Leg } from '../lead.ts';
import type { Cents } from '../money.ts';

/**
 * Where something stands in an answer: `bids.*.payout`, `errors[0].text`, `reply.legs.leg.@id`;
 * `a|b` takes the first that is there; `/payout=(\d+)/` is a pattern on the text, its first group.
 */
export type AnswerPath = string;

export type RuleValue = string | number | boolean;

/** One test of an answer. */
export interface Rule {
  readonly on: 'status' | 'path' | 'body' | 'header';
  /** Of `path`. Where several values stand there, one of them is enough. */
  readonly path?: AnswerPath | undefined;
  /** Of `header`. */
  readonly name?: string | undefined;
  /**
   * Values are compared whole. `eq` minds the case, `ieq` and `in` do not; `matches` is a pattern
   * of RE2 without regard to case, which must cover the whole value, and is searched for in a body;
   * `exists` and `truthy` with the value false turn round: nothing there, a plain no there.
   */
  readonly op: 'eq' | 'ieq' | 'in' | 'matches' | 'exists' | 'gt' | 'truthy';
  readonly value?: RuleValue | readonly RuleValue[] | undefined;
  /** Must be met as well: "duplicate" in the text of a refusal, not in that of a sale. */
  readonly and?: readonly Omit<Rule, 'and'>[] | undefined;
}

export interface PriceRule {
  readonly path: AnswerPath;
  readonly unit: 'dollars' | 'cents';
  /** Cut out of the text before it is read, such as "USD". */
  readonly strip?: string | undefined;
  /** The price where nothing stands at the path; what stands there and is no price stays none. */
  readonly fallbackCents?: Cents | undefined;
  /** A price below counts as not named. */
  readonly minCents?: Cents | undefined;
}

/** A list of prices; its paths begin at one entry of it. */
export interface BidListRule {
  readonly list: AnswerPath;
  readonly price: AnswerPath;
  readonly bidId?: AnswerPath | undefined;
  readonly seller?: AnswerPath | undefined;
}

/** The groups, in the order in which they are held against an answer; the first hit decides. */
export const ANSWER_GROUPS = [
  'errorIf',
  'duplicateIf',
  'invalidIf',
  'rejectIf',
  'pendingIf',
  'acceptIf',
] as const;
export type AnswerGroup = (typeof ANSWER_GROUPS)[number];

/** The rules of one request's answers. */
export type AnswerRules = Readonly<Record<AnswerGroup, readonly Rule[]>> & {
  readonly parseAs: 'auto' | 'json' | 'xml' | 'text';
  /** What a readable 2xx answer means that no rule met. Never a sale. */
  readonly otherwise: 'reject' | 'error' | 'in_doubt';
  readonly price?: PriceRule | undefined;
  readonly bids?: BidListRule | undefined;
  readonly bidId?: AnswerPath | undefined;
  readonly reference?: AnswerPath | undefined;
  readonly reason?: AnswerPath | undefined;
  readonly redirectUrl?: AnswerPath | undefined;
  /** How long a bid holds. */
  readonly expiresInS?: number | undefined;
  /** How long a buyer that is busy (429, 5xx) is left alone where it names no wait itself. */
  readonly retryAfterS?: number | undefined;
  readonly capture?: Readonly<Record<string, AnswerPath>> | undefined;
};

/**
 * What an answer came to.
 * - `invalid`: its validation refused our data.
 * - `no_bid`: a refusal of a ping, or a ping accepted without a price.
 * - `pending`: not decided yet; ask again, never post again.
 * - `error`: technical. Of a post that is not `definite` nobody knows whether the buyer has the
 *   lead, exactly as with `unknown`.
 * - `unknown`: the answer does not say.
 */
export type AnswerVerdict =
  'accepted' | 'rejected' | 'duplicate' | 'no_bid' | 'pending' | 'invalid' | 'error' | 'unknown';

export interface AnswerLeg extends Leg {
  readonly seller?: string;
}

/** An answer as it was read. Every text is bounded, and free of control characters. */
export interface ReadAnswer {
  readonly verdict: AnswerVerdict;
  /** What decided: `accept_if[0]`, `otherwise`, `HTTP 503`, `empty answer`. */
  readonly by: string;
  /** The buyer itself said that it did not take the lead. */
  readonly definite: boolean;
  readonly priceCents?: Cents;
  /** Why a price that was named does not count. */
  readonly priceFault?: 'unreadable' | 'over_ceiling' | 'under_minimum';
  readonly bidId?: string;
  readonly reference?: string;
  readonly reason?: string;
  readonly redirectUrl?: string;
  /** Every price above nothing, where the buyer names a list. */
  readonly legs?: readonly AnswerLeg[];
  readonly captures?: Readonly<Record<string, string>>;
  readonly expiresInS?: number;
  readonly retryAfterS?: number;
}
