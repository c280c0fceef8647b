// The end of a lead: its outcome, the answer to its source, and the room its offers held.

import { listAttempts } from '../db/attempts.ts';
import { closeLead, type Closing } from '../db/closing.ts';
import type { Verdict } from '../db/verdicts.ts';
import { holdIdOf, type LeadId } from '../domain/ids.ts';
import { type LeadOutcome, TAKES_PLACE } from '../domain/lead.ts';
import type { Wait } from '../domain/waiting.ts';
import type { ActivityDeps } from './deps.ts';
import { REHEARSAL, rehearse } from './bids/rehearsal.ts';

interface End {
  readonly leadId: LeadId;
  readonly round: number;
  readonly unsold: Exclude<LeadOutcome, { kind: 'sold' }>;
  readonly verdicts: readonly Verdict[];
  readonly wait?: Wait;
}

/** For a test lead: its rehearsal as one verdict more, and in the outcome what it would earn. */
async function tryTest(deps: ActivityDeps, end: End): Promise<Partial<End>> {
  const { unsold, verdicts } = end;
  if (unsold.kind !== 'unsold' || unsold.reason !== 'test_lead') return {};
  const verdict = await rehearse(deps, end);
  const { payoutCents } = verdict;
  return {
    verdicts: [...verdicts, { step: REHEARSAL, verdict }],
    ...(payoutCents !== undefined && { unsold: { ...unsold, testPayoutCents: payoutCents } }),
  };
}

export function createCloseActivities(deps: ActivityDeps) {
  const { pool, desk, giveAnswer, process } = deps;
  return {
    /**
     * Stores the outcome unless there is one, or keeps the lead for later, and answers the source
     * if it waits here. A test lead is tried at the test addresses first.
     */
    async closeLead(end: End): Promise<Closing> {
      const tried = await tryTest(deps, end);
      const closing = await closeLead(pool, { ...end, ...tried, process });
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
