// Points in time as queries name them.

import type { Moment } from '../../db/reading/lead-list.ts';

/** A day (`YYYY-MM-DD`) in the zone, or a time with its offset. */
export function toMoment(text: string, timeZone: string): Moment {
  if (text.length === 'YYYY-MM-DD'.length) return { kind: 'day', day: text, timeZone };
  return { kind: 'instant', at: new Date(text) };
}
