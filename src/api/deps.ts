// What the HTTP surface needs from the rest: one object of functions, filled in by the entry.

import type { Logger } from 'pino';

import type { Change } from '../domain/caps/caps.ts';
import type { EndpointKey } from '../domain/delivering/endpoint.ts';
import type { Trial, Tried } from '../domain/delivery/trial.ts';
import type { BuyerId, CampaignId, LeadId, SourceId } from '../domain/ids.ts';
import type { LeadOutcome } from '../domain/lead.ts';
import type { LeadAction } from '../domain/waiting.ts';
import type { Pinged, PingRefusal, Quote } from '../domain/ping.ts';
import type { PersonKey, RepeatQuestion } from '../domain/person.ts';
import type { World } from '../domain/world/world.ts';
import type { HadBefore } from '../db/persons/before.ts';
import type { FoundOutcome } from '../db/leads.ts';
import type { LeadPage, LeadQuery } from '../db/reading/lead-list.ts';
import type { CapCount } from '../db/reading/cap-counts.ts';
import type { Deposit, NewDeposit, PaidIn, Recorded } from '../db/deposits.ts';
import type { Endpoint, OpenCount } from '../db/delivering/endpoints.ts';
import type { DeliveryPage, DeliveryQuery } from '../db/delivering/list.ts';
import type { Redelivered, RedeliveryWish } from '../db/delivering/redeliveries.ts';
import type { LookupDay } from '../db/lookups/answers.ts';
import type { PnlQuery, PnlRow } from '../db/reading/pnl.ts';
import type { NewNotice } from '../db/intake/notices.ts';
import type { Period, RecordedCursor, RecordedPage } from '../db/reading/recorded-leads.ts';
import type { LeadTrace } from '../db/reading/trace.ts';
import type { FeedbackResult, NewFeedback } from '../db/scoring/feedback.ts';
import type { EventCalls } from './events/routes.ts';
import type { Added, Addition, OtherScope } from '../db/suppressions/add.ts';
import type {
  SuppressionDeed,
  SuppressionEntry,
  SuppressionList,
} from '../db/suppressions/read.ts';
import type { SuppressionKind } from '../domain/suppression/suppression.ts';
import type { LeadDraft } from '../intake/draft.ts';
import type { LoadedWorld } from '../intake/submission.ts';
import type { KnownCaps } from '../routing/caps.ts';
import type { SeenBy } from '../routing/explain.ts';
import type { Rotation, Rules } from '../routing/stage.ts';
import type { WorldChange, WorldIssue } from '../world/issues.ts';
import type { BuyerWord, DoubtSettled, DoubtSettlement, HeardBuyer } from './outcomes/word.ts';
import type { HearCall } from './transfers/visit.ts';

/** A function that throws because PostgreSQL is away is answered with 503 and `Retry-After`. */
export interface ApiDeps {
  readonly log: Logger;
  readonly version: string;
  /** Where the Temporal UI is, without a slash at the end; null if operators have none. */
  readonly temporalUiUrl: string | null;
  readonly namespace: string;
  /** Largest body of a submission; 64 KiB unless told. */
  readonly maxBodyBytes?: number;

  isReady(): Promise<Readiness>;
  /** Metrics in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Something that came to a door was refused: `api` or a format's name, and why. */
  countRefusal(door: string, why: string): void;

  /** The configuration in force, from memory, at most a second old. */
  currentWorld(): LoadedWorld;
  /** One version, parsed: the one that a lead was routed by. */
  findWorld(version: number): Promise<World | undefined>;
  /** One version as it was applied; the newest without a number. */
  findWorldDocument(version?: number): Promise<WorldDocument | undefined>;
  /** Newest first, versions below `before`. */
  listWorlds(page: { before: number | null; limit: number }): Promise<readonly WorldVersion[]>;
  /** Applies a change whole, or not at all; every process works by it within a second. */
  applyWorld(next: NextWorld): Promise<WorldApplied>;

