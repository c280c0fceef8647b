// The period that an instant belongs to, in the buyer's zone: an hour, a day, a week from any day
// on, a month, or all time. Periods of a kind tile time, also where clocks change.

import { MINUTE_MS } from '../domain/calendar.ts';
import type { CapPeriod, Weekday } from '../domain/world/cap.ts';
import { WEEKDAYS } from '../domain/world/cap.ts';
import {
  calendarOf,
  changeBetween,
  dayAt,
  dayOf,
  dayStart,
  offsetAt,
  wallAt,
  weekdayOf,
} from './zones.ts';

/** `week` begins on Monday, `week/sun` on Sunday. */
export type Calendar = Exclude<CapPeriod, 'rolling'> | `week/${Weekday}`;

/** One period of a cap: `day/2026-11-22`, `week/2026-W47`, `week/sun/2026-11-22`, `total`. */
export interface Period {
  readonly name: string;
  readonly startsAtMs: number;
  /** Exclusive; null = never. */
  readonly endsAtMs: number | null;
}

const TOTAL: Period = { name: 'total', startsAtMs: -Infinity, endsAtMs: null };
const current = new Map<string, Period>();

/**
 * The period that an instant belongs to, exactly one. The running period of each zone is remembered
 * until it ends: ten contracts then cost microseconds instead of a millisecond.
 */
export function periodAt(timeZone: string, per: Calendar, atMs: number): Period {
  if (per === 'total') return TOTAL;
  const place = `${per}/${timeZone}`;
  const known = current.get(place);
  if (known && atMs >= known.startsAtMs && atMs < (known.endsAtMs ?? Infinity)) return known;
  const period = findPeriod(timeZone, per, atMs);
  current.set(place, period);
  return period;
}

function findPeriod(timeZone: string, per: Exclude<Calendar, 'total'>, atMs: number): Period {
  switch (per) {
    case 'hour':
      return hourAt(timeZone, atMs);
    case 'day':
    case 'week':
    case 'month':
      return daysAt(timeZone, per, atMs);
    default:
      return weekAt(timeZone, per.slice('week/'.length), atMs);
  }
}

function daysAt(timeZone: string, per: 'day' | 'week' | 'month', atMs: number): Period {
  const today = dayAt(timeZone, atMs);
  const date = calendarOf(today);
  const first = date.startOf(per);
  const next = first.plus({ [per]: 1 });
  const format = { day: 'yyyy-MM-dd', week: "kkkk-'W'WW", month: 'yyyy-MM' }[per];
  return {
    name: `${per}/${date.toFormat(format)}`,
    startsAtMs: dayStart(timeZone, dayOf(first)),
    endsAtMs: dayStart(timeZone, dayOf(next)),
  };
}

/** ISO numbers weeks from Monday only: another week is named by its first day. */
function weekAt(timeZone: string, starts: string, atMs: number): Period {
  const today = dayAt(timeZone, atMs);
  const from = WEEKDAYS.findIndex((day) => day === starts) + 1;
  const first = today - ((weekdayOf(today) - from + 7) % 7);
  return {
    name: `week/${starts}/${calendarOf(first).toFormat('yyyy-MM-dd')}`,
    startsAtMs: dayStart(timeZone, first),
    endsAtMs: dayStart(timeZone, first + 7),
  };
}
const HOUR_MS = 60 * MINUTE_MS;

/**
 * An hour of the wall clock under one offset, named with it: `hour/2026-11-01T01-0500`. When clocks
 * go back the hour comes twice, and each has its own count.
 */
function hourAt(timeZone: string, atMs: number): Period {
  const offset = offsetAt(timeZone, atMs);
  const wallHour = Math.floor(wallAt(timeZone, atMs) / HOUR_MS) * HOUR_MS;
  const startsAtMs = wallHour - offset * MINUTE_MS;
  const endsAtMs = startsAtMs + HOUR_MS;
  const sign = offset < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const zone = `${sign}${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`;
  return {
    name: `hour/${new Date(wallHour).toISOString().slice(0, 13)}${zone}`,
    // Where clocks change by half an hour, the change cuts the hour short.
    startsAtMs: offsetAt(timeZone, startsAtMs) === offset ? startsAtMs : atMs,
    endsAtMs: changeBetween(timeZone, atMs, endsAtMs),
  };
}
