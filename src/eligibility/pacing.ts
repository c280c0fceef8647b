// How much of a paced cap may be used at an instant: the open minutes of its period that have begun
// by then, out of all that it has, in the contract's hours.

import { MINUTE_MS } from '../domain/calendar.ts';
import type { Paced } from '../domain/caps/caps.ts';
import { nextPacedMinute, pacedLimit } from '../domain/caps/pacing.ts';
import type { Pacing } from '../domain/world/cap.ts';
import type { Schedule } from '../domain/world/schedule.ts';
import type { Period } from './periods.ts';
import { type Span, spansBetween } from './schedule.ts';
import { dayAt, wallText } from './zones.ts';

interface PacedCap {
  readonly limit: number;
  readonly pacing: Pacing;
  /** Null = all hours are open. */
  readonly schedule: Schedule | null;
  readonly timeZone: string;
}

/**
 * What is allowed of a cap at an instant of a period; undefined once that is the whole limit. The
 * spans of a period and the answer for a minute are remembered: a lead costs a comparison.
 */
export function createPacing(cap: PacedCap): (period: Period, atMs: number) => Paced | undefined {
  let spans: { readonly of: Period; readonly open: readonly Span[] } | undefined;
  let known = { fromMs: 0, toMs: 0, paced: undefined as Paced | undefined };
  return (period, atMs) => {
    if (atMs >= known.fromMs && atMs < known.toMs) return known.paced;
    if (spans?.of.name !== period.name) spans = { of: period, open: openSpans(cap, period) };
    const paced = pacedAt(cap, spans.open, atMs);
    const minute = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const toMs = Math.min(minute + MINUTE_MS, period.endsAtMs ?? Infinity);
    known = { fromMs: Math.max(minute, period.startsAtMs), toMs, paced };
    return paced;
  };
}

function openSpans({ schedule, timeZone }: PacedCap, { startsAtMs, endsAtMs }: Period): Span[] {
  if (endsAtMs === null) return [];
  if (schedule === null) return [{ fromMs: startsAtMs, toMs: endsAtMs }];
  return spansBetween(schedule, timeZone, { fromMs: startsAtMs, toMs: endsAtMs });
}

function pacedAt(cap: PacedCap, open: readonly Span[], atMs: number): Paced | undefined {
  const { limit, pacing } = cap;
  const minutes = Math.ceil(lengthOf(open) / MINUTE_MS);
  const gone = lengthOf(open.map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, atMs) })));
  const minute = Math.min(minutes, Math.floor(gone / MINUTE_MS) + 1);
  const next = nextPacedMinute(limit, pacing, { minute, minutes });
  if (next === undefined) return undefined;
  const untilMs = startOfMinute(open, next);
  const until = untilText(cap.timeZone, atMs, untilMs);
  return { limit: pacedLimit(limit, pacing, { minute, minutes }), untilMs, until };
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - fromMs), 0);
}

/** The instant at which an open minute begins, the first being 1. */
function startOfMinute(open: readonly Span[], minute: number): number {
  let left = (minute - 1) * MINUTE_MS;
  for (const { fromMs, toMs } of open) {
    if (left < toMs - fromMs) return fromMs + left;
    left -= toMs - fromMs;
  }
  return open.at(-1)?.toMs ?? 0;
}

/** `14:20` for a time of the same day, else `Tue 14:20`. */
function untilText(timeZone: string, atMs: number, untilMs: number): string {
  const [day = '', , time = ''] = wallText(timeZone, untilMs).split(' ');
  return dayAt(timeZone, atMs) === dayAt(timeZone, untilMs) ? time : `${day} ${time}`;
}
