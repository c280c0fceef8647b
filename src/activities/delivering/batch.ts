// Sold leads that go out together: each joins the batch that is due next, and a due batch is sent
// in one file or mail. The persons are read when it is sent.

import { ApplicationFailure, Context } from '@temporalio/activity';
import { type BatchItem, type BatchKey, endBatch, joinBatch, loadBatch } from '../../db/batches.ts';
import { timesOf } from '../../delivery/batches/times.ts';
import type { DeliveryReply, Push, Target } from '../../delivery/targets/target.ts';
import { targetOf } from '../../delivery/targets/targets.ts';
import type { LeadId } from '../../domain/ids.ts';
import { nextTime } from '../../eligibility/batch-times.ts';
import { dateAndTimeText } from '../../eligibility/zones.ts';
import { type Case, contractOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { parcelFor } from '../parcel.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { failedBySecret, hostOf, type PushHost } from './host.ts';
import type { Lanes } from './lanes.ts';

/** A batch may hold thousands of leads; its file has as long as this. */
const BATCH_MS = 5 * 60_000;

/** Puts a sold lead into the batch that is due next, and says which. */
export async function queueForBatch(
  { pool, now }: Pick<ActivityDeps, 'pool' | 'now'>,
  {
    target,
    known,
    push,
  }: { target: Target; known: Case; push: Omit<BatchKey, 'dueAtMs'> & { leadId: LeadId } },
): Promise<string> {
  if (!target.batch) throw new Error(`${push.target} takes each lead by itself`);
  const timeZone = zoneOf(known.loaded.world, contractOf(known, push.contractId).buyer);
  const times = timesOf(target.batch.times);
  for (let afterMs = now(); ;) {
    const dueAtMs = nextTime(times, timeZone, afterMs);
    const joined = await joinBatch(pool, push.leadId, { ...push, dueAtMs });
    if (joined !== undefined) return `goes out ${dateAndTimeText(timeZone, joined)}`;
    // This one was begun meanwhile.
    afterMs = dueAtMs;
  }
}

export function createBatchActivities(deps: ActivityDeps, lanes: Lanes) {
  return {
    /** Sends a batch and returns the proof. Throws for another try. */
    async pushBatch(key: BatchKey): Promise<{ readonly proof: string }> {
      const items = await loadBatch(deps.pool, key);
      const [first] = items;
      if (!first) {
        await endBatch(deps.pool, key, { state: 'sent', detail: 'no lead was in it' });
        return { proof: 'no lead was in it' };
      }
      const known = await deps.cases.of(first.leadId, first.sale.round);
      const delivery = contractOf(known, key.contractId).deliveries.find(
        ({ name }) => name === key.target,
      );
      const target = delivery && targetOf(delivery.step);
      if (!delivery || !target?.batch)
        throw new Error(`${key.contractId} has no batches for ${key.target}`);
      const pushes = await pushesOf(deps, key, items);
      const dueAt = dueText(zoneOf(known.loaded.world, contractOf(known, key.contractId).buyer), key.dueAtMs);
      const batch = {
        id: `${key.contractId}/${key.target}/${dueAt}`,
        contractId: key.contractId,
        fileName: `${key.contractId}_${dueAt.replaceAll('-', '')}.csv`.replace(/[^\w.-]/g, '_'),
        pushes,
      };
      const { limits } = delivery;
      const host = hostOf(
        { ...deps, lanes },
        {
          timeoutMs: BATCH_MS,
          timeZone: zoneOf(known.loaded.world, contractOf(known, key.contractId).buyer),
          limits,
        },
      );
      const came = await target.batch.deliver(batch, host.host).catch(failedBySecret);
      return ended(deps, key, { came: cleaned(came, host), leads: pushes.length });
    },

    /** Writes down that a batch failed for good, for each of its leads. */
    async giveUpBatch(key: BatchKey): Promise<void> {
      await endBatch(deps.pool, key, { state: 'failed', detail: 'given up' });
    },
  };
}

/** Without any secret that the receiver was told. */
function cleaned(came: DeliveryReply, host: PushHost): DeliveryReply {
  if (came.kind === 'delivered') return { ...came, proof: host.withoutSecrets(came.proof) };
  return { ...came, detail: host.withoutSecrets(came.detail) };
}

async function ended(
  { pool }: ActivityDeps,
  key: BatchKey,
  { came, leads }: { came: DeliveryReply; leads: number },
): Promise<{ readonly proof: string }> {
  if (came.kind === 'delivered') {
    const proof = `${came.proof}, with ${leads} ${leads === 1 ? 'lead' : 'leads'}`;
    await endBatch(pool, key, { state: 'sent', detail: proof });
    return { proof };
  }
  if (came.kind !== 'retry') await endBatch(pool, key, { state: 'failed', detail: came.detail });
  throw ApplicationFailure.create({
    message: came.detail,
    type: 'DeliveryFailed',
    nonRetryable: came.kind !== 'retry',
  });
}

async function pushesOf(
  deps: ActivityDeps,
  { contractId, target }: BatchKey,
  items: readonly BatchItem[],
): Promise<readonly Push[]> {
  const tries = Context.current().info.attempt;
  const pushes: Push[] = [];
  for (const { leadId, sale } of items) {
    const known = await deps.cases.of(leadId, sale.round);
    const delivery = contractOf(known, contractId).deliveries.find(({ name }) => name === target);
    const step = delivery?.step ?? { fields: null };
    const parcel = parcelFor(known, step, { contractId, round: sale.round, withPerson: true });
    pushes.push({ parcel, sale, id: `${leadId}/${contractId}/${target}`, tries });
  }
  return pushes;
}

/** `20261127_1700` on the buyer's clock: it sorts, and stands in a file name. */
function dueText(timeZone: string, dueAtMs: number): string {
  const [date = '', time = ''] = dateAndTimeText(timeZone, dueAtMs).split(' ');
  return `${date.replaceAll('-', '')}_${time.replace(':', '')}`;
}
