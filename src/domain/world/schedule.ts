// When a contract buys, and when a receiver of deliveries is open. Days are whole days since
// 1970-01-01, minutes count from local midnight in the buyer's zone.

import type { Cents } from '../money.ts';

/** Hours in the buyer's zone; a contract without a schedule is always open. */
export interface Schedule {
  readonly windows: readonly WeeklyWindow[];
  /** Days with hours of their own, which replace the weekly windows that open on that day. */
  readonly openOn: readonly DayWindow[];
  /** Nothing opens on these days. */
  readonly closedOn: readonly DayRange[];
  /** Nothing opens on these holidays, nor on the day on which one is observed. */
  readonly holidays: 'us_federal' | null;
  /** Nothing opens before; a day begins at its first moment. */
  readonly starts: Edge | null;
  /** Everything is closed after this day, or from this instant on. */
  readonly ends: Edge | null;
}

/** The hours of one window; past midnight if close <= open. `closeMinute` is exclusive. */
export interface Hours {
  readonly openMinute: number;
  readonly closeMinute: number;
  /** The fixed price while it is open; null = the contract's. */
  readonly priceCents: Cents | null;
  /** Counted anew each time it opens. */
  readonly caps: readonly WindowCap[];
}

/** Opens on days 1 (Monday) to 7. */
export interface WeeklyWindow extends Hours {
  readonly days: readonly number[];
}

/** Opens on one day of the calendar. */
export interface DayWindow extends Hours {
  readonly day: number;
}

/** A limit for one opening of a window. 0 = takes nothing. */
export interface WindowCap {
  readonly measure: 'leads' | 'cents';
  readonly limit: number;
}

/** Both ends are in it. */
export interface DayRange {
  readonly fromDay: number;
  readonly toDay: number;
}

export type Edge =
  | { readonly kind: 'day'; readonly day: number }
  | { readonly kind: 'instant'; readonly atMs: number };
