// How long the steps of a lead may take and how often they are tried, each beside its why; and the
// one line that operators read for each in the Temporal UI.

import {
  type ActivityOptions,
  ActivityFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Candidate } from '../domain/lead.ts';
import { dollars } from '../domain/money.ts';
import type { DeliveryTarget } from '../domain/outcome.ts';

/**
 * A step that the source waits for. Two short tries: a repeat is safe, since verdicts and attempts
 * are stored, and what fails twice fails the workflow, which the sweeper starts again.
 */
export function step(summary: string) {
  return proxyLocalActivities<Activities>({
    // The longest: a post of up to 5 s with its hold (1 s), settlement and release (2 s).
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

/**
 * Pushes a sold lead to one target until it is confirmed, or given up and said so. Never throws.
 */
export async function deliver(push: {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly target: DeliveryTarget;
}): Promise<void> {
  const { leadId, contractId, target } = push;
  const { deliverLead } = proxyActivities<Activities>({
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: `${target.giveUpAfterHours}h`,
    // 5 s, 25 s, 2 min, 10 min, then every half hour: a receiver that is down is not hammered.
    retry: { initialInterval: '5s', backoffCoefficient: 5, maximumInterval: '30 minutes' },
    summary: `deliver to ${contractId}/${target.name}`,
  });
  try {
    await deliverLead({ leadId, contractId, target: target.name });
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    await later(`give up ${contractId}/${target.name}`).giveUpDelivery({
      leadId,
      contractId,
      target: target.name,
    });
  }
}
