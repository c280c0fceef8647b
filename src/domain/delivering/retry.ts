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

/** The pause before the next try; one that was asked for counts up to twice the policy's own. */
export function pauseMs(policy: RetryPolicy, setback: Setback): number {
  const { scheduleMs, slowDownMs } = policy;
  const { tries, isSlow, askedMs, random } = setback;
  const planned = scheduleMs[Math.min(Math.max(tries, 1), scheduleMs.length) - 1] ?? MINUTE_MS;
  const base = isSlow ? Math.max(planned, slowDownMs) : planned;
  if (askedMs !== undefined) return Math.min(Math.max(askedMs, base), 2 * base);
  const spread = Math.round(base * (1 - JITTER + 2 * JITTER * random));
  return isSlow ? Math.max(spread, slowDownMs) : spread;
}
