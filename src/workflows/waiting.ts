// A lead that nobody bought sleeps until something may have changed, and is tried again: a window
// opens, a cap rolls over, the configuration changes, a balance is topped up, an operator says so.

import {
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { LeadAction, Wait } from '../domain/waiting.ts';
import { leadActed, LeadStatusKey, ReasonCodeKey } from './messages.ts';

/** What was asked of this lead and is not done yet, oldest first. */
export function receiveActions(): LeadAction[] {
  const actions: LeadAction[] = [];
  setHandler(leadActed, (action) => void actions.push(action));
  return actions;
}

/** Sleeps through a wait; returns the action that ended it early, if one did. */
export async function sleepThrough(
  wait: Wait,
  actions: LeadAction[],
): Promise<LeadAction | undefined> {
  upsertSearchAttributes([
    { key: LeadStatusKey, value: 'waiting' },
    { key: ReasonCodeKey, value: wait.reason },
  ]);
  const ms = Math.max(1, wait.wakeAtMs - Date.now());
  await sleepUnless({ ms, summary: summaryOf(wait) }, () => actions.length > 0);
  return actions.shift();
}

/** Sleeps, but not longer than until something is so. */
export async function sleepUnless(
  { ms, summary }: { readonly ms: number; readonly summary: string },
  isOver: () => boolean,
): Promise<void> {
  const timer = new CancellationScope();
  const slept = timer.run(() => sleep(ms, { summary }));
  const overslept = slept.catch((failure: unknown) => {
    if (!isCancellation(failure)) throw failure;
  });
  await Promise.race([overslept, condition(isOver)]);
  timer.cancel();
}

/** The one line of the timer in the Temporal UI. */
function summaryOf({ wakeAtMs, untilMs, for: [first] }: Wait): string {
  if (wakeAtMs === untilMs) return 'kept until its time is over';
  if (first?.untilMs === wakeAtMs) return `waits for ${first.contractId}: ${first.reason}`;
  return 'pause before the buyers are asked again';
}
