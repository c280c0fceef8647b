// The sold leads of one delivery that are due at one time: sent together, or given up and said so.
// What is known of the persons never comes into the history.

import {
  ActivityFailure,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { BatchEnd } from '../activities/delivering/batch.ts';
import type { Activities } from '../activities/index.ts';
import type { ContractId } from '../domain/ids.ts';
import { later } from './steps.ts';

/** Which batch. */
export interface BatchDue {
  readonly contractId: ContractId;
  readonly target: string;
  readonly dueAtMs: number;
}

/** Sends a batch and returns how it ended. */
export async function sendBatch(due: BatchDue): Promise<BatchEnd['state']> {
  const place = `${due.contractId}/${due.target}`;
  const { giveUpAfterHours } = await later('for how long may it be tried?').planBatch(due);
  const { pushBatch } = proxyActivities<Activities>({
    // Five minutes for its file, and what it takes to read thousands of leads.
    startToCloseTimeout: '10 minutes',
    // Whoever sends says every five seconds that it lives.
    heartbeatTimeout: '20s',
    scheduleToCloseTimeout: `${giveUpAfterHours}h`,
    // For faults of ours: what a receiver says names its own pause.
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10 minutes' },
    summary: `send to ${place} what is due`,
  });
  try {
    const end = await pushBatch(due);
    if (end.unsaved) await later(`write down: ${place} ${end.state}`).recordBatch(due, end);
    setCurrentDetails(`${end.state}: ${end.detail}`);
    return end.state;
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    await later(`give up ${place}`).giveUpBatch(due);
    setCurrentDetails('given up');
    return 'failed';
  }
}
