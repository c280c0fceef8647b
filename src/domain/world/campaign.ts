// What sources submit to: its rules, and the stages by which its leads are sold.

import type { DuplicateRule } from '../duplicates.ts';
import type { ContractId } from '../ids.ts';
import type { Cents } from '../money.ts';
import type { IntakeTerms } from './intake.ts';
import type { Lookup } from './lookup.ts';
import type { Scoring } from './scoring.ts';

export interface Campaign extends IntakeTerms {
  readonly name: string;
  readonly vertical: string;
  /** How long a source waits for the outcome before it gets 202. */
  readonly answerWithinMs: number;
  /** How long the bid of a ping is kept for its post. */
  readonly pingExpiresMs: number;
  /** How many shared buyers may have one lead. */
  readonly maxSales: number;
  readonly floorCents: Cents;
  /** What every lead must leave over its payout; null = it may be sold at a loss. */
  readonly minMargin: MinMargin | null;
  readonly paused: boolean;
  readonly duplicates: DuplicateRule | null;
  /** null: a lead that nobody buys at once is unsold. */
  readonly holdUnsold: HoldUnsold | null;
  readonly scoring: Scoring;
  /** By names of the operator's. */
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly routing: readonly Stage[];
}

/** Unsold leads are kept, and tried again when something may have changed. */
export interface HoldUnsold {
  /** From the receipt on. */
  readonly maxMinutes: number;
  /** Not beyond this time of day in the operator's zone, in minutes from midnight. */
  readonly untilMinute: number | null;
  /** Buyers that did not bid are asked again after this long. */
  readonly everyMinutes: number;
}

/** An amount for each lead, or a part of each price. */
export type MinMargin =
  | { readonly kind: 'cents'; readonly cents: Cents }
  | { readonly kind: 'percent'; readonly basisPoints: number };

interface StageTerms {
  readonly name: string;
  readonly contracts: readonly ContractId[];
  /** No offer of the stage is begun later than this after the stage began; null = no limit. */
  readonly budgetMs: number | null;
  /** The stage ends after so many rejected offers; null = when all were asked. */
  readonly stopAfterRejections: number | null;
  /** `overflow`: only leads for which an earlier contract was full; `after_hours`: closed. */
  readonly takes: 'all' | 'overflow' | 'after_hours';
  /** Leads with a lower score pass the whole stage by. */
  readonly minScore: number;
}
export type Stage =
  | (StageTerms & { readonly method: 'waterfall' })
  | (StageTerms & {
      readonly method: 'round_robin' | 'weighted';
      /** What the shares are shares of. */
      readonly by: 'leads' | 'cents';
      /** The most a contract may be owed, or be ahead. */
      readonly catchUpLeads: number;
    })
  | (StageTerms & {
      readonly method: 'ping_post';
      /** All pings of the stage are answered by then, or lost. */
      readonly deadlineMs: number;
      readonly floorCents: Cents;
      readonly earlyClose: boolean;
      /** first: the buyer pays its bid; second: the least that keeps its rank. */
      readonly pricing: 'first' | 'second';
      /** By the best price, or by the best total of one exclusive or several shared sales. */
      readonly pick: 'price' | 'total';
      /** With fewer counting bidders nobody is offered the lead. */
      readonly minBidders: number;
      /** Between equal bids: by priority and id, or by a lot drawn for each lead. */
      readonly ties: 'priority' | 'spread';
    });
export type Method = Stage['method'];

/** The stage of a round in which an operator chose the contract; no id of a document. */
export const OPERATOR_STAGE = '*operator';
