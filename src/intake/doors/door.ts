// What a front door is: it reads a request of another system's format into our terms, and answers
// in the words of that format. Pure translation: no network, no clock, no SQL.

import type { LeadId } from '../../domain/ids.ts';
import type { LeadOutcome } from '../../domain/lead.ts';
import type { Cents } from '../../domain/money.ts';
import type { DoorFormatName } from '../../domain/world/door.ts';
import type { ShapeError } from '../shape.ts';

/** A request as it arrived. */
export interface DoorRequest {
  /** Upper case. */
  readonly method: string;
  /** The address that was matched, as in `addresses`. */
  readonly address: string;
  /** The named parts of the address. */
  readonly params: Readonly<Record<string, string>>;
  /** Without the question mark. */
  readonly query: string;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
  /** When it arrived. */
  readonly atMs: number;
}

/** What a client told, its control fields taken apart from what it says about the person. */
export interface Told {
  readonly kind: 'told';
  /** Whose request it is, as the door's `account` of the world is written. */
  readonly account: string;
  /** The password that came along; null where none did. */
  readonly key: string | null;
  /** A price is asked for; the lead is handed over; both at once. */
  readonly phase: 'ping' | 'post' | 'full';
  /** About the person, under the client's names; text, numbers, booleans, lists and objects. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly test?: boolean;
  readonly subSource?: string | undefined;
  readonly externalId?: string | undefined;
  /** Seen by us rather than told: it stands above what the values say of the visit. */
  readonly behaviour?: Readonly<Record<string, string | number | boolean>>;
  /** The least payout it takes. */
  readonly askingCents?: Cents | undefined;
  /** Of the ping that a post follows. */
  readonly pingId?: string | undefined;
  /** Its client waits for no outcome: it is answered as pending once the lead is stored. */
  readonly isLater?: boolean;
}

/** A question about a lead of before. */
export interface Asked {
  readonly kind: 'asked';
  readonly account: string;
  readonly key: string | null;
  /** As its client was told: its id, or its public number. */
  readonly lead: string;
}

/** What came of a request, for the format to put into its own words. */
export type Answered =
  | {
      readonly kind: 'lead';
      readonly leadId: LeadId;
      /** For formats whose ids are whole numbers. */
      readonly publicNo: number;
      readonly outcome: LeadOutcome | 'pending';
    }
  | {
      readonly kind: 'bid';
      readonly pingId: string;
      readonly payoutCents: Cents;
      readonly expiresAtMs: number;
    }
  | { readonly kind: 'no_bid'; readonly says: string }
  | Refused;

export interface Refused {
  readonly kind: 'refused';
  readonly why: Refusal;
  /** In words, without any value of the request. */
  readonly says: string;
  readonly errors: readonly ShapeError[];
}

/** A refusal before there was a lead. */
export function refused(why: Refusal, says: string, errors: readonly ShapeError[] = []): Refused {
  return { kind: 'refused', why, says, errors };
}

/** `unavailable`: nothing was stored, and the same request may be sent again. */
export type Refusal =
  | 'wrong_key'
  | 'paused'
  | 'unreadable'
  | 'invalid'
  | 'ping_not_usable'
  | 'no_such_lead'
  | 'too_many_requests'
  | 'unavailable';

/** An answer, ready to be sent. */
export interface Reply {
  readonly status: number;
  /** Media type. */
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request says, and how its client is answered: in JSON or XML, as it asked for. */
export type Reading =
  | {
      readonly kind: 'read';
      readonly told: Told | Asked | Refused;
      /** `atMs`: when it is answered. */
      readonly answer: (answered: Answered, atMs: number) => Reply;
    }
  /** Several leads in one request; what came of each, in their order. */
  | {
      readonly kind: 'read_many';
      readonly told: readonly (Told | Refused)[];
      readonly answer: (answered: readonly Answered[], atMs: number) => Reply;
    }
  /** It has no use for a lead: answered at once. */
  | { readonly kind: 'answered'; readonly reply: Reply };

/** A post format. */
export interface DoorFormat {
  readonly name: DoorFormatName;
  /** The paths that clients of the original use; letter case does not matter there. */
  readonly addresses: readonly string[];
  /** Never throws, whatever the request holds. */
  read(request: DoorRequest): Reading;
}
