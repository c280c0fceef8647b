// The world: the whole configuration an installation runs by, as the code sees it. The document
// that operators write (snake_case YAML or JSON) is parsed into these types at the border; see
// src/world.

import type { BuyerId, CampaignId, ContractId, SourceId } from './ids.ts';
import type { Cents } from './money.ts';

export interface World {
  readonly name: string;
  /** IANA zone of the operator: the days of reports. */
  readonly timeZone: string;
  /** The kill switch: nothing is sent to any buyer while true. */
  readonly paused: boolean;
  readonly operators: Readonly<Record<string, Operator>>;
  readonly verticals: Readonly<Record<string, Vertical>>;
  readonly campaigns: Readonly<Record<CampaignId, Campaign>>;
  readonly sources: Readonly<Record<SourceId, Source>>;
  readonly buyers: Readonly<Record<BuyerId, Buyer>>;
  readonly contracts: Readonly<Record<ContractId, Contract>>;
}

/** A key is known only by its hash: lower-case hex SHA-256 of the whole key text. */
export interface KeyHash {
  readonly sha256: string;
}

export interface Operator {
  readonly name: string;
  readonly keys: readonly KeyHash[];
}

/** A kind of lead: its fields. */
export interface Vertical {
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
}

export const FIELD_TYPES = [
  'text',
  'phone',
  'email',
  'zip',
  'state',
  'date',
  'number',
  'boolean',
  'choice',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface Field {
  readonly type: FieldType;
  readonly required: boolean;
  /** Names, contact data and the like: never in a ping unless the ping lists the field. */
  readonly personal: boolean;
  /** The values a `choice` may take, lower case. Empty for other types. */
  readonly choices: readonly string[];
}

/** A field's normal value: text (E.164 phone, lower-case e-mail, ISO date …), number or boolean. */
export type FieldValue = string | number | boolean;

export interface Campaign {
  readonly name: string;
  readonly vertical: string;
  /** How long a source waits for the outcome before it gets 202. */
  readonly answerWithinMs: number;
  /** How many shared buyers may have one lead. */
  readonly maxSales: number;
  readonly floorCents: Cents;
  readonly paused: boolean;
  readonly duplicates: DuplicateRule | null;
  readonly routing: readonly Stage[];
}

/** Two leads of a campaign are one person when all fields of any list agree, within the window. */
export interface DuplicateRule {
  readonly by: readonly (readonly string[])[];
  readonly withinDays: number;
}

interface StageTerms {
  readonly name: string;
  readonly contracts: readonly ContractId[];
}
export type Stage =
  | (StageTerms & { readonly method: 'waterfall' | 'round_robin' | 'weighted' })
  | (StageTerms & {
      readonly method: 'ping_post';
      /** All pings of the stage are answered by then, or lost. */
      readonly deadlineMs: number;
      readonly floorCents: Cents;
      readonly earlyClose: boolean;
    });
export type Method = Stage['method'];

export interface Source {
  readonly name: string;
  readonly keys: readonly KeyHash[];
  /** The campaigns this source may submit to. */
  readonly campaigns: readonly CampaignId[];
  readonly payout: Payout;
  readonly paused: boolean;
}

/** What a source earns: a share of each sale, or a fixed sum for the first sale of a lead. */
export type Payout =
  | { readonly kind: 'share'; readonly basisPoints: number }
  | { readonly kind: 'fixed'; readonly cents: Cents };

export interface Buyer {
  readonly name: string;
  /** IANA zone in which the buyer's days and hours are counted. */
  readonly timeZone: string;
  readonly caps: readonly Cap[];
  readonly paused: boolean;
}

export const CAP_PERIODS = ['hour', 'day', 'week', 'month', 'total'] as const;
export type CapPeriod = (typeof CAP_PERIODS)[number];

/** A limit per period. `null` = no limit is set; 0 = takes nothing. */
export interface Cap {
  readonly per: CapPeriod;
  readonly measure: 'leads' | 'cents';
  readonly limit: number | null;
}

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
  /** A bid above this is refused as a mistake. */
  readonly maxBidCents: Cents;
  readonly floorCents: Cents;
  readonly minScore: number;
  readonly sources: SourceRule;
  readonly filter: Filter | null;
  readonly schedule: Schedule | null;
  readonly caps: readonly Cap[];
  readonly ping: Step | null;
  readonly post: Step;
  readonly redirectUrl: string | null;
  readonly deliveries: readonly Delivery[];
}

/** `allow: null` takes every source that `deny` does not name. */
export interface SourceRule {
  readonly allow: readonly SourceId[] | null;
  readonly deny: readonly SourceId[];
}

/** One HTTP request to a buyer, in the words of an adapter of src/delivery. */
export interface Step {
  readonly adapter: 'json';
  readonly url: string;
  /** Where the bearer token is found, `env:NAME` or `file:/path`; null = none is sent. */
  readonly secretRef: string | null;
  /** The fields sent, by name in the vertical; null = all that the step may carry. */
  readonly fields: readonly string[] | null;
  readonly timeoutMs: number;
}

/** A push after the sale, retried by its own policy until it is confirmed or given up. */
export interface Delivery {
  readonly name: string;
  readonly step: Step;
  readonly giveUpAfterHours: number;
}

export type Filter =
  | { readonly kind: 'all'; readonly of: readonly Filter[] }
  | { readonly kind: 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'test'; readonly field: string; readonly test: FilterTest };

/** `field` is a field of the vertical, or a derived fact: age, score, source, sub_source. */
export type FilterTest =
  | { readonly op: 'is' | 'is_not'; readonly value: FieldValue }
  | { readonly op: 'in' | 'not_in'; readonly values: readonly FieldValue[] }
  | { readonly op: 'at_least' | 'at_most' | 'above' | 'below'; readonly value: number | string }
  | { readonly op: 'contains' | 'starts_with' | 'matches'; readonly value: string }
  | { readonly op: 'exists'; readonly value: boolean };

/** Weekly hours in the buyer's zone; a contract without a schedule is always open. */
export interface Schedule {
  readonly windows: readonly WeeklyWindow[];
}

/**
 * Days 1 (Monday) to 7; minutes from local midnight, close exclusive; past midnight if close <=
 * open.
 */
export interface WeeklyWindow {
  readonly days: readonly number[];
  readonly openMinute: number;
  readonly closeMinute: number;
}
