// The end of a lead: its outcome, the answer to its source, and the room its offers held.

import { listAttempts } from '../db/attempts.ts';
import { closeLead, type Closing } from '../db/closing.ts';
import type { Verdict } from '../db/verdicts.ts';
import { holdIdOf, type LeadId } from '../domain/ids.ts';
import { type LeadOutcome, TAKES_PLACE } from '../domain/lead.ts';
import type { Wait } from '../domain/waiting.ts';
import type { ActivityDeps } from './deps.ts';

export function createCloseActivities(deps: ActivityDeps) {
  const { pool, desk, giveAnswer, process } = deps;
  return {
    /**
     * Stores the outcome unless there is one, or keeps the lead for later, and answers the source
     * if it waits here.
     */
    async closeLead(end: {
      leadId: LeadId;
      round: number;
      unsold: Exclude<LeadOutcome, { kind: 'sold' }>;
      verdicts: readonly Verdict[];
      wait?: Wait;
    }): Promise<Closing> {
      const closing = await closeLead(pool, { ...end, process });
      giveAnswer(end.leadId, closing.kind === 'closed' ? closing.outcome : 'pending');
      return closing;
    },

    /** Releases the holds of all attempts that came to nothing; throws until each is certain. */
    async releaseHolds(leadId: LeadId): Promise<void> {
      const attempts = await listAttempts(pool, leadId);
      const free = attempts.filter(({ state }) => state !== 'planned' && !TAKES_PLACE.has(state));
      const certain = await Promise.all(
        free.map((attempt) =>
          desk.release(
            attempt.buyerId,
            {
              id: holdIdOf(attempt),
              atMs: attempt.plannedAtMs,
              windows: attempt.capWindows,
            },
            'repeat',
          ),
        ),
      );
      if (!certain.every(Boolean)) throw new Error('the caps did not confirm every release');
    },
  };
}
