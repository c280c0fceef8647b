// Schedules as operators write them, read into the domain's shapes.

import { z } from 'zod';

import type { WeeklyWindow } from '../../domain/world/schedule.ts';
import { settings } from './settings.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;

const time = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'wants a time of day such as "08:00"')
  .transform((clock) => (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) % DAY_MINUTES);

const weeklyWindow = settings({
  days: z.array(z.enum(DAYS)).min(1).max(7).describe('The days on which the window opens.'),
  open: time.describe('Time of day in the buyer’s zone.'),
  close: time.describe(
    'Exclusive; on the next day if it is not after `open`. Midnight is "00:00" or "24:00", so ' +
      '"00:00" to "24:00" is the whole day.',
  ),
}).transform(({ days, open, close }): WeeklyWindow => ({
  days: [...new Set(days)].map((day) => DAYS.indexOf(day) + 1).sort((a, b) => a - b),
  openMinute: open,
  closeMinute: close,
}));

/** Weekly hours. */
export const schedule = settings({
  windows: z.array(weeklyWindow).min(1).max(50).describe('Open while any of them is.'),
});
