// Schedules for tests, said in a few words.

import type { Hours, Schedule, WeeklyWindow } from '../../src/domain/world/schedule.ts';
import { dayNamed } from '../../src/eligibility/zones.ts';

export const ALL_DAYS = [1, 2, 3, 4, 5, 6, 7];
export const WORKDAYS = [1, 2, 3, 4, 5];

/** A schedule in which nothing is said but this. */
export function scheduleOf(parts: Partial<Schedule>): Schedule {
  const nothing = { windows: [], openOn: [], closedOn: [], holidays: null };
  return { ...nothing, starts: null, ends: null, ...parts };
}

/** A weekly window. */
export function hours(days: readonly number[], open: string, close: string): WeeklyWindow {
  return { days, ...clocks(open, close) };
}

/** The hours of a day, such as 08:00 to 18:00. */
export function clocks(open: string, close: string): Hours {
  return { openMinute: minuteOf(open), closeMinute: minuteOf(close), priceCents: null, caps: [] };
}

function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

/** The day of a date. */
export function day(date: string): number {
  const found = dayNamed(date);
  if (found === undefined) throw new Error(`${date} is no date`);
  return found;
}

export const at = (iso: string) => Date.parse(iso);
