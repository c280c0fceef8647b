// What a target is: how a sold lead gets into one kind of receiver, a CRM, a sheet, a mailbox. A
// target says what is asked in which order and reads the answers. Network, deadline, address guard
// and size limits are the host's; a target has no network code of its own.

import type { Cents } from '../../domain/money.ts';
import type { OutgoingRequest, Parcel, Reply } from '../adapter.ts';

/** One push of a sold lead. */
export interface Push {
  readonly parcel: Parcel;
  readonly sale: { readonly priceCents: Cents; readonly reference: string | null };
  /** Names this push, and is the same on each try: `lead/contract/target`. */
  readonly id: string;
  /** Which try this is, from 1. */
  readonly tries: number;
}

/** What one try came to. */
export type DeliveryReply =
  | { readonly kind: 'delivered'; readonly proof: string }
  /** The receiver does not have it, or a repeat is harmless. `afterMs`: it asked for a pause. */
  | { readonly kind: 'retry'; readonly detail: string; readonly afterMs?: number }
  /** No try will help. `stop`: nor would any other lead's, until a person has looked at it. */
  | { readonly kind: 'failed'; readonly detail: string; readonly stop?: true }
  /** It may have arrived, and a repeat would be a second one. */
  | { readonly kind: 'unclear'; readonly detail: string };

/** An access token, good until the instant. */
export interface Token {
  readonly token: string;
  readonly untilMs: number;
}

/** What a target is given to work with, for one push. */
export interface TargetHost {
  /** One guarded call, within what is left of the push's time. Never throws. */
  call(request: OutgoingRequest): Promise<Reply>;
  /** The secret of the reference. Throws `SecretMissing`, which the host turns into a retry. */
  secret(reference: string): Promise<string>;
  /** The token kept under the key in this process, else fetched, once for all who wait for it. */
  token(key: string, fetch: () => Promise<Token>): Promise<string>;
  /** Forgets a token that the receiver did not take. */
  dropToken(key: string): void;
  readonly nowMs: number;
  /** In whose days ages are counted; UTC without one. */
  readonly timeZone?: string;
}

/** A target with its settings. */
export interface Target {
  deliver(push: Push, host: TargetHost): Promise<DeliveryReply>;
}

/** A reference whose secret is not set where this process looks. */
export class SecretMissing extends Error {
  constructor(reference: string) {
    super(`secret ${reference} is not set`);
  }
}
