// Wall clocks: between instants and what a clock in a zone shows. A wall time is held as the
// milliseconds that UTC would show it at, a day as whole days since 1970-01-01. A zone offset costs
// 5-12 µs (measured), so instants of wall times are remembered.

import { DateTime, IANAZone } from 'luxon';

import { DAY_MS, MINUTE_MS } from '../domain/calendar.ts';

/** True for a name that the time-zone database knows. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** What a clock in the zone shows at an instant, in minutes ahead of UTC. */
export function offsetAt(timeZone: string, atMs: number): number {
  return IANAZone.create(timeZone).offset(atMs);
}

/** The wall time of an instant. */
export function wallAt(timeZone: string, atMs: number): number {
  return atMs + offsetAt(timeZone, atMs) * MINUTE_MS;
}

const instants = new Map<string, Map<number, number>>();
const MOST_INSTANTS = 5_000;

/**
 * The first instant at which a clock in the zone shows a wall time, or, where clocks skip it, the
 * instant of the skip. So a time that comes twice counts once, and none is ever missing.
 */
export function instantOf(timeZone: string, wallMs: number): number {
  let known = instants.get(timeZone);
  if (!known || known.size >= MOST_INSTANTS) instants.set(timeZone, (known = new Map()));
  let instant = known.get(wallMs);
  if (instant === undefined) known.set(wallMs, (instant = findInstant(timeZone, wallMs)));
  return instant;
}

function findInstant(timeZone: string, wallMs: number): number {
  const before = offsetAt(timeZone, wallMs - DAY_MS);
  const after = offsetAt(timeZone, wallMs + DAY_MS);
  const [early, late] = [before, after]
    .map((offset) => wallMs - offset * MINUTE_MS)
    .sort((a, b) => a - b);
  if (early === undefined || late === undefined) throw new Error('two offsets give two instants');
  if (wallAt(timeZone, early) === wallMs) return early;
  if (wallAt(timeZone, late) === wallMs) return late;
  return changeBetween(timeZone, early, late);
}

/** The instant in (from, to] at which the zone's offset changes; `to` if it does not. */
export function changeBetween(timeZone: string, fromMs: number, toMs: number): number {
  const offset = offsetAt(timeZone, fromMs);
  if (offsetAt(timeZone, toMs) === offset) return toMs;
  let [same, other] = [fromMs, toMs];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(timeZone, middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}

/** When a day begins in the zone. Days tile time: each ends where the next begins. */
export function dayStart(timeZone: string, day: number): number {
  return instantOf(timeZone, day * DAY_MS);
}

/** The day that an instant belongs to. */
export function dayAt(timeZone: string, atMs: number): number {
  let day = Math.floor(wallAt(timeZone, atMs) / DAY_MS);
  // Where clocks go back over midnight, the day that has begun goes on.
  while (dayStart(timeZone, day + 1) <= atMs) day += 1;
  while (dayStart(timeZone, day) > atMs) day -= 1;
  return day;
}

/** 1 (Monday) to 7. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** A day as a date: `2026-11-24`. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day of a date that the calendar has, as `2026-11-24`; undefined for any other text. */
export function dayNamed(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const day = Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY_MS);
  return Number.isNaN(day) || dayText(day) !== text ? undefined : day;
}

/** A time of day: `08:00`. */
export function clockText(minute: number): string {
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0');
  return `${two(minute / 60)}:${two(minute % 60)}`;
}

/** A day's place in the calendar. */
export function calendarOf(day: number): DateTime {
  return DateTime.fromMillis(day * DAY_MS, { zone: 'utc' });
}

/** The day on which a calendar date falls. */
export function dayOf(date: DateTime): number {
  return Math.floor(date.toMillis() / DAY_MS);
}

/** An instant as people in the zone write it: `Mon 2026-11-23 08:00 America/Chicago`. */
export function wallText(timeZone: string, atMs: number): string {
  return formatted(timeZone, atMs, 'ccc yyyy-MM-dd HH:mm');
}

/** The same without its weekday: `2026-11-25 00:00 America/Denver`. */
export function dateAndTimeText(timeZone: string, atMs: number): string {
  return formatted(timeZone, atMs, 'yyyy-MM-dd HH:mm');
}

function formatted(timeZone: string, atMs: number, format: string): string {
  const wall = DateTime.fromMillis(wallAt(timeZone, atMs), { zone: 'utc' });
  return `${wall.toFormat(format, { locale: 'en-US' })} ${timeZone}`;
}
