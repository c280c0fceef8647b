// What an adapter is: pure translations between Sluice and one kind of receiver. The host owns
// network, deadline, size limits and secrets; an adapter never touches them.

import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Leg } from '../domain/lead.ts';
import type { Cents } from '../domain/money.ts';
import type { NoBidReason, RejectionReason } from '../domain/reasons.ts';
import type { Step } from '../domain/world/contract.ts';
import type { FieldValue } from '../domain/world/world.ts';

/** What may be said about a lead to one receiver: the fields its step lists, and no others. */
export interface Parcel {
  readonly leadId: LeadId;
  readonly campaign: string;
  readonly contractId: ContractId;
  readonly round: number;
  /** Who of a team gets the lead. */
  readonly member?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

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
      /** Every price, where the buyer names a list; `priceCents` is the highest. */
      readonly legs?: readonly Leg[];
    }
  | { readonly kind: 'no_bid'; readonly reason: NoBidReason; readonly detail: string };

export type PostReply =
  | { readonly kind: 'accepted'; readonly reference: string | null; readonly priceCents?: Cents }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string }
  /** The answer does not say whether the buyer has the lead. */
  | { readonly kind: 'unclear'; readonly detail: string };

/** Translations for one receiver protocol. Each is pure and never throws on a receiver's answer. */
export interface Adapter {
  buildPing(parcel: Parcel, step: Step): OutgoingRequest;
  parsePing(reply: IncomingReply): Bid;
  buildPost(
    parcel: Parcel,
    step: Step,
    terms: { readonly priceCents: Cents; readonly bidId?: string | undefined },
  ): OutgoingRequest;
  parsePost(reply: IncomingReply): PostReply;
  buildDelivery(
    parcel: Parcel,
    step: Step,
    sale: { readonly priceCents: Cents; readonly reference: string | null },
  ): OutgoingRequest;
}
