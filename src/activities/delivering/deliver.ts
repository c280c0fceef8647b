// Pushes a sold lead to a buyer's systems. The first try is made while the workflow task is still
// open, which saves a lead a third of its cost to Temporal (ADR 0009); Temporal repeats the push
// after the pause that each try decides (ADR 0018). Each try leaves its trace in PostgreSQL.

import { ApplicationFailure, Context } from '@temporalio/activity';
import { countTries, loadSale, recordDelivery, recordGivenUp } from '../../db/deliveries.ts';
import { currentWorldVersion } from '../../db/worlds.ts';
import { type DeliveryKey, pushIdOf } from '../../domain/ids.ts';
import type { DeliveryEnd, DeliveryTarget, FirstTry, Sale } from '../../domain/outcome.ts';
import { DELIVERY_ENDED } from '../../domain/outcome.ts';
import { targetFor } from '../settle.ts';
import { type PushDeps, type Tried, tryPush } from './push.ts';

export type Push = DeliveryKey;

/** What the tries after the first know of those before. */
export interface Before {
  /** Tries that ended before this activity began. */
  readonly triedBefore?: number;
  /** The first try was under way: if it is not awaited here, it counts. */
  readonly underWay?: true;
  /** The version whose delivery is made; that of the lead unless told. */
  readonly worldVersion?: number;
}

/** What a repeat that an operator asked for pushes. */
export interface RedeliveryPlan {
  readonly target: DeliveryTarget;
  readonly sale: Sale;
  readonly before: Before;
}

/**
 * How long the first try may keep the workflow task open. Under the 2.4 s after which a task has to
 * tell the server that it lives, and short, because a lead holds a slot of the Worker meanwhile: a
 * receiver that hangs must not keep other leads from starting.
 */
const FIRST_TRY_WAIT_MS = 1_000;

/** Longer than any try takes; whoever comes later pushes again, under the same key. */
const KEEP_TRY_MS = 90_000;

export function createDeliverActivities(deps: PushDeps) {
  /** First tries that outlived their step, by push: the step that follows waits for them. */
  const underWay = new Map<string, Promise<Tried>>();
  const { pool, now } = deps;

  return {
    /**
     * Pushes for the first time, and waits for the receiver no longer than the workflow task may;
     * what is not decided by then goes on and is awaited by `deliverLead`. Never throws: what went
     * wrong is for the next try.
     */
    async tryDelivery({ sale, ...push }: Push & { readonly sale: Sale }): Promise<FirstTry> {
      const id = pushIdOf(push);
      const trying =
        underWay.get(id) ??
        tryPush(deps, { push, sale, tries: 1, looks: 1 }).catch((): Tried => ({
          kind: 'failed',
          detail: 'the try could not be made',
        }));
      underWay.set(id, trying);
      const first = await Promise.race([trying, underWayAfter(FIRST_TRY_WAIT_MS)]);
      // Kept for the step that follows, which may come after the answer; and not for ever.
      if (first.kind !== 'under_way') underWay.delete(id);
      else setTimeout(() => underWay.delete(id), KEEP_TRY_MS).unref();
      return first;
    },

    /**
     * Pushes once, or awaits the try that is under way here, and returns the proof; of a lead that
     * leaves together with others, when that will be. Throws
     * `DeliveryFailed` or `DeliveryHeld` for another try after the pause they name, and
     * `DeliveryEnded` where no other may be made. A receiver may get it twice, under the same
     * idempotency key: a process that dies in between does not know whether it arrived.
     */
    async deliverLead(
      asked: Push & Before,
    ): Promise<{ readonly proof: string; readonly unsaved?: true; readonly queued?: true }> {
      const { triedBefore = 0, underWay: hadBegun, worldVersion, ...push } = asked;
      const context = Context.current();
      const begun = underWay.get(pushIdOf(push));
      underWay.delete(pushIdOf(push));
      const heard: unknown = context.info.heartbeatDetails;
      const sent = typeof heard === 'number' ? heard : 0;
      const again = async () =>
        tryPush(deps, {
          ...{ push, sale: await loadSale(pool, push.leadId, push.contractId) },
          tries: triedBefore + (hadBegun ? 1 : 0) + sent + 1,
          looks: context.info.attempt,
          ...(worldVersion !== undefined && { worldVersion }),
          // Remembered by Temporal before it leaves: a repeat after a crash is a repeat.
          onStart: () => context.heartbeat(sent + 1),
        });
      const tried = await (begun ?? again());
      if (tried.kind === 'delivered') {
        return { proof: tried.proof, ...(tried.unsaved && { unsaved: true }) };
      }
      if (tried.kind === 'queued') return { proof: tried.detail, queued: true };
      throw failureOf(tried);
    },

    /** Writes down that the time of a push is over, so that it is listed and never lost. */
    giveUpDelivery: (push: Push): Promise<void> => recordGivenUp(pool, push),

    /** Writes down an end that is known and could not be stored. */
    recordPush: (
      end: Push & {
        readonly state: 'delivered' | 'failed' | 'unclear';
        readonly detail: string;
        readonly tries?: number;
      },
    ): Promise<void> => recordDelivery(pool, { tries: 1, ...end }),

    /**
     * What an operator's repeat pushes: the delivery as the version in force has it, since its
     * address may be what was mended; as the lead's own has it where it is gone.
     */
    async planRedelivery(push: Push): Promise<RedeliveryPlan> {
      const { leadId, contractId, target } = push;
      const sale = await loadSale(pool, leadId, contractId);
      const own = await deps.cases.of(leadId, sale.round);
      const inForce = await deps.cases.worldAt(await currentWorldVersion(pool));
      const planned = [inForce, own.loaded].flatMap(({ version, world }) => {
        const found = targetFor(world, { contractId, target, atMs: now() });
        return found ? [{ target: found, worldVersion: version }] : [];
      });
      const [plan] = planned;
      if (!plan) throw new Error(`no version has a delivery ${contractId}/${target}`);
      const triedBefore = await countTries(pool, push);
      const { worldVersion } = plan;
      return { target: plan.target, sale, before: { triedBefore, worldVersion } };
    },
  };
}

function underWayAfter(ms: number): Promise<FirstTry> {
  return new Promise((resolve) => setTimeout(() => resolve({ kind: 'under_way' }), ms).unref());
}

function failureOf(tried: Exclude<Tried, { kind: 'delivered' | 'queued' }>): ApplicationFailure {
  if (tried.kind === 'ended') {
    const end: DeliveryEnd = tried;
    const { detail: message } = end;
    return ApplicationFailure.create({
      ...{ message, type: DELIVERY_ENDED, nonRetryable: true, details: [end] },
    });
  }
  const { detail: message, afterMs, held } = tried;
  return ApplicationFailure.create({
    ...{ message, type: held ? 'DeliveryHeld' : 'DeliveryFailed' },
    ...(afterMs !== undefined && { nextRetryDelay: afterMs }),
  });
}
