// What an adapter is: pure translations between Sluice and one kind of receiver. The host owns
// network, deadline, size limits and secrets; an adapter never touches them.

import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Leg } from '../domain/lead.ts';
import type { Cents } from '../domain/money.ts';
import type { NoBidReason, RejectionReason } from '../domain/reasons.ts';
import type { Step } from '../domain/world/contract.ts';
import type { FieldValue } from '../domain/world/world.ts';
import type { Moment } from './requests/transforms.ts';

/** What may be said about a lead to one receiver: the fields its step lists, and no others. */
export interface Parcel {
  readonly leadId: LeadId;
  readonly campaign: string;
  readonly contractId: ContractId;
  readonly round: number;
  /** Who of a team gets the lead. */
  readonly member?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** The lead is a test, and the address one for tests. */
  readonly isTest?: true;
}

/** The secrets handed out for one request, by their references. */
export type Secrets = ReadonlyMap<string, string>;

/** What a builder is given besides the lead: it has no clock, and looks for no secret. */
export interface Given extends Moment {
  readonly secrets: Secrets;
  /** Where others reach this installation, without a slash at the end; absent: nobody does. */
  readonly publicUrl?: string | undefined;
}

/** A request, or why it must not be sent; `unbuildable` quotes nothing of the lead. */
export type Built = OutgoingRequest | { readonly unbuildable: string };

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface IncomingReply {
  readonly status: number;
  readonly body: string;
  /** By lower-case name; of several of one name the first. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a call came to. `not_sent`: not one byte left. `lost`: nobody knows what arrived. */
export type Reply =
  | { readonly kind: 'answer'; readonly reply: IncomingReply; readonly ms: number }
  | {
      readonly kind: 'not_sent';
      readonly reason: 'connection_failed' | 'address_refused' | 'late';
      readonly detail: string;
      readonly ms: number;
    }
  | {
      readonly kind: 'lost';
      readonly reason: Extract<NoBidReason, 'late' | 'connection_lost' | 'answer_too_large'>;
      readonly detail: string;
      readonly ms: number;
    };

export type Bid =
  | {
      readonly kind: 'bid';
      readonly priceCents: Cents;
      readonly bidId?: string;
      /** What the post wants to say again, by names of the contract's. */
      readonly captures?: Readonly<Record<string, string>>;
      /** Every price, where the buyer names a list; `priceCents` is the highest. */
      readonly legs?: readonly Leg[];
    }
  | { readonly kind: 'no_bid'; readonly reason: NoBidReason; readonly detail: string };

export type PostReply =
  | {
      readonly kind: 'accepted';
      readonly reference: string | null;
      readonly priceCents?: Cents;
      /** Where the buyer wants the person to be sent. */
      readonly redirectUrl?: string;
    }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string }
  /** The buyer has the lead, and decides later. */
  | { readonly kind: 'pending'; readonly reference: string | null; readonly detail: string }
  /** The answer does not say whether the buyer has the lead. */
  | { readonly kind: 'unclear'; readonly detail: string };

/** The question what became of a lead that a buyer was sent. */
export interface StatusQuestion {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  /** The idempotency key of the post, `lead/contract/round`. */
  readonly key: string;
  /** The buyer's own id of the lead, where it named one. */
  readonly reference: string | null;
  readonly method: 'GET' | 'POST';
}

/** What the buyer says of it. `unknown`: it never got the lead. */
export type StatusReply = PostReply | { readonly kind: 'unknown'; readonly detail: string };

/** Translations of the question what became of a lead, for a protocol that has one. */
export interface StatusAdapter<S extends Step = Step> {
  secretRefs(step: S): readonly string[];
  buildStatus(question: StatusQuestion, step: S, given: Given): Built;
  parseStatus(reply: IncomingReply, step: S): StatusReply;
}

/** What was agreed with a buyer before it is offered the lead. */
export interface PostTerms {
  readonly priceCents: Cents;
  readonly bidId?: string | undefined;
  readonly captures?: Readonly<Record<string, string>> | undefined;
}

/** Translations for one receiver protocol. Each is pure and never throws on a receiver's answer. */
export interface Adapter<S extends Step = Step> {
  /** The secrets that its requests hold, which the host hands in. */
  secretRefs(step: S): readonly string[];
  buildPing(parcel: Parcel, step: S, given: Given): Built;
  parsePing(reply: IncomingReply, step: S): Bid;
  buildPost(parcel: Parcel, step: S, terms: PostTerms & Given): Built;
  parsePost(reply: IncomingReply, step: S): PostReply;
}
