// A step of a contract that is tried: the request as it would be sent, and what an answer would
// come to. Nothing is held, stored or counted for it.

import type { Cents } from '../money.ts';
import type { FieldValue, World } from '../world/world.ts';
import type { AnswerVerdict } from './answer.ts';

export interface TrialAnswer {
  readonly status: number;
  readonly body: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Trial {
  readonly world: World;
  readonly contractId: string;
  readonly step: 'ping' | 'post';
  readonly lead: { readonly id: string; readonly fields: Readonly<Record<string, FieldValue>> };
  /** What the ping would have agreed. */
  readonly terms: {
    readonly priceCents: Cents;
    readonly bidId?: string | undefined;
    readonly captures?: Readonly<Record<string, string>> | undefined;
  };
  /** `live` sends a test to the step's test address, and reads what comes. */
  readonly answer: TrialAnswer | 'live' | null;
}

export interface Tried {
  /** Secrets are shown as `•••(env:NAME)`; null where nothing would be sent. */
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  /** Why nothing would be sent, or nothing came back. */
  readonly problem: string | null;
  readonly answer: TrialAnswer | null;
  /** Null where nothing was read. */
  readonly read: {
    /** Of rules; in Sluice's own protocol there are none. */
    readonly verdict: AnswerVerdict | null;
    readonly by: string | null;
    readonly priceCents: Cents | null;
    readonly reference: string | null;
    readonly reason: string | null;
    readonly captures: Readonly<Record<string, string>>;
  } | null;
  readonly comesTo: 'bid' | 'no_bid' | 'sold' | 'rejected' | 'pending' | 'in_doubt' | null;
}
