// How long the steps of a lead may take and how often they are tried, each beside its why; and the
// one line that operators read for each in the Temporal UI.

import {
  type ActivityOptions,
  ActivityFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  sleep,
} from '@temporalio/workflow';
import type { Push } from '../activities/delivering/deliver.ts';
import type { Activities } from '../activities/index.ts';
import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Candidate } from '../domain/lead.ts';
import { dollars } from '../domain/money.ts';
import type { DeliveryTarget, FirstTry, Sale } from '../domain/outcome.ts';

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

const REDELIVER_MS = 5_000;

/** What the UI shows for an offer. */
export function offerSummary({ contractId, priceCents }: Candidate): string {
  return `offer to ${contractId} at ${dollars(priceCents)}`;
}

/** A sold lead and one target of its contract. */
export interface Delivery {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly target: DeliveryTarget;
  readonly sale: Sale;
}

/**
 * Pushes a sold lead to one target, from its next opening on, until it is confirmed, or given up
 * and said so. Never throws.
 */
export async function deliver({ leadId, contractId, target, sale }: Delivery): Promise<void> {
  const push = { leadId, contractId, target: target.name };
  const place = `${contractId}/${target.name}`;
  let triedBefore = 0;
  const waitMs = (target.notBeforeMs ?? 0) - Date.now();
  if (waitMs > 0) await sleep(waitMs, { summary: `${place} waits for its hours` });
  if (target.atOnce) {
    const first = await tryOnce(place, { ...push, sale });
    if (first.kind === 'delivered') return;
    if (first.kind === 'failed') {
      if (first.forGood) return giveUp(push, place);
      triedBefore = 1;
      await sleep(REDELIVER_MS, { summary: 'pause before the next push' });
    }
  }
  const { deliverLead } = proxyActivities<Activities>({
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: `${target.giveUpAfterHours}h`,
    // 5 s, 25 s, 2 min, 10 min, then every half hour: a receiver that is down is not hammered.
    retry: {
      initialInterval: triedBefore > 0 ? 5 * REDELIVER_MS : REDELIVER_MS,
      backoffCoefficient: 5,
      maximumInterval: '30 minutes',
    },
    summary: `deliver to ${place}`,
  });
  try {
    await deliverLead(triedBefore > 0 ? { ...push, triedBefore } : push);
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    await giveUp(push, place);
  }
}

/** The first try. A step that failed itself leaves it to the next one, which has more patience. */
async function tryOnce(place: string, push: Push & { readonly sale: Sale }): Promise<FirstTry> {
  try {
    return await step(`deliver to ${place}`).tryDelivery(push);
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    return { kind: 'under_way' };
  }
}

async function giveUp(push: Push, place: string): Promise<void> {
  await later(`give up ${place}`).giveUpDelivery(push);
}
