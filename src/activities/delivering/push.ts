// One try of a push: is the endpoint open, what did the receiver say, and what follows from it.
// Every end of a try leaves its trace in PostgreSQL.

import { recordDelivery, type RecordedTry } from '../../db/deliveries.ts';
import type { DeliveryReply } from '../../delivery/targets/target.ts';
import { targetOf } from '../../delivery/targets/targets.ts';
import { pauseMs } from '../../domain/delivering/retry.ts';
import { type DeliveryKey, pushIdOf } from '../../domain/ids.ts';
import type { FirstTry, Sale } from '../../domain/outcome.ts';
import type { Delivery } from '../../domain/world/contract.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { type Case, contractOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { parcelFor, withoutPerson } from '../parcel.ts';
import type { Health } from './health.ts';
import { failedBySecret, hostOf, type Seen } from './host.ts';
import { joinNextBatch } from './join-batch.ts';
import { Crowded, type Lanes } from './lanes.ts';

export type Tried = Exclude<FirstTry, { kind: 'under_way' }>;

export interface PushDeps extends ActivityDeps {
  readonly lanes: Lanes;
  readonly health: Health;
}

/** One try, about to be made. */
export interface Try {
  readonly push: DeliveryKey;
  readonly sale: Sale;
  /** Which try this would be, from 1. */
  readonly tries: number;
  /** How often the endpoint was asked whether it is open, this time included. */
  readonly looks: number;
  /** The version whose delivery is made; that of the lead's round unless told. */
  readonly worldVersion?: number;
  /** Called when the try is about to leave. */
  onStart?(): void;
}

/** Makes one try. Throws only where nothing was sent. */
export async function tryPush(deps: PushDeps, made: Try): Promise<Tried> {
  const { push, sale, tries, looks } = made;
  const { known, delivery } = await loadDelivery(deps, made);
  const receiver = targetOf(delivery.step);
  if (receiver.batch) {
    const detail = await joinNextBatch(deps, push, { batch: receiver.batch, known });
    return { kind: 'queued', detail };
  }
  const { breaker } = delivery;
  const gate = await deps.health.gateOf(push, { breaker, looks });
  const before = tries - 1;
  if (gate.kind === 'held') return hold(deps, { push, tries: before }, gate);
  if (gate.kind === 'disabled') {
    return end(deps, { push, tries: before }, { state: 'failed', detail: gate.detail });
  }
  made.onStart?.();
  const { step, limits } = delivery;
  const parcel = parcelFor(known, step, { ...push, round: sale.round, withPerson: true });
  const timeZone = zoneOf(known.loaded.world, contractOf(known, push.contractId).buyer);
  const host = hostOf(deps, { timeoutMs: step.timeoutMs, timeZone, limits });
  const told = { parcel, sale, id: pushIdOf(push), tries };
  const clean = (text: string) => withoutPerson(host.withoutSecrets(text), known);
  try {
    const reply = await receiver.deliver(told, host.host).catch(failedBySecret);
    return await follow(deps, made, { reply, seen: host.seen(), clean, delivery });
  } catch (cause) {
    if (!(cause instanceof Crowded)) throw cause;
    const afterMs = CROWDED_MS * (1 + deps.pushes.random());
    return hold(deps, { push, tries: before }, { afterMs, detail: cause.message });
  }
}

/** A push that found no room comes back after so long, or up to twice. */
export const CROWDED_MS = 10_000;

async function loadDelivery(
  deps: PushDeps,
  { push, sale, worldVersion }: Try,
): Promise<{ readonly known: Case; readonly delivery: Delivery }> {
  const { leadId, contractId, target } = push;
  const own = await deps.cases.of(leadId, sale.round);
  const known =
    worldVersion === undefined ? own : { ...own, loaded: await deps.cases.worldAt(worldVersion) };
  const delivery = contractOf(known, contractId).deliveries.find(({ name }) => name === target);
  if (!delivery) throw new Error(`contract ${contractId} has no delivery ${target}`);
  return { known, delivery };
}

