// The pushes of a sold lead: one first try at once, then a regular activity that the receiver's own
// pauses repeat, until it is confirmed, ended, or its time is over.

import { ActivityFailure, ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import { proxyActivities } from '@temporalio/workflow';
import type { Before, Push } from '../activities/delivering/deliver.ts';
import type { Activities } from '../activities/index.ts';
import type { ContractId, LeadId } from '../domain/ids.ts';
import {
  DELIVERY_ENDED,
  type DeliveryEnd,
  type DeliveryTarget,
  type FirstTry,
  type Sale,
} from '../domain/outcome.ts';
import { later, step } from './steps.ts';

/** The pause after a first try, in histories begun before the try decided it. */
const REDELIVER_MS = 5_000;

/** A sold lead and one target of its contract. */
export interface Delivery {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly target: DeliveryTarget;
  readonly sale: Sale;
  /** Of a repeat: what came before it. */
  readonly before?: Before;
}

/** How a push ended. `queued`: it leaves together with others, in a run of its own. */
export type Pushed = 'delivered' | 'failed' | 'unclear' | 'queued';

/**
 * Pushes a sold lead to one target, from its next opening on, until it is confirmed, ended, or
 * given up, which is said. Never throws.
 */
export async function deliver(delivery: Delivery): Promise<Pushed> {
  const { leadId, contractId, target, sale, before: known = {} } = delivery;
  const push = { leadId, contractId, target: target.name };
  const place = `${contractId}/${target.name}`;
  let before: Before = known;
  let tried = 0;
  const waitMs = (target.notBeforeMs ?? 0) - Date.now();
  if (waitMs > 0) await sleep(waitMs, { summary: `${place} waits for its hours` });
  if (target.atOnce) {
    const first = await tryOnce(place, { ...push, sale });
    if (first.kind === 'delivered' || first.kind === 'ended') return keep(push, place, first);
    if (first.kind === 'queued') return 'queued';
    if (first.kind === 'failed') {
      if (first.forGood) return giveUp(push, place);
      tried = first.held ? 0 : 1;
      const pauseMs = first.afterMs ?? REDELIVER_MS;
      const why = first.held ? 'is held back' : 'did not take it';
      await sleep(pauseMs, { summary: `${place} ${why}: again in ${lengthOf(pauseMs)}` });
    } else before = { ...before, underWay: true };
  }
  const triedBefore = (before.triedBefore ?? 0) + tried;
  const { deliverLead } = proxyActivities<Activities>({
    // A try may wait for room at its host, and then take the minute it is allowed.
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: `${target.giveUpAfterHours}h`,
    // For faults of ours: what a receiver says names its own pause.
    retry: { initialInterval: REDELIVER_MS, backoffCoefficient: 2, maximumInterval: '10 minutes' },
    summary: `deliver to ${place}`,
  });
  try {
    const { proof, unsaved, queued } = await deliverLead({
      ...{ ...push, ...before },
      ...(triedBefore > 0 && { triedBefore }),
    });
    if (queued) return 'queued';
    return await keep(push, place, { kind: 'delivered', proof, ...(unsaved && { unsaved }) });
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    const end = endIn(failure);
    return end ? keep(push, place, end) : giveUp(push, place);
  }
}

/** Pushes once another push is confirmed; else it is not made, and says so. Never throws. */
export async function deliverAfter(
  earlier: { readonly after: string | undefined; readonly before: Promise<Pushed> },
  delivery: Delivery,
): Promise<Pushed> {
  if ((await earlier.before) === 'delivered') return deliver(delivery);
  const { leadId, contractId, target } = delivery;
  const place = `${contractId}/${target.name}`;
  const detail = `not made: it follows ${earlier.after}, which was not confirmed`;
  const push = { leadId, contractId, target: target.name };
  const end = { state: 'failed', tries: 0, detail } as const;
  await later(`write down: ${place} is not made`).recordPush({ ...push, ...end });
  return 'failed';
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

/** An end that stands in PostgreSQL, or is written there now. */
async function keep(
  push: Push,
  place: string,
  end: DeliveryEnd | (FirstTry & { readonly kind: 'delivered' }),
): Promise<Pushed> {
  const state = end.kind === 'delivered' ? 'delivered' : end.state;
  if (end.unsaved) {
    const detail = end.kind === 'delivered' ? end.proof : end.detail;
    await later(`write down: ${place} ${state}`).recordPush({ ...push, state, detail });
  }
  return state;
}

function endIn({ cause }: ActivityFailure): DeliveryEnd | undefined {
  if (!(cause instanceof ApplicationFailure) || cause.type !== DELIVERY_ENDED) return undefined;
  const [end] = cause.details ?? [];
  return end as DeliveryEnd | undefined;
}

async function giveUp(push: Push, place: string): Promise<Pushed> {
  await later(`give up ${place}`).giveUpDelivery(push);
  return 'failed';
}

function lengthOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
