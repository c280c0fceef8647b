// The phone call by which a contract offers a lead: whom Twilio calls, what the buyer hears, and
// how long a talk must last to be a sale.

import type { OfferKey } from '../ids.ts';

/** How a buyer is called and the consumer put through. */
export interface CallSettings {
  /** Where the API of Twilio is. */
  readonly baseUrl: string;
  readonly accountSid: string;
  /** Where the API key is found, as `SK…:secret`. */
  readonly secretRef: string;
  /** Where the auth token is found, by which Twilio signs what it tells us. */
  readonly authTokenRef: string;
  /** Our number, which both of them see. */
  readonly from: string;
  /** The buyer's number. */
  readonly to: string;
  /** The field of the lead that holds the consumer's number. */
  readonly consumer: string;
  /** What the buyer hears, with `{field}` of the lead. */
  readonly whisper: string;
  readonly language: string;
  /** How long the phone of either of them rings. */
  readonly ringS: number;
  /** How long the buyer may take to press the key, after the whisper. */
  readonly pressWithinS: number;
  /** A talk this long is a sale. */
  readonly minTalkS: number;
  readonly detectMachine: boolean;
}

/** What a run of a call needs to know of its settings. No number is among it. */
export type CallTerms = Pick<CallSettings, 'ringS' | 'pressWithinS' | 'minTalkS'>;

/** The terms among the settings of a call. */
export function callTerms({ ringS, pressWithinS, minTalkS }: CallSettings): CallTerms {
  return { ringS, pressWithinS, minTalkS };
}

/** One call: which attempt it carries, and its terms. */
export interface Transfer extends OfferKey {
  readonly terms: CallTerms;
}
