// When the leads of a delivery go out together: at these times of day, in the buyer's zone.

import { z } from 'zod';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'wants a time of day such as "17:00"');

/** The times, as they stand in a world. */
export const batchTimes = z.strictObject({
  at: z
    .array(timeOfDay)
    .min(1)
    .max(96)
    .refine((times) => new Set(times).size === times.length, 'names a time twice')
    .describe('Times of day in the buyer’s zone.'),
  days: z
    .array(z.enum(DAYS))
    .min(1)
    .max(7)
    .default([...DAYS])
    .describe('The days on which leads go out. Default: every day.'),
});
export type BatchTimes = z.output<typeof batchTimes>;

/** The times as numbers: days from 1 (Monday) to 7, and rising minutes from midnight. */
export function timesOf({ at, days }: BatchTimes) {
  const minutes = at.map((clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));
  return {
    weekdays: days.map((day) => DAYS.indexOf(day) + 1),
    minutes: minutes.toSorted((a, b) => a - b),
  };
}
