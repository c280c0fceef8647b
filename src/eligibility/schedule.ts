// Is a contract open: weekly windows in the buyer's zone, days that differ, a start and an end. A
// window opens and closes once on its day, also where clocks change: a time that comes twice counts
// at its first coming, a skipped time at the moment of the skip. A window past midnight belongs to
// the day on which it opens.

import { DAY_MS, MINUTE_MS } from '../domain/calendar.ts';
import type { Cents } from '../domain/money.ts';
import type { DayRange, Edge, Hours, Schedule, WindowCap } from '../domain/world/schedule.ts';
import { usFederalHoliday } from './holidays.ts';
import { clockText, dayAt, dayStart, dayText, instantOf, wallText, weekdayOf } from './zones.ts';

/** One opening of a window. Of windows that do not overlap, an instant is in one at most. */
export interface Occurrence {
  /** When it opens on the wall: `window/2026-11-24T08:00`. Each has its own. */
  readonly name: string;
  readonly startsAtMs: number;
  /** Exclusive. */
  readonly endsAtMs: number;
  /** The fixed price while it is open; null = the contract's. */
  readonly priceCents: Cents | null;
  readonly caps: readonly WindowCap[];
}

/**
 * Whether the hours are open. `untilMs`: closed, exactly when they open, or null = never again;
 * open, the earliest instant at which they may close, at most eight days ahead, null = never.
 */
export type Opening =
  | { readonly open: true; readonly untilMs: number | null; readonly window: Occurrence | null }
  | { readonly open: false; readonly untilMs: number | null; readonly detail: string };

const ALWAYS: Opening = { open: true, untilMs: null, window: null };
// A week ahead holds every weekly window once, even if today's has begun.
const LOOK_AHEAD_DAYS = 8;
// A weekly window opens within a week, or, where holidays and skipped hours are in its way, within
// a few: more than two in a row are never lost.
const LONGEST_WAIT_DAYS = 60;

/** Whether the hours are open at an instant. No schedule is always open; no windows are never. */
export function isOpen(schedule: Schedule | null, timeZone: string, atMs: number): Opening {
  if (schedule === null) return ALWAYS;
  const today = dayAt(timeZone, atMs);
  const soon = dayStart(timeZone, today + LOOK_AHEAD_DAYS);
  let current: Occurrence | undefined;
  let untilMs = -Infinity;
  for (const occurrence of occurrencesFrom(schedule, timeZone, today)) {
    if (occurrence.endsAtMs <= atMs) continue;
    if (!current && occurrence.startsAtMs > atMs) {
      const detail = detailOf(schedule, timeZone, { atMs, today, next: occurrence });
      return { open: false, untilMs: occurrence.startsAtMs, detail };
    }
    current ??= occurrence;
    // Windows that touch are one stretch.
    if (occurrence.startsAtMs > Math.max(untilMs, atMs)) break;
    untilMs = Math.max(untilMs, occurrence.endsAtMs);
    if (untilMs >= soon) break;
  }
  if (current) return { open: true, untilMs: Math.min(untilMs, soon), window: current };
  return { open: false, untilMs: null, detail: detailOf(schedule, timeZone, { atMs, today }) };
}

/** When the hours are open next: `atMs` itself if they are, null if they never are again. */
export function nextOpening(
  schedule: Schedule | null,
  timeZone: string,
  atMs: number,
): number | null {
  const opening = isOpen(schedule, timeZone, atMs);
  return opening.open ? atMs : opening.untilMs;
}

/**
 * When a push may be made: at once while its receiver is open, else at the next opening. Hours that
 * never come again are waited for by nobody: at once.
 */
export function deliverNotBefore(
  schedule: Schedule | null,
  timeZone: string,
  atMs: number,
): number {
  return nextOpening(schedule, timeZone, atMs) ?? atMs;
}

/** A stretch of time; `toMs` is exclusive. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When the hours are open between two instants, in order. */
export function spansBetween(schedule: Schedule, timeZone: string, between: Span): Span[] {
  const { fromMs, toMs } = between;
  const spans: Span[] = [];
  for (const one of occurrencesFrom(schedule, timeZone, dayAt(timeZone, fromMs))) {
    if (one.startsAtMs >= toMs) break;
    const span = {
      fromMs: Math.max(one.startsAtMs, fromMs),
      toMs: Math.min(one.endsAtMs, toMs),
    };
    if (span.fromMs < span.toMs) spans.push(span);
  }
  return spans;
}

/**
 * `isOpen` with a memory of the present state, since a lead asks this of every contract: reading
 * the windows costs some 100 µs, the memory nothing.
 */
