// What a target is: how a sold lead gets into one kind of receiver, a CRM, a sheet, a mailbox. A
// target says what is asked in which order and reads the answers. Network, deadline, address guard
// and size limits are the host's; a target has no network code of its own.

import type { ContractId } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import type { OutgoingRequest, Parcel, Reply } from '../adapter.ts';
import type { BatchTimes } from '../batches/times.ts';

/** One push of a sold lead. */
export interface Push {
  readonly parcel: Parcel;
  readonly sale: { readonly priceCents: Cents; readonly reference: string | null };
  /** Names this push, and is the same on each try: `lead/contract/target`. */
  readonly id: string;
  /** Which try this is, from 1. */
  readonly tries: number;
}

/** Sold leads that go out together. */
export interface Batch {
  /** Names the batch, and is the same on each try: `contract/target/2026-11-27T17:00`. */
  readonly id: string;
  readonly contractId: ContractId;
  /** `contract_20261127_1700.csv` */
  readonly fileName: string;
  readonly pushes: readonly Push[];
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

export interface Mail {
  /** Names the mail, and is the same on each try. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly replyTo?: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly UploadFile[];
}

/** What a mail server said. `code`: its own, 4xx for later and 5xx for never. */
export type MailReply =
  | { readonly kind: 'taken'; readonly says: string; readonly refused: readonly string[] }
  | { readonly kind: 'refused'; readonly code: number; readonly says: string }
  | { readonly kind: 'not_sent'; readonly detail: string; readonly isForGood: boolean }
  | { readonly kind: 'lost'; readonly detail: string };

export interface UploadFile {
  readonly name: string;
  readonly content: string;
}

/** A folder of an SFTP server. `hostKey`: `SHA256:` and base64, as ssh-keygen -l prints it. */
export interface UploadPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly hostKey: string;
  readonly folder: string;
}

export type UploadReply =
  | { readonly kind: 'uploaded'; readonly wasThere: boolean }
  /** `isForGood`: a person has to mend it. */
  | { readonly kind: 'failed'; readonly detail: string; readonly isForGood: boolean };

/** What a target is given to work with, for one push. */
export interface TargetHost {
  /** One guarded call, within what is left of the push's time. Never throws. */
  call(request: OutgoingRequest): Promise<Reply>;
  /** Hands one mail to the server of a URL, `smtps://user:password@host:465`. Never throws. */
  mail(server: string, mail: Mail): Promise<MailReply>;
  /** Puts a file where it does not stand yet, whole or not at all. Never throws. */
  upload(place: UploadPlace, file: UploadFile): Promise<UploadReply>;
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
  /** Present where leads go out together instead. */
  readonly batch?: BatchDelivery;
}

/** Leads that go out together, at these times. */
export interface BatchDelivery {
  readonly times: BatchTimes;
  deliver(batch: Batch, host: TargetHost): Promise<DeliveryReply>;
}

/** A reference whose secret is not set where this process looks. */
export class SecretMissing extends Error {
  constructor(reference: string) {
    super(`secret ${reference} is not set`);
  }
}
