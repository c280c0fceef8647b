// How much of a limit may be used so far: pacing spreads a cap over the open minutes of its period.
// Which minute of how many it is, is counted outside (calendars are not known here).

import type { Pacing } from '../world/cap.ts';

/** Minute `minute` (from 1) of `minutes` open ones. */
export interface Progress {
  readonly minute: number;
  readonly minutes: number;
}

/**
 * What may be used until the end of an open minute, rounded up. With f = minute / minutes, `even`
 * allows limit × f and `front_loaded` limit × f(2 − f): three quarters by half-time. Never falls,
 * is at least 1 for a limit above 0, and the whole limit in the last minute. Exact: whole numbers
 * up to 10^12 × minutes² do not fit into a double.
 */
export function pacedLimit(limit: number, pacing: Pacing, { minute, minutes }: Progress): number {
  if (minute >= minutes) return limit;
  const [m, all] = [BigInt(Math.max(0, minute)), BigInt(minutes)];
  const [part, whole] = pacing === 'even' ? [m, all] : [m * (2n * all - m), all * all];
  return Number((BigInt(limit) * part + whole - 1n) / whole);
}

/** The first minute in which more is allowed than in this one; undefined if none is. */
export function nextPacedMinute(
  limit: number,
  pacing: Pacing,
  { minute, minutes }: Progress,
): number | undefined {
  const now = pacedLimit(limit, pacing, { minute, minutes });
  if (now >= limit) return undefined;
  let [same, more] = [minute, minutes];
  while (more - same > 1) {
    const middle = Math.floor((same + more) / 2);
    if (pacedLimit(limit, pacing, { minute: middle, minutes }) > now) more = middle;
    else same = middle;
  }
  return more;
}
