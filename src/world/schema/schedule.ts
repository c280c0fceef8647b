// Schedules as operators write them, read into the domain's shapes: those of contracts, and the
// hours of receivers, which have no price, no caps and no term.

import { z } from 'zod';

import type {
  DayRange,
  DayWindow,
  Edge,
  Hours,
  Schedule,
  WeeklyWindow,
  WindowCap,
} from '../../domain/world/schedule.ts';
import { dayNamed } from '../../eligibility/zones.ts';
import { amountCents, settings } from './settings.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;
const CLOCK = 'wants a time of day such as "08:00"';

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

const openTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, CLOCK)
  .transform(minutes)
  .describe('Time of day in the buyer’s zone.');
const closeTime = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, CLOCK)
  .transform((clock) => minutes(clock) % DAY_MINUTES)
  .describe(
    'Exclusive; on the next day if it is not after `open`. Midnight is "00:00" or "24:00", so ' +
      '"00:00" to "24:00" is the whole day.',
  );

// A contract that runs for a century is a slip of the keyboard.
const [FIRST_DAY, LAST_DAY] = [dayNamed('2000-01-01') ?? 0, dayNamed('2099-12-31') ?? 0];
const DATE = 'is no date of the calendar from 2000 to 2099, such as 2026-12-24';

const date = z.string().transform((text, context): number => {
  const day = dayNamed(text);
  if (day !== undefined && day >= FIRST_DAY && day <= LAST_DAY) return day;
  context.addIssue({ code: 'custom', message: DATE });
  return z.NEVER;
});

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

const edge = z.string().transform((text, context): Edge => {
  const day = dayNamed(text.slice(0, 10));
  if (day === undefined || day < FIRST_DAY || day > LAST_DAY) {
    context.addIssue({ code: 'custom', message: DATE });
    return z.NEVER;
  }
  if (text.length === 10) return { kind: 'day', day };
  const atMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(atMs)) return { kind: 'instant', atMs };
  const message = 'wants a date, or an instant with its offset such as 2026-12-24T08:00:00-06:00';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const windowCap = settings({
  leads: z.int().min(0).max(1_000_000_000).optional().describe('Sales. 0 = takes nothing.'),
  cents: z.int().min(0).max(1_000_000_000_000).optional().describe('Spend. 0 = takes nothing.'),
}).transform(({ leads, cents }, context): WindowCap => {
  if (leads !== undefined && cents === undefined) return { measure: 'leads', limit: leads };
  if (cents !== undefined && leads === undefined) return { measure: 'cents', limit: cents };
  context.addIssue({ code: 'custom', message: 'wants leads or cents, one of them' });
  return z.NEVER;
});

const days = z.array(z.enum(DAYS)).min(1).max(7).describe('The days on which the window opens.');
const day = date.describe('A date in the buyer’s zone, such as 2026-12-24.');
const hours = { open: openTime, close: closeTime };
const terms = {
  price_cents: amountCents
    .nullable()
    .default(null)
    .describe('The fixed price while it is open. null: the contract’s.'),
  caps: z
    .array(windowCap)
    .max(2)
    .default([])
    .describe('Limits for each time it opens; every one must have room.'),
};

type Spoken<T> = Omit<T, keyof Hours> & { open: number; close: number } & Partial<Hours>;

function toHours({ open, close, priceCents = null, caps = [] }: Spoken<Hours>): Hours {
  return { openMinute: open, closeMinute: close, priceCents, caps };
}

function toWeekly(one: Spoken<Hours> & { days: (typeof DAYS)[number][] }): WeeklyWindow {
  const numbers = [...new Set(one.days)].map((name) => DAYS.indexOf(name) + 1);
  return { days: numbers.sort((a, b) => a - b), ...toHours(one) };
}

function toDayWindow(one: Spoken<Hours> & { date: number }): DayWindow {
  return { day: one.date, ...toHours(one) };
}

const range = settings({
  from: date.describe('The first closed day.'),
  to: date.describe('The last closed day.'),
}).transform(({ from, to }): DayRange => ({ fromDay: from, toDay: to }));

const closedDay = z.union([date.transform((only) => ({ fromDay: only, toDay: only })), range], {
  error: (issue) =>
    typeof issue.input === 'string' ? DATE : 'wants a date, or { from: …, to: … } of dates',
});

const WINDOWS = 'Open while any of them is. Default: every day, all day.';
const OPEN_ON = 'Dates with hours of their own, which replace the weekly windows of that day.';
const calendar = {
  closed_on: z
    .array(closedDay)
    .max(400)
    .default([])
    .describe('Dates, or { from, to }, on which nothing opens.'),
  holidays: z
    .enum(['us_federal'])
    .nullable()
    .default(null)
    .describe('Closed on them, and on the working day on which one is observed.'),
};

// The whole of every day.
const ALWAYS = { days: [...DAYS], open: '00:00', close: '24:00' };

/** When a contract buys. */
export const schedule = settings({
  windows: z
    .array(settings({ days, ...hours, ...terms }).transform(toWeekly))
    .max(50)
    .prefault([ALWAYS])
    .describe(WINDOWS),
  open_on: z
    .array(settings({ date: day, ...hours, ...terms }).transform(toDayWindow))
    .max(200)
    .default([])
    .describe(OPEN_ON),
  ...calendar,
  starts: edge
    .nullable()
    .default(null)
    .describe('A date, from its beginning, or an instant. Nothing is open before.'),
  ends: edge
    .nullable()
    .default(null)
    .describe('A date, to its end, or an instant. Nothing is open after.'),
}).superRefine(wantsHours);

/** When a receiver takes deliveries. */
export const receiverHours = settings({
  windows: z
    .array(settings({ days, ...hours }).transform(toWeekly))
    .max(50)
    .prefault([ALWAYS])
    .describe(WINDOWS),
  open_on: z
    .array(settings({ date: day, ...hours }).transform(toDayWindow))
    .max(200)
    .default([])
    .describe(OPEN_ON),
  ...calendar,
})
  .superRefine(wantsHours)
  .transform((read): Schedule => ({ ...read, starts: null, ends: null }));

function wantsHours(
  { windows, openOn }: { windows: readonly unknown[]; openOn: readonly unknown[] },
  context: z.RefinementCtx,
): void {
  if (windows.length > 0 || openOn.length > 0) return;
  const message = 'wants at least 1 entries, or open_on';
  context.addIssue({ code: 'custom', path: ['windows'], message });
}
