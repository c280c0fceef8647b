// Sends what is due together, in one file or one mail, and writes down for each of its leads what
// came of it. The persons are read when it is sent, and never told to Temporal.
//
// A batch goes by the version of the world that is in force, whichever its leads came under: they
// share one address, which may be what was mended since.

import { ApplicationFailure, Context } from '@temporalio/activity';
import {
  type BatchItem,
  type BatchKey,
  type BatchNews,
  loadBatch,
  recordBatch,
} from '../../db/delivering/batches.ts';
import { currentWorldVersion } from '../../db/worlds.ts';
import type { Batch, BatchDelivery, DeliveryReply, Push } from '../../delivery/targets/target.ts';
import { targetOf } from '../../delivery/targets/targets.ts';
import { pauseMs } from '../../domain/delivering/retry.ts';
import { pushIdOf } from '../../domain/ids.ts';
import type { Delivery } from '../../domain/world/contract.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { dateAndTimeText } from '../../eligibility/zones.ts';
import type { LoadedWorld } from '../cases.ts';
import { parcelFor } from '../parcel.ts';
import { failedBySecret, hostOf, type PushHost } from './host.ts';
import { Crowded } from './lanes.ts';
import { countFailure, CROWDED_MS, isStored, type PushDeps } from './push.ts';

/** A batch may hold thousands of leads: so long for its file. */
const BATCH_MS = 5 * 60_000;
/** Whoever sends says that it lives, so that what was killed is taken up soon. */
const BEAT_MS = 5_000;

/** How a batch ended. `unsaved`: known and not stored, PostgreSQL was away. */
export interface BatchEnd {
  readonly state: 'delivered' | 'failed' | 'unclear';
  readonly detail: string;
  readonly unsaved?: true;
}

/** By which terms a batch goes out. */
interface Terms {
  readonly loaded: LoadedWorld;
  readonly delivery: Delivery;
  readonly batch: BatchDelivery;
  readonly timeZone: string;
  readonly items: readonly BatchItem[];
  /** The tries before this one. */
  readonly tries: number;
}

export function createBatchActivities(deps: PushDeps) {
  return {
    /** How long a batch may be tried. */
    async planBatch(key: BatchKey): Promise<{ readonly giveUpAfterHours: number }> {
      const terms = await findTerms(deps, key);
      // Without terms the first try ends it.
      return { giveUpAfterHours: terms?.delivery.giveUpAfterHours ?? 1 };
    },

    /** Sends a batch. Throws for another try; safe to repeat, as its target is. */
    async pushBatch(key: BatchKey): Promise<BatchEnd> {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), BEAT_MS);
      try {
        return await push(deps, key, context.info.attempt);
      } finally {
        clearInterval(beat);
      }
    },

    /** Writes down an end that is known and could not be stored. */
    recordBatch: (key: BatchKey, { state, detail }: BatchEnd): Promise<void> =>
      recordBatch(deps.pool, key, { state, detail, tried: 1 }),

    /** Writes down that the time of a batch is over, for each of its leads. */
    giveUpBatch: (key: BatchKey): Promise<void> =>
      recordBatch(deps.pool, key, { state: 'failed', detail: null, tried: 0 }),
  };
}

async function push(deps: PushDeps, key: BatchKey, looks: number): Promise<BatchEnd> {
  const terms = await findTerms(deps, key);
  if (!terms) {
    const detail = 'no version of the world has such batches any more';
    return end(deps, key, { state: 'failed', detail, tried: 0 });
  }
  const { delivery, timeZone } = terms;
  const gate = await deps.health.gateOf(key, { breaker: delivery.breaker, looks });
  if (gate.kind === 'disabled') {
    return end(deps, key, { state: 'failed', detail: gate.detail, tried: 0 });
  }
  if (gate.kind === 'held') return hold(deps, key, gate);
  const host = hostOf(deps, { timeoutMs: BATCH_MS, timeZone, limits: delivery.limits });
  try {
    const batch = await batchOf(deps, key, terms);
    const reply = await terms.batch.deliver(batch, host.host).catch(failedBySecret);
    return await follow(deps, key, { terms, reply, host });
  } catch (cause) {
    if (!(cause instanceof Crowded)) throw cause;
    const afterMs = CROWDED_MS * (1 + deps.pushes.random());
    return hold(deps, key, { afterMs, detail: cause.message });
  }
}

