// The sold leads of one delivery that are due at one time: sent together, or given up and said so.
// What is known of the persons never comes into the history.

import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { ContractId } from '../domain/ids.ts';
import { later } from './steps.ts';

/** Which batch. */
export interface BatchDue {
  readonly contractId: ContractId;
  readonly target: string;
  readonly dueAtMs: number;
}

/** Returns the proof; null where it was given up. */
export async function sendBatch(due: BatchDue): Promise<{ proof: string | null }> {
  const { pushBatch } = proxyActivities<Activities>({
    startToCloseTimeout: '10 minutes',
    scheduleToCloseTimeout: '72h',
    // 10 s, 50 s, 4 min, 20 min, then every half hour.
    retry: { initialInterval: '10s', backoffCoefficient: 5, maximumInterval: '30 minutes' },
    summary: `send to ${due.contractId}/${due.target} what is due`,
  });
  try {
    return await pushBatch(due);
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    await later('give up').giveUpBatch(due);
    return { proof: null };
  }
}
