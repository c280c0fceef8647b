// Pushes a sold lead to a buyer's systems. The first try is made while the workflow task is still
// open, which saves a lead a third of its cost to Temporal (ADR 0009); Temporal repeats the push by
// the policy of the workflow's call. Each try leaves its trace in PostgreSQL.

import { ApplicationFailure, Context } from '@temporalio/activity';
import { loadSale, recordDelivery } from '../../db/deliveries.ts';
import { targetOf } from '../../delivery/targets/targets.ts';
import type { ContractId, LeadId } from '../../domain/ids.ts';
import type { FirstTry, Sale } from '../../domain/outcome.ts';
import { contractOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { parcelFor, withoutPerson } from '../parcel.ts';
import { queueForBatch } from './batch.ts';
import { failedBySecret, hostOf, type Tokens } from './host.ts';

export interface Push {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly target: string;
}

type Tried = Exclude<FirstTry, { kind: 'under_way' }>;

/**
 * How long the first try may keep the workflow task open. Under the 2.4 s after which a task has to
 * tell the server that it lives, and short, because a lead holds a slot of the Worker meanwhile: a
 * receiver that hangs must not keep other leads from starting.
 */
const FIRST_TRY_WAIT_MS = 1_000;

/** Longer than any try takes; whoever comes later pushes again, under the same key. */
const KEEP_TRY_MS = 90_000;

export function createDeliverActivities(deps: ActivityDeps, tokens: Tokens) {
  /** First tries that outlived their step, by push: the step that follows waits for them. */
  const underWay = new Map<string, Promise<Tried>>();

  async function attempt(push: Push, sale: Sale, tries: number): Promise<Tried> {
    const tried = await pushOnce({ ...deps, tokens }, { push, sale, tries });
    const isDelivered = tried.kind === 'delivered';
    await recordDelivery(deps.pool, {
      ...push,
      state: isDelivered ? 'delivered' : 'trying',
      tries,
      detail: isDelivered ? tried.proof : tried.detail,
    });
    return tried;
  }

  return {
    /**
     * Pushes for the first time, and waits for the receiver no longer than the workflow task may;
     * what is not decided by then goes on and is awaited by `deliverLead`. Never throws: what went
     * wrong is for the next try.
     */
    async tryDelivery({ sale, ...push }: Push & { readonly sale: Sale }): Promise<FirstTry> {
      const id = idOf(push);
      const trying =
        underWay.get(id) ??
        attempt(push, sale, 1).catch(() => failed('the try could not be recorded'));
      underWay.set(id, trying);
      const first = await Promise.race([trying, underWayAfter(FIRST_TRY_WAIT_MS)]);
      // Kept for the step that follows, which may come after the answer; and not for ever.
      if (first.kind !== 'under_way') underWay.delete(id);
      else setTimeout(() => underWay.delete(id), KEEP_TRY_MS).unref();
      return first;
    },

    /**
     * Pushes once, or awaits the try that is under way here, and returns the proof. Throws on
     * anything but a 2xx, for another try; a receiver may get it twice, under the same idempotency
     * key. `triedBefore` counts the tries that ended before this activity began.
     */
    async deliverLead(
      push: Push & { readonly triedBefore?: number },
    ): Promise<{ readonly proof: string }> {
      const { triedBefore = 0, ...key } = push;
      const tries = triedBefore + Context.current().info.attempt;
      const again = async () =>
        attempt(key, await loadSale(deps.pool, key.leadId, key.contractId), tries);
      const begun = underWay.get(idOf(key));
      underWay.delete(idOf(key));
      const tried = await (begun ?? again());
      if (tried.kind === 'delivered') return { proof: tried.proof };
      throw ApplicationFailure.create({
        message: tried.detail,
        type: 'DeliveryFailed',
        nonRetryable: tried.forGood === true,
      });
    },

    /** Writes down that a push failed for good, so that it is listed and never lost. */
    async giveUpDelivery(push: Push): Promise<void> {
      await recordDelivery(deps.pool, { ...push, state: 'failed', tries: 0, detail: 'given up' });
    },
  };
}

function idOf({ leadId, contractId, target }: Push): string {
  return `${leadId}/${contractId}/${target}`;
}

function underWayAfter(ms: number): Promise<FirstTry> {
  return new Promise((resolve) => setTimeout(() => resolve({ kind: 'under_way' }), ms).unref());
}

async function pushOnce(
  deps: ActivityDeps & { readonly tokens: Tokens },
  { push, sale, tries }: { push: Push; sale: Sale; tries: number },
): Promise<Tried> {
  const { leadId, contractId, target } = push;
  const known = await deps.cases.of(leadId, sale.round);
  const delivery = contractOf(known, contractId).deliveries.find(({ name }) => name === target);
  if (!delivery) throw new Error(`contract ${contractId} has no delivery ${target}`);
  const { step } = delivery;
  const receiver = targetOf(step);
  if (receiver.batch) {
    return {
      kind: 'delivered',
      proof: await queueForBatch(deps, { target: receiver, known, push }),
    };
  }
  const parcel = parcelFor(known, step, { contractId, round: sale.round, withPerson: true });
  const host = hostOf(deps, deps.tokens, step.timeoutMs);
  const told = { parcel, sale, id: idOf(push), tries };
  const reply = await receiver.deliver(told, host).catch(failedBySecret);
  if (reply.kind === 'delivered') {
    const proof = `${reply.proof} after ${tries} ${tries === 1 ? 'try' : 'tries'}`;
    return { kind: 'delivered', proof: withoutPerson(proof, known) };
  }
  const isOver = reply.kind !== 'retry';
  return { ...failed(withoutPerson(reply.detail, known)), ...(isOver && { forGood: true }) };
}

function failed(detail: string): Tried & { kind: 'failed' } {
  return { kind: 'failed', detail };
}
