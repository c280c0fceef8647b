// How many tokens a day may cost, over all processes: what PostgreSQL has of the day, read now and
// then, and what this process has used since.

import { DAY_MS } from '../../domain/calendar.ts';

const READ_EVERY_MS = 60_000;

export type TokenBudget = ReturnType<typeof createTokenBudget>;

/** Days are those of UTC. Until the first reading nothing counts as used. */
export function createTokenBudget(deps: {
  readonly perDay: number;
  /** The tokens that were used from an instant on. */
  readUsed(since: Date): Promise<number>;
  now(): number;
  readonly onError: (error: unknown) => void;
}) {
  const { perDay, readUsed, now } = deps;
  let day = 0;
  let used = 0;
  let readAt = -Infinity;

  function turnDay(): void {
    const today = Math.floor(now() / DAY_MS);
    if (today === day) return;
    [day, used, readAt] = [today, 0, -Infinity];
  }

  async function read(): Promise<void> {
    readAt = now();
    const of = day;
    const before = used;
    const stored = await readUsed(new Date(of * DAY_MS));
    // What came in meanwhile may be stored or not: it counts, once too often at most.
    if (of === day) used = stored + (used - before);
  }

  return {
    /** Whether the day has tokens left. Reads behind the caller's back, and never waits. */
    allows(): boolean {
      turnDay();
      if (now() - readAt >= READ_EVERY_MS) void read().catch(deps.onError);
      return used < perDay;
    },

    add(tokens: number): void {
      turnDay();
      used += tokens;
    },
  };
}