export function createOpening(
  schedule: Schedule | null,
  timeZone: string,
): (atMs: number) => Opening {
  if (schedule === null) return () => ALWAYS;
  let known: { opening: Opening; fromMs: number; toMs: number } | undefined;
  return (atMs) => {
    if (!known || atMs < known.fromMs || atMs >= known.toMs) {
      const opening = isOpen(schedule, timeZone, atMs);
      const windowEndsAtMs = opening.open ? opening.window?.endsAtMs : undefined;
      const toMs = Math.min(opening.untilMs ?? Infinity, windowEndsAtMs ?? Infinity);
      known = { opening, fromMs: atMs, toMs };
    }
    return known.opening;
  };
}

/** The hours that open on a day, in order. */
export function hoursOn(schedule: Schedule, day: number): readonly Hours[] {
  const own = schedule.openOn.filter((hours) => hours.day === day);
  if (own.length === 0 && closureOf(schedule, day) !== null) return [];
  const hours = own.length > 0 ? own : weeklyOn(schedule, day);
  return hours.toSorted((a, b) => a.openMinute - b.openMinute);
}

/** From when and until when there is anything at all; infinite where nothing is said. */
export function termOf(
  { starts, ends }: Schedule,
  timeZone: string,
): { readonly startsAtMs: number; readonly endsAtMs: number } {
  const instant = (edge: Edge, after: 0 | 1) =>
    edge.kind === 'day' ? dayStart(timeZone, edge.day + after) : edge.atMs;
  return {
    startsAtMs: starts ? instant(starts, 0) : -Infinity,
    endsAtMs: ends ? instant(ends, 1) : Infinity,
  };
}

/** All that is not over on a day, in order, as far ahead as there can be anything. */
function* occurrencesFrom(
  schedule: Schedule,
  timeZone: string,
  today: number,
): Generator<Occurrence> {
  const term = termOf(schedule, timeZone);
  const first = Number.isFinite(term.startsAtMs) ? dayAt(timeZone, term.startsAtMs) : today;
  const from = Math.max(today, first);
  const last = Math.max(
    from + LONGEST_WAIT_DAYS,
    ...schedule.closedOn.map(({ toDay }) => toDay + LONGEST_WAIT_DAYS),
    ...schedule.openOn.map(({ day }) => day),
  );
  // The day before may have a window past midnight.
  for (let day = from - 1; day <= last; day += 1) {
    for (const hours of hoursOn(schedule, day)) {
      const { openMinute, closeMinute, priceCents, caps } = hours;
      const closeDay = closeMinute <= openMinute ? day + 1 : day;
      const opens = instantOf(timeZone, day * DAY_MS + openMinute * MINUTE_MS);
      const closes = instantOf(timeZone, closeDay * DAY_MS + closeMinute * MINUTE_MS);
      const startsAtMs = Math.max(opens, term.startsAtMs);
      const endsAtMs = Math.min(closes, term.endsAtMs);
      if (startsAtMs >= term.endsAtMs) return;
      // Not yet begun, or skipped whole, where clocks go forward.
      if (endsAtMs <= startsAtMs) continue;
      const name = `window/${dayText(day)}T${clockText(openMinute)}`;
      yield { name, startsAtMs, endsAtMs, priceCents, caps };
    }
  }
}

function weeklyOn({ windows }: Schedule, day: number): readonly Hours[] {
  const weekday = weekdayOf(day);
  return windows.filter(({ days }) => days.includes(weekday));
}

/** Why nothing opens on a day, or null: `for Thanksgiving Day`, `on 2026-12-24`. */
function closureOf({ closedOn, holidays }: Schedule, day: number): string | null {
  const range = closedOn.find(({ fromDay, toDay }) => fromDay <= day && day <= toDay);
  if (range) return rangeText(range);
  const holiday = holidays === null ? null : usFederalHoliday(day);
  return holiday === null ? null : `for ${holiday}`;
}

function rangeText({ fromDay, toDay }: DayRange): string {
  if (fromDay === toDay) return `on ${dayText(fromDay)}`;
  return `from ${dayText(fromDay)} to ${dayText(toDay)}`;
}

function detailOf(
  schedule: Schedule,
  timeZone: string,
  { atMs, today, next }: { atMs: number; today: number; next?: Occurrence },
): string {
  const { startsAtMs, endsAtMs } = termOf(schedule, timeZone);
  if (endsAtMs <= atMs) {
    const { ends } = schedule;
    return `ended on ${ends?.kind === 'day' ? dayText(ends.day) : wallText(timeZone, endsAtMs)}`;
  }
  const until = next && wallText(timeZone, next.startsAtMs);
  if (startsAtMs > atMs) {
    const starts = `starts on ${wallText(timeZone, startsAtMs)}`;
    if (until === undefined) return `${starts} and never opens`;
    return next?.startsAtMs === startsAtMs ? starts : `${starts}, closed until ${until}`;
  }
  if (until === undefined) return 'the schedule has no more hours';
  const closure = weeklyOn(schedule, today).length > 0 ? closureOf(schedule, today) : null;
  const hasOwn = schedule.openOn.some(({ day }) => day === today);
  return closure === null || hasOwn ? `closed until ${until}` : `closed ${closure} until ${until}`;
}
