// The lead as intake stored it, and the outcomes that a ping, an offer and the whole distribution
// may have. Outcomes are values and plain JSON: they stand in histories and in verdicts.

import type { InDoubt, Pending } from './doubts/doubt.ts';
import type { PriceSaid } from './doubts/price.ts';
import type { BuyerId, CampaignId, ContractId, LeadId, SourceId } from './ids.ts';
import type { LookupNote } from './lookups/finding.ts';
import type { Cents } from './money.ts';
import type {
  FallbackReason,
  FieldReason,
  IneligibleReason,
  NoBidReason,
  RefusalReason,
  RejectionReason,
  UnsoldReason,
} from './reasons.ts';
import type { GradeInScore } from './scoring/grade.ts';
import type { Consent } from './validation/consent.ts';
import type { Hint } from './validation/hints.ts';
import type { Method } from './world/campaign.ts';
import type { FieldValue } from './world/world.ts';

/** One person's request. Never changes after intake; what happens to it stands in other rows. */
export interface Lead {
  readonly id: LeadId;
  readonly campaignId: CampaignId;
  readonly sourceId: SourceId;
  readonly subSource: string | null;
  readonly externalId: string | null;
  /** The version of the world this lead is routed by. */
  readonly worldVersion: number;
  readonly test: boolean;
  /** Normal values of the fields that hold one. The person is in here: never into a history. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly problems: readonly FieldProblem[];
  readonly behaviour: Readonly<Record<string, FieldValue>>;
  readonly consent: Consent | null;
  readonly askingCents: Cents | null;
  readonly receivedAtMs: number;
  /** By a lookup, once one has said so. */
  readonly lineType?: string;
  /** The lookups that flag it, once they were asked; absent: none does. */
  readonly flags?: readonly string[];
}

/** What lookups add to a lead after intake. */
export type Learned = Pick<Lead, 'lineType' | 'flags'>;

/** What is wrong with a field, or with a part of the consent; `says` never quotes the value. */
export interface FieldProblem {
  readonly field: string;
  readonly reason: FieldReason;
  readonly says: string;
}

/** One check of validation, in the order made. */
export interface Check {
  readonly check:
    ('fields' | 'rules' | 'consent' | 'hints' | 'suppression' | 'duplicate') | `lookup/${string}`;
  readonly ok: boolean;
  readonly says: string;
  readonly hints?: readonly Hint[];
  readonly lookup?: LookupNote;
}

export type Validation =
  | ({ readonly kind: 'valid'; readonly checks: readonly Check[] } & Learned)
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      readonly checks: readonly Check[];
      readonly problems?: readonly FieldProblem[];
      /** The earlier lead, for a duplicate. */
      readonly of?: LeadId;
    };

/** What had the last word on a score. */
export type Scorer = 'rules' | 'history' | 'claude';

export interface Score {
  /** 0–100. */
  readonly score: number;
  readonly band: 'high' | 'medium' | 'low';
  readonly scorer: Scorer;
  readonly reasons: readonly ScoreReason[];
  /** What the rules alone gave, where something else came to it. */
  readonly rules?: number;
  /** The version of the rates of our own history by which it was scored. */
  readonly rates?: number;
  readonly grade?: GradeInScore;
  /** Why no grade is in it; absent where one is, or where the campaign asks for none. */
  readonly fallback?: FallbackReason;
}

/** What a rule gave or took, from the 50 at which every lead starts. */
export type ScoreReason = readonly [points: number, says: string];

/** Why a contract was left out, with the fact and the limit that decided. */
export interface WhyNot {
  readonly contractId: ContractId;
  readonly reason: IneligibleReason;
  readonly detail: string;
  /** The earliest instant at which this may pass by itself. Absent: it does not. */
  readonly untilMs?: number;
}

/** What is particular about a contract in a stage. What is not is left out: histories are small. */
export interface Terms {
  /** Its fixed price; absent where the price is still to be bid. */
  readonly priceCents?: Cents;
  /** Others may have the lead as well; without it a sale takes every place. */
  readonly shared?: true;
  /** Its post may take over 5 s, so it is offered by a regular activity. */
  readonly slow?: true;
  /** When it was routed, where the hours of that moment set its price or have caps of their own. */
  readonly routedAtMs?: number;
}

/** A contract that may be offered the lead at a price. */
export interface Candidate extends Terms {
  readonly contractId: ContractId;
  /** What it pays. */
  readonly priceCents: Cents;
  /** What it counts for in a total, where that is not its price. */
  readonly rankCents?: number;
  /** The buyer's own reference of its bid, carried to the post. */
  readonly bidId?: string;
  readonly captures?: Readonly<Record<string, string>>; // Of its answer, said again in the post.
}

