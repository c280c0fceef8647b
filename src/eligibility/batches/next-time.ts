// When the next batch of a delivery is due, on the clock of its buyer.

import { DAY_MS, MINUTE_MS } from '../../domain/calendar.ts';
import { dayAt, instantOf, weekdayOf } from '../zones.ts';

/** Days from 1 (Monday) to 7, at least one; minutes from midnight, rising, at least one. */
export interface TimesOfDay {
  readonly weekdays: readonly number[];
  readonly minutes: readonly number[];
}

/** The first of the times behind an instant. A time that clocks skip counts at the skip. */
export function nextTime({ weekdays, minutes }: TimesOfDay, timeZone: string, afterMs: number) {
  const today = dayAt(timeZone, afterMs);
  for (let day = today; day <= today + 7; day += 1) {
    if (!weekdays.includes(weekdayOf(day))) continue;
    for (const minute of minutes) {
      const atMs = instantOf(timeZone, day * DAY_MS + minute * MINUTE_MS);
      if (atMs > afterMs) return atMs;
    }
  }
  throw new Error('no day of the week is named');
}
