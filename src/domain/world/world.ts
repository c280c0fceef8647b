// The world: the whole configuration an installation runs by, as the code sees it. The document
// that operators write (snake_case YAML or JSON) is parsed into these types at the border; see
// src/world.

import type { Webhooks } from '../events/webhook.ts';
import type { FeedbackHook } from './feedback-hook.ts';
import type { BuyerId, CampaignId, ContractId, SourceId } from '../ids.ts';
import type { Cents } from '../money.ts';
import type { PersonRule } from '../person.ts';
import type { Campaign } from './campaign.ts';
import type { Balance, Cap } from './cap.ts';
import type { Contract } from './contract.ts';
import type { Door } from './door.ts';
import type { LeadRule } from './intake.ts';
import type { Schedule } from './schedule.ts';

export interface World {
  readonly name: string;
  /** IANA zone of the operator: the days of reports. */
  readonly timeZone: string;
  /** The kill switch: nothing is sent to any buyer while true. */
  readonly paused: boolean;
  readonly operators: Readonly<Record<string, Operator>>;
  /** Where the operator has events sent to. */
  readonly webhooks?: Webhooks;
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
  /** What no lead of this kind may be like; absent = nothing. */
  readonly rules?: readonly LeadRule[] | undefined;
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
  'gender',
  'range',
  'postal_code',
  'ssn',
  'url',
  'ip',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface Field {
  readonly type: FieldType;
  readonly required: boolean;
  /** Names, contact data and the like: never in a ping unless the ping lists the field. */
  readonly personal: boolean;
  /** The values a `choice` may take, lower case. Empty for other types. */
  readonly choices: readonly string[];
  /** On a phone: only its number of digits counts, not the shape of the numbering plan. */
  readonly check?: 'length';
}

/** The zone in whose days a buyer counts. */
export function zoneOf({ buyers, timeZone }: World, buyerId: BuyerId): string {
  return buyers[buyerId]?.timeZone ?? timeZone;
}

/** A field's normal value: text (E.164 phone, lower-case e-mail, ISO date …), number or boolean. */
export type FieldValue = string | number | boolean;

export interface Source {
  readonly name: string;
  readonly keys: readonly KeyHash[];
  /** The campaigns this source may submit to. */
  readonly campaigns: readonly CampaignId[];
  readonly payout: Payout;
  /** No bid below it counts for its leads. */
  readonly floorCents: Cents;
  readonly paused: boolean;
  /** How many pings of its are answered in a second, by each process. */
  readonly pingsPerSecond: number;
  /** In which other formats it posts, by a name of the operator's. */
  readonly doors: Readonly<Record<string, Door>>;
  readonly webhooks?: Webhooks;
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
  /** Never the same person twice, through whichever contract. */
  readonly noRepeats: PersonRule | null;
  /** No bid of its contracts below it counts. */
  readonly floorCents: Cents;
  /** Null: it may owe any amount. */
  readonly balance: Balance | null;
  readonly paused: boolean;
  /** The operator's own sales people: they get leads at no price. */
  readonly inHouse: boolean;
  /** As operators write a team; gone once each member is a buyer of its own. */
  readonly members?: Readonly<Record<string, Member>> | undefined;
  /** On a buyer that is one member of a team. */
  readonly membership?: Membership;
  /** With one of them it reports what became of the leads it bought; none unless given. */
  readonly keys?: readonly KeyHash[];
  /** How its CRM reports that. */
  readonly feedback?: FeedbackHook | null;
  /** Where the secret is found by which it signs what it says of leads, `env:NAME` … */
  readonly outcomesSecret?: string | null;
  readonly webhooks?: Webhooks;
}

/** One of a team, as operators write it. */
export interface Member {
  readonly name?: string | undefined;
  /** False = away. */
  readonly available: boolean;
  readonly schedule: Schedule | null;
  readonly caps: readonly Cap[];
}

/** What a buyer has of its team. */
export interface Membership {
  readonly away: boolean;
  readonly schedule: Schedule | null;
  /** Over all members together. */
  readonly teamCaps: readonly Cap[];
}
