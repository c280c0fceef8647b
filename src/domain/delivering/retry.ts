// When a push is tried again: the pause before the next try, by the receiver's policy, by what it
// asked for, and spread so that pushes that failed together do not come back together.

/** How a target is tried again. */
export interface RetryPolicy {
  /** The pause after the first try that failed, after the second, …; the last one repeats. */
  readonly scheduleMs: readonly number[];
  /** The least pause after an answer that says "too much", or after none in time. */
  readonly slowDownMs: number;
}

/** What a try that failed has told. */
export interface Setback {
  /** Tries so far, this one included. */
  readonly tries: number;
  /** The receiver is overloaded, or did not answer in time. */
  readonly isSlow: boolean;
  /** The pause that the receiver asked for. */
  readonly askedMs?: number | undefined;
  /** From 0 up to 1. */
  readonly random: number;
}

const MINUTE_MS = 60_000;
/** The spread of a pause: a fifth, up and down. */
const JITTER = 0.2;

/** A pause, a fifth longer or shorter; `random` from 0 to 1. */
export function spreadOver(ms: number, random: number): number {
  return ms * (1 - JITTER + 2 * JITTER * random);
}

/** The pause of a `Retry-After` (RFC 9110), seconds or a date; undefined for anything else. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The pause before the next try; one that was asked for counts up to twice the policy's own. */
export function pauseMs(policy: RetryPolicy, setback: Setback): number {
  const { scheduleMs, slowDownMs } = policy;
  const { tries, isSlow, askedMs, random } = setback;
  const planned = scheduleMs[Math.min(Math.max(tries, 1), scheduleMs.length) - 1] ?? MINUTE_MS;
  const base = isSlow ? Math.max(planned, slowDownMs) : planned;
  if (askedMs !== undefined) return Math.min(Math.max(askedMs, base), 2 * base);
  const spread = Math.round(spreadOver(base, random));
  return isSlow ? Math.max(spread, slowDownMs) : spread;
}
