// A callback of Twilio as it came in, and what it is answered.

import type { OfferKey } from '../../domain/ids.ts';
import type { Callback } from '../../domain/transfers/call.ts';

export interface CallbackVisit {
  readonly key: OfferKey;
  readonly callback: Callback;
  /** Path and query, as Twilio was given them. */
  readonly path: string;
  readonly form: URLSearchParams;
  /** What it says to have signed with. */
  readonly signature: string;
}

export type CallbackAnswer =
  | { readonly kind: 'twiml'; readonly xml: string }
  | { readonly kind: 'noted' }
  /** Nobody signed it who may tell of this call, or there is none. */
  | { readonly kind: 'forbidden' }
  /** It lacks what it must say. */
  | { readonly kind: 'unreadable' };

/** Takes in what is posted in the course of a call, if it is Twilio's. */
export type HearCall = (visit: CallbackVisit) => Promise<CallbackAnswer>;
