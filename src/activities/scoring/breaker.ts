// Stops asking an API that fails: five failures within half a minute, and it is left alone for a
// minute; then one call tries. What only a person can mend (a key, a bill) stops it for good.

const FAILURES = 5;
const WITHIN_MS = 30_000;
const OPEN_MS = 60_000;
/** An API that asks for an hour is asked again before. */
const LONGEST_PAUSE_MS = 10 * 60_000;

export type Breaker = ReturnType<typeof createBreaker>;

/** One breaker per API; `now` counts milliseconds that never go back. */
export function createBreaker(now: () => number) {
  let failures: number[] = [];
  let openUntil = 0;
  let trying = false;

  function open(ms: number): void {
    failures = [];
    trying = false;
    openUntil = Math.max(openUntil, now() + ms);
  }

  return {
    /** Whether a call may be made now; after a pause, one at a time. */
    allows(): boolean {
      if (openUntil === 0) return true;
      if (now() < openUntil || trying) return false;
      trying = true;
      return true;
    },

    worked(): void {
      if (openUntil === Infinity) return;
      [failures, openUntil, trying] = [[], 0, false];
    },

    /** `pauseMs`: the API itself asked to be left alone for so long. */
    failed(pauseMs?: number): void {
      if (pauseMs !== undefined) return open(Math.min(pauseMs, LONGEST_PAUSE_MS));
      if (trying) return open(OPEN_MS);
      const since = now() - WITHIN_MS;
      failures = [...failures.filter((at) => at > since), now()];
      if (failures.length >= FAILURES) open(OPEN_MS);
    },

    /** Until `reset`. */
    stop(): void {
      openUntil = Infinity;
    },

    /** The configuration has changed: whatever was wrong may be right now. */
    reset(): void {
      [failures, openUntil, trying] = [[], 0, false];
    },
  };
}

/** How long a service asks to be left alone, in seconds as it says them; nothing else is read. */
export function pauseOf(retryAfter: string | null | undefined): { pauseMs?: number } {
  const seconds = Number(retryAfter ?? NaN);
  return seconds > 0 ? { pauseMs: seconds * 1_000 } : {};
}
