// One lead that a platform announced: fetched there, taken in, or given up and said so. What is
// known of the person never comes into the history.

import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { LeadId } from '../domain/ids.ts';
import { later } from './steps.ts';

/** Which announcement: ids of the platform. */
export interface Announced {
  readonly platform: string;
  readonly externalId: string;
}

/** The lead, whose own workflow goes on from there; null where it could not be had. */
export async function fetchLead(announced: Announced): Promise<{ leadId: LeadId | null }> {
  const { fetchNotice } = proxyActivities<Activities>({
    startToCloseTimeout: '1 minute',
    // Platforms keep up their own calls for as long.
    scheduleToCloseTimeout: '36h',
    // 1 s, 2 s, 4 s … half an hour: limits are counted by the hour.
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30 minutes' },
    summary: `fetch from ${announced.platform}`,
  });
  try {
    return await fetchNotice(announced);
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    await later('give up').giveUpNotice(announced);
    return { leadId: null };
  }
}
