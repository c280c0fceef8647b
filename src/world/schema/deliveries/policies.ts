// How a delivery is repeated, held back and slowed down.

import { z } from 'zod';

import { duration, settings } from '../settings.ts';

/** That of Standard Webhooks, from the first pause on. */
const SCHEDULE = ['5s', '5m', '30m', '2h', '5h', '10h', '14h', '20h', '24h'];

/** `retry` of a delivery. */
export const retry = settings(
  {
    schedule: z
      .array(duration('1s', '48h', 'ms'))
      .min(1)
      .max(50)
      .prefault(SCHEDULE)
      .describe('Pauses after the first try that failed, the second, …; the last one repeats.'),
    slow_down: duration('1s', '1h', 'ms')
      .prefault('60s')
      .describe('The least pause after a 429, 502 or 504, or no answer in time.'),
  },
  { schedule: 'scheduleMs', slow_down: 'slowDownMs' },
);

/** `breaker` of a delivery. */
export const breaker = settings(
  {
    after: z
      .int()
      .min(1)
      .max(1_000)
      .default(5)
      .describe('Failures in a row, of any leads, after which only probes go out.'),
    probe_every: duration('1s', '1h', 'ms')
      .prefault('1m')
      .describe('One push goes out so often; the others wait until one arrives.'),
    disable_after: duration('1s', '60d', 'ms')
      .prefault('5d')
      .describe('Failing for so long disables the endpoint until an operator enables it.'),
  },
  { probe_every: 'probeEveryMs', disable_after: 'disableAfterMs' },
);

/** `limits` of a delivery; each process has its own count. */
export const limits = settings({
  at_once: z
    .int()
    .min(1)
    .max(1_000)
    .nullable()
    .default(null)
    .describe('Calls under way at one time. null: no limit.'),
  per_second: z
    .number()
    .min(0.1)
    .max(10_000)
    .nullable()
    .default(null)
    .describe('Calls begun per second, evenly. null: no limit.'),
});
