// Waiting for a fact. Tests never sleep: they say what they wait for, and how long at most.

const LOOK_EVERY_MS = 25;

/**
 * Looks until there is something to see (anything but undefined, null and false) and returns it.
 * Throws at the deadline, saying what was missing and what the last look brought.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<Exclude<T, undefined | null | false>> {
  const begunAt = performance.now();
  let cause: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) {
        return seen as Exclude<T, undefined | null | false>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() - begunAt > withinMs) {
      throw new Error(`not within ${withinMs / 1000} s: ${what}`, { cause });
    }
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}