  /** Stores the lead and its key in one commit, or finds what the key stored before. */
  acceptLead(draft: LeadDraft, key: IdempotencyKey | null): Promise<Acceptance>;
  /** What a lead would earn its source. The same ping again gets the same answer. */
  quotePing(draft: LeadDraft): Promise<PingAnswer | PingRefusal>;
  findPing(pingId: string, sourceId: SourceId): Promise<FoundPing>;
  /** As `acceptLead`, for the lead of a ping, whose bids count for it; once. */
  acceptPost(draft: LeadDraft, ping: Pinged, key: IdempotencyKey | null): Promise<PostAcceptance>;
  /** Starts the distribution of a new lead and waits for the campaign's answer time at most. */
  distribute(leadId: LeadId): Promise<LeadOutcome | 'pending'>;
  /** Waits for a lead that is being distributed. */
  awaitOutcome(leadId: LeadId, timeoutMs: number): Promise<LeadOutcome | 'pending'>;
  findTrace(leadId: LeadId): Promise<LeadTrace | undefined>;
  /** What a source's lead has come to, by its id or its public number. */
  findOutcome(sourceId: SourceId, lead: LeadId | number): Promise<FoundOutcome | undefined>;
  listLeads(query: LeadQuery): Promise<LeadPage>;
  /** Has a waiting lead's workflow act; false if the lead does not wait. */
  actOnLead(leadId: LeadId, action: LeadAction): Promise<boolean>;
  /** Stores reports of sold leads, each once by its id; the results are in their order. */
  recordFeedback(reports: readonly NewFeedback[]): Promise<readonly FeedbackResult[]>;
  settleDoubt(settlement: DoubtSettlement): Promise<DoubtSettled>;
  /** Carries out what a buyer says that it did with a lead; once, however often it says so. */
  hearBuyer(word: BuyerWord): Promise<HeardBuyer>;
  readonly hearCall: HearCall;

  readPnl(query: PnlQuery): Promise<readonly PnlRow[]>;
  /** Calls of outside services, newest day first; both days included. */
  listLookupDays(period: {
    readonly from: string | null;
    readonly to: string | null;
  }): Promise<readonly LookupDay[]>;

  /** A version with what was compiled from it; the one in force without a number. */
  findRules(version?: number): Promise<VersionedRules | undefined>;
  /** The use of these buyers' caps, in copies; undefined while Temporal does not answer. */
  readCaps(buyerIds: readonly BuyerId[]): Promise<KnownCaps | undefined>;
  /** What PostgreSQL counts in the caps of these buyers. */
  countCaps(buyerIds: readonly BuyerId[]): Promise<readonly CapCount[]>;
  /** Stores a deposit once by its id, and tells the buyer's caps if they answer in time. */
  recordDeposit(deposit: NewDeposit): Promise<Recorded>;
  /** Newest first, numbers below `before`. */
  listDeposits(
    buyerId: BuyerId,
    page: { before: number | null; limit: number },
  ): Promise<readonly Deposit[]>;
  /** What these buyers have paid in; nothing about those that never did. */
  readPaidIn(buyerIds: readonly BuyerId[]): Promise<readonly PaidIn[]>;
  /** The latest lead of the same person that each asking contract's buyer has. */
  findSeen(questions: readonly RepeatQuestion[], nowMs: number): Promise<SeenBy>;
  /** The rotations of a campaign as they stand, by stage. */
  listRotations(campaignId: CampaignId): Promise<ReadonlyMap<string, Rotation>>;
  readonly suppressions: Suppressions;
  readonly deliveries: Deliveries;
  readonly events: EventCalls;
  /** What was recorded of the leads of a period. */
  readonly history: History;

  /** Builds a request of a contract and reads an answer; holds, stores and counts nothing. */
  tryStep(trial: Trial): Promise<Tried>;
  /** A secret by its reference; undefined where it is not set. */
  readSecret(reference: string): Promise<string | undefined>;
  /** Signs when a form was shown: one key for all processes. */
  stampKey(): Promise<string>;
  /** Stores what a platform says is to be fetched there, each once; then sees to it. */
  storeNotices(notices: readonly NewNotice[]): Promise<void>;
}

/** Pushes after a sale, and the health of whom they go to. */
export interface Deliveries {
  list(query: DeliveryQuery): Promise<DeliveryPage>;
  /** Has these pushed again, each once per call; what is under way or stopped is left alone. */
  redeliver(wanted: RedeliveryWish): Promise<Redelivered>;
  /** What is written about endpoints: of all that ever failed or were switched. */
  endpoints(): Promise<readonly Endpoint[]>;
  countOpen(): Promise<readonly OpenCount[]>;
  switchEndpoint(
    endpoint: EndpointKey,
    to: { readonly state: 'healthy' | 'disabled'; readonly by: string },
  ): Promise<void>;
}

