// How long the steps of a lead may take and how often they are tried, each beside its why; and the
// one line that operators read for each in the Temporal UI.

import { type ActivityOptions, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Candidate } from '../domain/lead.ts';
import { dollars } from '../domain/money.ts';

/**
 * A step that the source waits for. Two short tries: a repeat is safe, since verdicts and attempts
 * are stored, and what fails twice fails the workflow, which the sweeper starts again.
 */
export function step(summary: string) {
  return proxyLocalActivities<Activities>({
    // The longest: a post of up to 5 s with its hold (2.5 s at most), settlement and release (2 s).
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 2, initialInterval: '50ms' },
    summary,
  });
}

/**
 * A step that nobody waits for, or that may take long; without `retry` it is tried until it is
 * done.
 */
export function later(summary: string, retry: ActivityOptions['retry'] = {}) {
  return proxyActivities<Activities>({
    startToCloseTimeout: '2 minutes',
    retry: { initialInterval: '1s', maximumInterval: '1 minute', ...retry },
    summary,
  });
}

/** What the UI shows for an offer. */
export function offerSummary({ contractId, priceCents }: Candidate): string {
  return `offer to ${contractId} at ${dollars(priceCents)}`;
}
