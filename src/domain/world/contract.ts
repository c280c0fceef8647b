// A buyer's standing terms in one campaign, and the requests that carry a lead to the buyer.

import type { PostPrice } from '../doubts/price.ts';
import type { BreakerPolicy, HostLimits } from '../delivering/endpoint.ts';
import type { RetryPolicy } from '../delivering/retry.ts';
import type { AnswerRules } from '../delivery/answer.ts';
import type { RequestSettings } from '../delivery/request.ts';
import type { BuyerId, CampaignId, SourceId } from '../ids.ts';
import type { Cents } from '../money.ts';
import type { PersonRule } from '../person.ts';
import type { Adjustment } from '../routing/auction.ts';
import type { CallSettings } from '../transfers/settings.ts';
import type { Cap } from './cap.ts';
import type { DoubtPolicy, StatusCall } from './doubting.ts';
import type { Filter } from './filter.ts';
import type { Schedule } from './schedule.ts';

/** A buyer's standing terms in one campaign. */
export interface Contract {
  readonly name: string;
  readonly buyer: BuyerId;
  readonly campaign: CampaignId;
  readonly paused: boolean;
  /** Lower goes first. */
  readonly priority: number;
  /** The share in weighted stages. */
  readonly weight: number;
  /** An exclusive sale takes every place of the lead. */
  readonly exclusive: boolean;
  /** The fixed price; null in ping-post, where the bid is the price. */
  readonly priceCents: Cents | null;
  /** Scales the bid for ranking only; 10000 = as bid. The buyer pays the bid itself. */
  readonly multiplierBasisPoints: number;
  /** For ranking only, by the lead's source; one for a source. */
  readonly adjustments: readonly SourceAdjustment[];
  /** A bid above this is refused as a mistake. */
  readonly maxBidCents: Cents;
  readonly floorCents: Cents;
  readonly minScore: number;
  readonly sources: SourceRule;
  readonly filter: Filter | null;
  readonly schedule: Schedule | null;
  readonly caps: readonly Cap[];
  /** Never the same person twice within the window. */
  readonly noRepeats: PersonRule | null;
  readonly ping: Step | null;
  /** Null: in-house, and Sluice itself accepts the lead. */
  readonly post: PostStep | null;
  /** How the buyer is asked what it did with a lead in doubt; null: it cannot be asked. */
  readonly status?: StatusCall | null;
  /** Absent: a doubt waits for the buyer or an operator. */
  readonly doubt?: DoubtPolicy;
  /** Absent: another price than agreed changes nothing. */
  readonly postPrice?: PostPrice;
  readonly redirectUrl: string | null;
  readonly deliveries: readonly Delivery[];
}

/** What the contract's bids rank like for leads of one source. */
export interface SourceAdjustment extends Adjustment {
  readonly source: SourceId;
}

/** `allow: null` takes every source that `deny` does not name. */
export interface SourceRule {
  readonly allow: readonly SourceId[] | null;
  readonly deny: readonly SourceId[];
}

/** One request to a buyer, in the words of an adapter of src/delivery. */
export type Step = JsonStep | HttpStep | CallStep;

interface Call {
  readonly url: string;
  /** Where test leads go instead; without one they go nowhere. */
  readonly testUrl?: string | null;
  /** The fields sent, by name in the vertical; null = all that the step may carry. */
  readonly fields: readonly string[] | null;
  readonly timeoutMs: number;
}

/** A request in Sluice's own protocol. */
export interface JsonStep extends Call {
  readonly adapter: 'json';
  /** Where the bearer token is found, `env:NAME` or `file:/path`; null = none is sent. */
  readonly secretRef: string | null;
}

/** A request as the buyer wants it, and how its answer is read. */
export interface HttpStep extends Call {
  readonly adapter: 'http';
  readonly request: RequestSettings;
  readonly answer: AnswerRules;
}

/** A phone call: the buyer is called, and the consumer put through. Never a ping. */
export interface CallStep extends Call {
  readonly adapter: 'twilio_call';
  readonly call: CallSettings;
}

/** A push as its receiver wants it; without rules every 2xx has it. */
export interface HttpPush extends Omit<HttpStep, 'answer' | 'testUrl'> {
  readonly answer: AnswerRules | null;
}

/** The kinds of receivers that a push may have beside one of Sluice's own protocol. */
export const TARGET_ADAPTERS = [
  'webhook',
  'salesforce',
  'salesforce_web',
  'hubspot',
  'hubspot_form',
  'gohighlevel',
  'google_sheets',
  'twilio_sms',
  'email',
  'sftp',
] as const;
export type TargetAdapter = (typeof TARGET_ADAPTERS)[number];

/** A push into one kind of receiver; its options have passed the schema of that kind. */
export interface TargetStep {
  readonly adapter: TargetAdapter;
  readonly options: Readonly<Record<string, unknown>>;
  /** The fields that it may carry, by name in the vertical; null = all. */
  readonly fields: readonly string[] | null;
  readonly timeoutMs: number;
}

/** The offer of the lead: a request to the buyer, or a push into its system that is the sale. */
export type PostStep = Step | TargetStep;

/** A push after the sale, retried by its own policy until it is confirmed or given up. */
export interface Delivery {
  readonly name: string;
  readonly step: JsonStep | HttpPush | TargetStep;
  readonly giveUpAfterHours: number;
  readonly retry: RetryPolicy;
  readonly breaker: BreakerPolicy;
  readonly limits: HostLimits;
  /** The receiver's hours: what is sold outside of them is pushed at their next opening. */
  readonly during: Schedule | null;
  /** Which leads it is made for; absent or null: every one that is sold. */
  readonly when?: Filter | null;
  /** The delivery above it that has to be confirmed before; absent or null: it waits for none. */
  readonly after?: string | null;
}
