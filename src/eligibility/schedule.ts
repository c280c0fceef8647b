// Is a contract open: weekly windows in the buyer's zone. A window opens and closes once on its
// day, also where clocks change: a time that comes twice counts at its first coming, a skipped time
// at the moment of the skip. A window past midnight belongs to the day on which it opens.

import type { Schedule, WeeklyWindow } from '../domain/world/schedule.ts';
import { DAY_MS, dayAt, dayStart, instantOf, MINUTE_MS, wallText, weekdayOf } from './zones.ts';

/** `untilMs`: the earliest instant at which this may change; null = never. */
export type Opening =
  | { readonly open: true; readonly untilMs: number | null }
  | { readonly open: false; readonly untilMs: number | null; readonly detail: string };

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const ALWAYS: Opening = { open: true, untilMs: null };
// A week ahead holds every weekly window once, even if today's has begun.
const LOOK_AHEAD_DAYS = 8;

/** Whether the hours are open at an instant. No schedule is always open; no windows are never. */
export function isOpen(schedule: Schedule | null, timeZone: string, atMs: number): Opening {
  if (schedule === null) return ALWAYS;
  const today = dayAt(timeZone, atMs);
  const spans = listSpans(schedule.windows, timeZone, today);
  const current = spans.find((span) => span.fromMs <= atMs && atMs < span.toMs);
  const end = dayStart(timeZone, today + LOOK_AHEAD_DAYS);
  if (current) return { open: true, untilMs: Math.min(current.toMs, end) };

  const next = spans.find((span) => span.fromMs > atMs);
  if (!next) return { open: false, untilMs: null, detail: 'the schedule has no hours' };
  const detail = `closed until ${wallText(timeZone, next.fromMs)}`;
  return { open: false, untilMs: next.fromMs, detail };
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
      known = { opening, fromMs: atMs, toMs: opening.untilMs ?? Infinity };
    }
    return known.opening;
  };
}

/** All spans from yesterday's on, in order, those that touch or overlap made one. */
function listSpans(windows: readonly WeeklyWindow[], timeZone: string, today: number): Span[] {
  const spans: Span[] = [];
  for (let day = today - 1; day < today + LOOK_AHEAD_DAYS; day += 1) {
    for (const window of windows) {
      if (window.days.includes(weekdayOf(day))) spans.push(spanOf(window, timeZone, day));
    }
  }
  spans.sort((a, b) => a.fromMs - b.fromMs);
  const joined: Span[] = [];
  for (const span of spans) {
    if (span.toMs <= span.fromMs) continue; // Skipped whole, where clocks go forward.
    const last = joined.at(-1);
    if (last && span.fromMs <= last.toMs) {
      joined.splice(-1, 1, { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) });
    } else {
      joined.push(span);
    }
  }
  return joined;
}

function spanOf({ openMinute, closeMinute }: WeeklyWindow, timeZone: string, day: number): Span {
  const closeDay = closeMinute <= openMinute ? day + 1 : day;
  return {
    fromMs: instantOf(timeZone, day * DAY_MS + openMinute * MINUTE_MS),
    toMs: instantOf(timeZone, closeDay * DAY_MS + closeMinute * MINUTE_MS),
  };
}
