// A sold lead that leaves together with others joins the batch that is due next; what sends the
// batch settles its push.

import { joinBatch } from '../../db/delivering/batches.ts';
import { timesOf } from '../../delivery/batches/times.ts';
import type { BatchDelivery } from '../../delivery/targets/target.ts';
import type { DeliveryKey } from '../../domain/ids.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { nextTime } from '../../eligibility/batches/next-time.ts';
import { dateAndTimeText } from '../../eligibility/zones.ts';
import { type Case, contractOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';

/** Puts it there, once, and says when it goes out, on the buyer's clock. */
export async function joinNextBatch(
  { pool, now }: Pick<ActivityDeps, 'pool' | 'now'>,
  push: DeliveryKey,
  { batch, known }: { readonly batch: BatchDelivery; readonly known: Case },
): Promise<string> {
  const timeZone = zoneOf(known.loaded.world, contractOf(known, push.contractId).buyer);
  const times = timesOf(batch.times);
  const said = (atMs: number) => `goes out ${dateAndTimeText(timeZone, atMs)}`;
  for (let afterMs = now(); ;) {
    const dueAtMs = nextTime(times, timeZone, afterMs);
    const joined = await joinBatch(pool, push, { dueAtMs, detail: said(dueAtMs) });
    if (joined !== undefined) return said(joined);
    // This one was begun meanwhile.
    afterMs = dueAtMs;
  }
}
