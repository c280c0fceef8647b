// When a contract buys.

/** Weekly hours in the buyer's zone; a contract without a schedule is always open. */
export interface Schedule {
  readonly windows: readonly WeeklyWindow[];
}

/**
 * Days 1 (Monday) to 7; minutes from local midnight, close exclusive; past midnight if close <=
 * open.
 */
export interface WeeklyWindow {
  readonly days: readonly number[];
  readonly openMinute: number;
  readonly closeMinute: number;
}