/** The lists of people who must not be contacted. */
export interface Suppressions {
  /** Puts hashes on a list, which comes into being with the first. Safe to repeat. */
  add(addition: Addition): Promise<Added | OtherScope>;
  /** Of these hashes: how many there are, and how many stand on the list. */
  count(
    of: Pick<Addition, 'list' | 'kind' | 'hashes'>,
  ): Promise<{ readonly distinct: number; readonly known: number }>;
  /** The places of these hashes, by list. */
  find(kind: SuppressionKind, hashes: readonly Buffer[]): Promise<readonly SuppressionEntry[]>;
  /** By name, those behind `after`. */
  lists(page: { after: string; limit: number }): Promise<readonly SuppressionList[]>;
  /** False if it does not stand there. */
  remove(of: {
    readonly list: string;
    readonly kind: SuppressionKind;
    readonly hash: Buffer;
    readonly by: string;
  }): Promise<boolean>;
  /** How many entries it had; undefined without such a list. */
  removeList(of: { list: string; by: string }): Promise<number | undefined>;
  /** Who did what, newest first, numbers below `before`. */
  deeds(page: { before: number | null; limit: number }): Promise<readonly SuppressionDeed[]>;
}

/** What a simulation of the leads of a period is made from. */
export interface History {
  /** How many leads the period has; test leads do not count. */
  countRecorded(period: Period): Promise<number>;
  /** Oldest first. */
  listRecorded(
    period: Period,
    page: { readonly after: RecordedCursor | undefined; readonly limit: number },
  ): Promise<RecordedPage>;
  /** The use of caps by the leads before a period, by buyer; what was paid in by its end counts. */
  readCapsBefore(
    buyerIds: readonly BuyerId[],
    period: Period,
  ): Promise<ReadonlyMap<BuyerId, readonly Change[]>>;
  /** The leads of these persons before an instant, with the buyers that have them. */
  findHadBefore(keys: readonly PersonKey[], before: Date): Promise<readonly HadBefore[]>;
}

export interface VersionedRules extends Rules {
  readonly version: number;
}

export interface Readiness {
  readonly ready: boolean;
  /** Parts that are away while leads are still taken. */
  readonly degraded: readonly string[];
  readonly detail?: string;
}

export interface IdempotencyKey {
  readonly key: string;
  /** Of the body's bytes. */
  readonly bodySha256: Buffer;
}

export type Acceptance =
  | {
      readonly kind: 'new';
      readonly leadId: LeadId;
      /** For formats whose ids are whole numbers. */
      readonly publicNo: number;
      readonly answerWithinMs: number;
      readonly unknownFields: readonly string[];
    }
  | {
      readonly kind: 'repeat';
      readonly leadId: LeadId;
      readonly publicNo: number;
      readonly outcome: LeadOutcome | null;
      readonly unknownFields: readonly string[];
    }
  /** The key came before with another body. */
  | { readonly kind: 'conflict'; readonly leadId: LeadId };

export type PostAcceptance =
  Acceptance | { readonly kind: 'ping_used' } | { readonly kind: 'ping_expired' };

export interface PingAnswer {
  readonly pingId: string;
  readonly quote: Quote;
  readonly expiresAtMs: number;
  /** It was asked before. */
  readonly cached: boolean;
}

/** A ping that is over is found while it is remembered: its post may be a repeat. */
export type FoundPing =
  | { readonly kind: 'found'; readonly ping: Pinged }
  | { readonly kind: 'forged' | 'expired' | 'of_another_source' };

export interface WorldVersion {
  readonly version: number;
  readonly appliedAt: Date;
  readonly appliedBy: string;
  /** What it changed, in a line; null if that was not kept. */
  readonly summary: string | null;
}

export interface WorldDocument extends WorldVersion {
  readonly document: unknown;
}

/** The version that a change starts from; 0, without a document, before the first. */
export interface WorldInForce {
  readonly version: number;
  readonly document: unknown;
}

/** A change to apply, or with `dry_run` to look at. */
export interface NextWorld {
  /** Who. */
  readonly by: string;
  readonly mode: 'apply' | 'dry_run';
  /**
   * Makes the new document from the one in force; again, if another one is by the time that nobody
   * else may change it. It must not wait. What it throws leaves all as it is.
   */
  make(current: WorldInForce): unknown;
  /** Stands before the changes in the summary of the version. */
  readonly note?: string;
}

export type WorldApplied =
  | {
      readonly kind: 'applied';
      readonly version: number;
      readonly changes: readonly WorldChange[];
      readonly warnings: readonly WorldIssue[];
    }
  | {
      readonly kind: 'dry_run';
      readonly changes: readonly WorldChange[];
      readonly warnings: readonly WorldIssue[];
    }
  | { readonly kind: 'unchanged'; readonly version: number }
  | { readonly kind: 'invalid'; readonly errors: readonly WorldIssue[] };
