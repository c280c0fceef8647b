// How a contract's doubts end: the buyer's status call, and what is assumed when nobody knows.

import type { JsonStep } from './contract.ts';

/** Asks the buyer what it did with a lead that it may have. */
export interface StatusCall {
  readonly step: JsonStep;
  readonly method: 'GET' | 'POST';
  /** Pauses before the first questions; then one question every `everyMs`. */
  readonly afterMs: readonly number[];
  readonly everyMs: number;
  readonly giveUpAfterMs: number;
  /** Sooner after the post, that the buyer does not know the lead counts for nothing. */
  readonly unknownAfterMs: number;
}

/** `ask` waits for as long as it takes. */
export interface DoubtPolicy {
  readonly policy: 'ask' | 'assume_sold' | 'assume_rejected';
  readonly afterMs: number;
}
