// Where the activity that settles a lead meets the request that waits for it.
//
// Three ways, each the fallback of the one before: handed over in this process; a notification from
// another process, which then reads the row; a look at the rows of all that wait, twice a second.

import type { LeadId } from '../domain/ids.ts';
import type { LeadOutcome } from '../domain/lead.ts';

export type Answer = LeadOutcome | 'pending';

export type Answers = ReturnType<typeof createAnswers>;

interface Waiter {
  readonly sinceMs: number;
  readonly resolve: (answer: Answer) => void;
}

const LOOK_EVERY_MS = 500;

/**
 * One meeting place per process. `readOutcomes` returns those of the given leads that are known.
 */
export function createAnswers(deps: {
  readOutcomes(
    leadIds: readonly LeadId[],
  ): Promise<readonly { id: LeadId; outcome: LeadOutcome | null }[]>;
}) {
  const waiting = new Map<LeadId, Set<Waiter>>();

  function give(leadId: LeadId, answer: Answer): void {
    const waiters = waiting.get(leadId);
    if (!waiters) return;
    waiting.delete(leadId);
    for (const { resolve } of waiters) resolve(answer);
  }

  async function look(leadIds: readonly LeadId[]): Promise<void> {
    if (leadIds.length === 0) return;
    // A database that is away answers at a later look; whoever waits has a deadline of their own.
    const found = await deps.readOutcomes(leadIds).catch(() => []);
    for (const { id, outcome } of found) give(id, outcome ?? 'pending');
  }

  const timer = setInterval(() => {
    const before = performance.now() - LOOK_EVERY_MS;
    const isLate = (waiters: ReadonlySet<Waiter>) => [...waiters].some((w) => w.sinceMs < before);
    const late = [...waiting].filter(([, waiters]) => isLate(waiters));
    void look(late.map(([leadId]) => leadId));
  }, LOOK_EVERY_MS).unref();

  return {
    give,

    /** Reads what another process has settled. */
    told: (leadId: LeadId) => look(waiting.has(leadId) ? [leadId] : []),

    /** The answer, or `pending` once the time is over. Register before the workflow is started. */
    waitFor(leadId: LeadId, timeoutMs: number): Promise<Answer> {
      return new Promise((resolve) => {
        const waiters = waiting.get(leadId) ?? new Set();
        waiting.set(leadId, waiters);
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          if (waiters.size === 0) waiting.delete(leadId);
          resolve('pending');
        }, timeoutMs);
        const waiter: Waiter = {
          sinceMs: performance.now(),
          resolve(answer) {
            clearTimeout(timer);
            resolve(answer);
          },
        };
        waiters.add(waiter);
      });
    },

    /** Ends the looks; every request that still waits is answered `pending`. */
    close(): void {
      clearInterval(timer);
      for (const leadId of [...waiting.keys()]) give(leadId, 'pending');
    },
  };
}
