// What sources submit to: its rules, and the stages by which its leads are sold.

import type { ContractId } from '../ids.ts';
import type { Cents } from '../money.ts';
import type { PersonRule } from '../person.ts';

export interface Campaign {
  readonly name: string;
  readonly vertical: string;
  /** How long a source waits for the outcome before it gets 202. */
  readonly answerWithinMs: number;
  /** How many shared buyers may have one lead. */
  readonly maxSales: number;
  readonly floorCents: Cents;
  readonly paused: boolean;
  readonly duplicates: PersonRule | null;
  readonly routing: readonly Stage[];
}

interface StageTerms {
  readonly name: string;
  readonly contracts: readonly ContractId[];
}
export type Stage =
  | (StageTerms & { readonly method: 'waterfall' | 'round_robin' | 'weighted' })
  | (StageTerms & {
      readonly method: 'ping_post';
      /** All pings of the stage are answered by then, or lost. */
      readonly deadlineMs: number;
      readonly floorCents: Cents;
      readonly earlyClose: boolean;
    });
export type Method = Stage['method'];
