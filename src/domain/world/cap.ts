// How much a contract or a buyer takes: per period, for all leads, for some, or for each value of a
// fact; and how much a buyer may owe.

import type { Cents } from '../money.ts';
import type { Filter } from './filter.ts';

export const CAP_PERIODS = ['hour', 'day', 'week', 'month', 'total', 'rolling'] as const;
export type CapPeriod = (typeof CAP_PERIODS)[number];

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const PACINGS = ['even', 'front_loaded'] as const;
export type Pacing = (typeof PACINGS)[number];

/** A limit per period. `null` = no limit is set; 0 = takes nothing. */
export interface Cap {
  readonly per: CapPeriod;
  readonly measure: 'leads' | 'cents';
  readonly limit: number | null;
  /** The first day of a week; absent = Monday. */
  readonly starts?: Weekday;
  /** The length of a rolling period. */
  readonly hours?: number;
  /** Stands in the key: tells caps apart that would share one. */
  readonly name?: string;
  /** A limit for each value of this fact, on its own. */
  readonly each?: string;
  /** Only leads that match are counted and limited. */
  readonly when?: Filter;
  /** Spreads the limit over the open hours of the period. */
  readonly pacing?: Pacing;
}

/** What a buyer may owe for leads. */
export interface Balance {
  /** The most it may owe. */
  readonly creditCents: Cents;
}