/** Undefined where no version has such batches, or no lead is left in this one. */
async function findTerms(deps: PushDeps, key: BatchKey): Promise<Terms | undefined> {
  const { pool, cases } = deps;
  const { tries, items } = await loadBatch(pool, key);
  const [first] = items;
  if (!first) return undefined;
  const inForce = await cases.worldAt(await currentWorldVersion(pool));
  const own = await cases.of(first.leadId, first.sale.round);
  for (const loaded of [inForce, own.loaded]) {
    const contract = loaded.world.contracts[key.contractId];
    const delivery = contract?.deliveries.find(({ name }) => name === key.target);
    const batch = delivery && targetOf(delivery.step).batch;
    if (!contract || !batch) continue;
    const timeZone = zoneOf(loaded.world, contract.buyer);
    return { loaded, delivery, batch, timeZone, items, tries };
  }
  return undefined;
}

async function batchOf(deps: PushDeps, key: BatchKey, terms: Terms): Promise<Batch> {
  const { contractId, target } = key;
  const { loaded, delivery, timeZone, tries } = terms;
  const pushes: Push[] = [];
  for (const { leadId, sale } of terms.items) {
    const known = { ...(await deps.cases.of(leadId, sale.round)), loaded };
    const to = { contractId, round: sale.round, withPerson: true };
    const parcel = parcelFor(known, delivery.step, to);
    const id = pushIdOf({ leadId, contractId, target });
    pushes.push({ parcel, sale, id, tries: tries + 1 });
  }
  // `20261127-1730` on the buyer's clock: it sorts, and stands in the name of a file.
  const [date = '', time = ''] = dateAndTimeText(timeZone, key.dueAtMs).split(' ');
  const due = `${date.replaceAll('-', '')}-${time.replace(':', '')}`;
  // Ids and names have no hyphens, so no two batches share a name.
  const fileName = `${contractId}-${target}-${due}.csv`;
  return { id: `${contractId}/${target}/${due}`, contractId, fileName, pushes };
}

interface Came {
  readonly terms: Terms;
  readonly reply: DeliveryReply;
  readonly host: PushHost;
}

/** What follows from the reply: stored, counted, and thrown where it is tried again. */
async function follow(
  deps: PushDeps,
  key: BatchKey,
  { terms, reply, host }: Came,
): Promise<BatchEnd> {
  const { delivery, items } = terms;
  deps.pushes.count(reply.kind);
  if (reply.kind === 'delivered') {
    const count = `${items.length} ${items.length === 1 ? 'lead' : 'leads'}`;
    const detail = host.withoutSecrets(`${reply.proof}, with ${count}`);
    deps.health.noteSuccess(key);
    return end(deps, key, { state: 'delivered', detail, tried: 1 });
  }
  const detail = host.withoutSecrets(reply.detail);
  if (reply.kind === 'failed' && !reply.stop) {
    deps.health.noteSuccess(key);
    return end(deps, key, { state: 'failed', detail, tried: 1, works: true });
  }
  const leadId = items[0]?.leadId;
  const stops = reply.kind === 'failed';
  if (leadId) {
    const told = { detail, stops, delivery };
    await isStored(() => countFailure(deps, { ...key, leadId }, told));
  }
  if (reply.kind !== 'retry') return end(deps, key, { state: reply.kind, detail, tried: 1 });
  const { isSlow, askedMs } = host.seen();
  const afterMs = pauseMs(delivery.retry, {
    ...{ tries: terms.tries + 1, isSlow, random: deps.pushes.random() },
    askedMs: reply.afterMs ?? askedMs,
  });
  return again(deps, key, { type: 'DeliveryFailed', detail, tried: 1, afterMs });
}

/** Nothing was sent: listed with the reason, and looked at again. */
function hold(
  deps: PushDeps,
  key: BatchKey,
  told: { readonly afterMs: number; readonly detail: string },
): Promise<never> {
  deps.pushes.count('held');
  return again(deps, key, { ...told, type: 'DeliveryHeld', tried: 0 });
}

async function again(
  { pool, now }: PushDeps,
  key: BatchKey,
  told: { type: string; detail: string; tried: 0 | 1; afterMs: number },
): Promise<never> {
  const { type, detail, tried, afterMs } = told;
  const nextRetryDelay = Math.round(afterMs);
  const nextTryAtMs = now() + nextRetryDelay;
  await isStored(() => recordBatch(pool, key, { state: 'trying', detail, tried, nextTryAtMs }));
  throw ApplicationFailure.create({ message: detail, type, nextRetryDelay });
}

async function end(
  { pool }: PushDeps,
  key: BatchKey,
  news: BatchNews & BatchEnd,
): Promise<BatchEnd> {
  const { state, detail } = news;
  const isSaved = await isStored(() => recordBatch(pool, key, news));
  return { state, detail, ...(!isSaved && { unsaved: true }) };
}