interface Came {
  readonly reply: DeliveryReply;
  readonly seen: Seen;
  readonly clean: (text: string) => string;
  readonly delivery: Delivery;
}

/** What follows from the reply: stored, counted, and told to the workflow. */
async function follow(deps: PushDeps, made: Try, came: Came): Promise<Tried> {
  const { push, tries } = made;
  const { reply, seen, clean, delivery } = came;
  deps.pushes.count(reply.kind);
  if (reply.kind === 'delivered') {
    const proof = clean(`${reply.proof} after ${tries} ${tries === 1 ? 'try' : 'tries'}`);
    const isSaved = await isStored(() =>
      recordDelivery(deps.pool, { ...push, state: 'delivered', tries, detail: proof }),
    );
    deps.health.noteSuccess(push);
    return { kind: 'delivered', proof, ...(!isSaved && { unsaved: true }) };
  }
  const detail = clean(reply.detail);
  if (reply.kind === 'failed' && !reply.stop) {
    // An answer about this lead: whoever gives one works.
    deps.health.noteSuccess(push);
    return end(deps, { push, tries }, { state: 'failed', detail, works: true });
  }
  const stops = reply.kind === 'failed';
  await isStored(() => countFailure(deps, push, { detail, stops, delivery }));
  if (reply.kind === 'failed') return end(deps, { push, tries }, { state: 'failed', detail });
  if (reply.kind === 'unclear') return end(deps, { push, tries }, { state: 'unclear', detail });
  const afterMs = pauseMs(delivery.retry, {
    ...{ tries, isSlow: seen.isSlow, random: deps.pushes.random() },
    askedMs: reply.afterMs ?? seen.askedMs,
  });
  await isStored(() =>
    recordDelivery(deps.pool, {
      ...{ ...push, state: 'trying', tries, detail },
      nextTryAtMs: deps.now() + afterMs,
    }),
  );
  return { kind: 'failed', detail, afterMs };
}

/** Counts a failure of the push's endpoint, and says so where that changes how it stands. */
export async function countFailure(
  deps: PushDeps,
  push: DeliveryKey,
  told: { readonly detail: string; readonly stops: boolean; readonly delivery: Delivery },
): Promise<void> {
  const { detail, stops, delivery } = told;
  const { leadId } = push;
  const counted = await deps.health.countFailure(push, {
    failure: { leadId, detail, stops },
    breaker: delivery.breaker,
  });
  const { isNew, state } = counted;
  if (isNew && (state === 'open' || state === 'disabled')) {
    deps.pushes.onUnwell({ ...push, state, detail });
  }
}

interface Counted {
  readonly push: DeliveryKey;
  readonly tries: number;
}

/** Nothing was sent: listed with the reason, and looked at again. */
async function hold(
  deps: PushDeps,
  { push, tries }: Counted,
  { afterMs, detail }: { readonly afterMs: number; readonly detail: string },
): Promise<Tried> {
  deps.pushes.count('held');
  const nextTryAtMs = Math.round(deps.now() + afterMs);
  const row: RecordedTry = { ...push, state: 'trying', tries, detail, nextTryAtMs };
  await isStored(() => recordDelivery(deps.pool, row));
  return { kind: 'failed', held: true, detail, afterMs: Math.round(afterMs) };
}

async function end(
  deps: PushDeps,
  counted: Counted,
  as: Pick<RecordedTry, 'detail' | 'works'> & { readonly state: 'failed' | 'unclear' },
): Promise<Tried> {
  const { push, tries } = counted;
  const isSaved = await isStored(() => recordDelivery(deps.pool, { ...push, tries, ...as }));
  const { state, detail } = as;
  return { kind: 'ended', state, detail, ...(!isSaved && { unsaved: true }) };
}

/**
 * False when PostgreSQL did not take it. What the receiver said must not be forgotten for that: a
 * try whose end is known is never made again because of its record.
 */
export async function isStored(store: () => Promise<void>): Promise<boolean> {
  try {
    await store();
    return true;
  } catch {
    return false;
  }
}