/** One stage, decided: whom to offer to in which order, or whom to ask for bids. */
export interface StageRoute {
  readonly stage: string;
  readonly method: Method;
  /** For ping-post the contracts to ask; else the order of offers. */
  readonly order: readonly ContractId[];
  readonly terms?: Readonly<Record<ContractId, Terms>>;
  readonly refused: readonly WhyNot[];
  /** The draw of a rotation that gave this order, counted from 1. */
  readonly turn?: number;
  /** Which part of a waterfall this is, from 2 on; the first decided who is eligible. */
  readonly part?: number;
  /** The priority of the tier whose turn was drawn. */
  readonly tier?: number;
  /**
   * The tiers behind this part, in order. The next one draws when the lead comes to it: a turn
   * taken by a lead that was sold before would be nobody's.
   */
  readonly rest?: readonly Tier[];
  readonly limits?: StageLimits;
  /** When it was decided; absent in verdicts stored before it was noted. */
  readonly atMs?: number;
  /** What the members of a rotation were owed before this draw. In the stored verdict only. */
  readonly credits?: Readonly<Record<ContractId, number>>;
}

/** Eligible contracts of one priority. */
export interface Tier {
  readonly priority: number;
  readonly contracts: readonly ContractId[];
}

/** When a stage ends before everyone was asked; without any the route has none. */
export interface StageLimits {
  readonly budgetMs?: number;
  readonly rejections?: number;
}

/** One of the prices that a buyer named in one answer. */
export interface Leg {
  readonly priceCents: Cents;
  readonly shared?: boolean;
  readonly bidId?: string;
}

/** One line of the bid table. */
export type PingResult = {
  readonly contractId: ContractId;
  readonly ms: number;
} & (
  | {
      readonly kind: 'bid';
      /** The highest one, where it named several. */
      readonly priceCents: Cents;
      readonly bidId?: string;
      readonly captures?: Readonly<Record<string, string>>;
      /** Every price it named, where it named a list. */
      readonly legs?: readonly Leg[];
    }
  | {
      readonly kind: 'no_bid';
      readonly reason: NoBidReason;
      readonly detail?: string;
      /** What was bid, where the bid could be read but does not count. */
      readonly priceCents?: Cents;
    }
);

/** A price at which a contract may be offered the lead. */
export interface PricedOffer {
  readonly contractId: ContractId;
  readonly priceCents: Cents;
  readonly shared?: true;
  readonly bidId?: string;
  /** What it ranks by, where that is not its price. */
  readonly rankCents?: number;
}

/** A ping-post stage, decided; `pings` holds every buyer that was asked. */
export interface Auction {
  readonly stage: string;
  /** Who is offered the lead, best first. */
  readonly ranked: readonly ContractId[];
  /**
   * Every price that counts, best first: where bids alone do not say what is paid, alone or shared,
   * and what ranks.
   */
  readonly offers?: readonly PricedOffer[];
  /** Best total of one exclusive or several shared sales; without it the best price. */
  readonly pick?: 'total';
  /** What the first sale must bring, so that payout and margin are covered. */
  readonly firstSaleCents?: Cents;
  readonly pings: readonly PingResult[];
  readonly floorCents: Cents;
  readonly ms: number;
  /** Closed before the deadline because no outstanding buyer could win any more. */
  readonly closedEarly?: boolean;
}

/** What one offer came to. */
export type OfferResult =
  | {
      readonly kind: 'accepted';
      readonly buyerId: BuyerId;
      readonly priceCents: Cents;
      readonly reference: string | null;
      readonly ms: number;
      /** Where the buyer wants the person to be sent. */
      readonly redirectUrl?: string;
      readonly said?: PriceSaid;
    }
  | {
      readonly kind: 'rejected';
      readonly reason: RejectionReason;
      readonly detail: string;
      readonly ms: number;
    }
  | InDoubt
  | Pending
  | { readonly kind: 'not_sent'; readonly reason: NoBidReason; readonly detail: string }
  | ({ readonly kind: 'not_offered' } & Omit<WhyNot, 'contractId'>);

/** The lead's end, as the source is told and P&L counts it; of a test also what it would earn. */
export type LeadOutcome =
  | {
      readonly kind: 'sold';
      readonly payoutCents: Cents;
      readonly sales: readonly { readonly contractId: ContractId; readonly priceCents: Cents }[];
      readonly redirectUrl?: string;
    }
  | { readonly kind: 'unsold'; readonly reason: UnsoldReason; readonly testPayoutCents?: Cents }
  | {
      readonly kind: 'rejected';
      readonly reason: RefusalReason;
      readonly problems?: readonly FieldProblem[];
    }
  | { readonly kind: 'duplicate'; readonly reason: 'duplicate' };

/** `in_doubt`: a buyer may have it, or decides later. `waiting`: unsold, and tried again. */
export const LEAD_STATUSES = [
  'received',
  'waiting',
  'in_doubt',
  'sold',
  'unsold',
  'rejected',
  'duplicate',
] as const;
export type LeadStatus = (typeof LEAD_STATUSES)[number];

/** The states of an attempt; ADR 0002 has the graph. */
export const ATTEMPT_STATES = [
  'planned',
  'sending',
  'accepted',
  'rejected',
  'pending',
  'not_sent',
  'in_doubt',
  'accepted_conflict',
  'returned',
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** The states that take a place in the lead and keep the cap's room. */
const TAKING: readonly AttemptState[] = ['sending', 'accepted', 'pending', 'in_doubt'];
export const TAKES_PLACE: ReadonlySet<AttemptState> = new Set(TAKING);
