// Pushes a sold lead to a buyer's systems. Temporal repeats it by the policy of the workflow's
// call; each try leaves its trace in PostgreSQL.

import { ApplicationFailure, Context } from '@temporalio/activity';
import { loadSale, recordDelivery } from '../db/deliveries.ts';
import { adapterOf } from '../delivery/adapters.ts';
import type { ContractId, LeadId } from '../domain/ids.ts';
import { contractOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';
import { authorise, parcelFor } from './parcel.ts';

export interface Push {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly target: string;
}

/** A receiver that says it is gone for good: trying again would only annoy it. */
const GONE = 410;
const CONFLICT = 409;

export function createDeliverActivities(deps: ActivityDeps) {
  const { pool, cases, send, readSecret } = deps;
  return {
    /**
     * Pushes once and returns the proof. Throws on anything but a 2xx, for another try; a receiver
     * may get it twice, under the same idempotency key.
     */
    async deliverLead(push: Push): Promise<{ readonly proof: string }> {
      const { leadId, contractId, target } = push;
      const known = await cases.of(leadId);
      const delivery = contractOf(known, contractId).deliveries.find(({ name }) => name === target);
      if (!delivery) throw new Error(`contract ${contractId} has no delivery ${target}`);
      const { step } = delivery;
      const sale = await loadSale(pool, leadId, contractId);
      const parcel = parcelFor(known, step, { contractId, round: sale.round, withPerson: true });
      const request = adapterOf(step).buildDelivery(parcel, step, sale);
      const authorised = await authorise(request, step, readSecret);
      const tries = Context.current().info.attempt;
      const fail = async (detail: string, nonRetryable = false): Promise<never> => {
        await recordDelivery(pool, { ...push, state: 'trying', tries, detail });
        throw ApplicationFailure.create({ message: detail, type: 'DeliveryFailed', nonRetryable });
      };
      if (!authorised) return fail(`secret ${step.secretRef} is not set`);

      const reply = await send(authorised, { timeoutMs: step.timeoutMs });
      if (reply.kind !== 'answer') return fail(`${reply.reason} ${reply.detail}`.trim());
      const { status } = reply.reply;
      // A conflict on a repeat is with our own first try, whose answer was lost.
      const isOurs = status === CONFLICT && tries > 1;
      if ((status < 200 || status > 299) && !isOurs) return fail(`HTTP ${status}`, status === GONE);
      const proof = `HTTP ${status} after ${tries} ${tries === 1 ? 'try' : 'tries'}`;
      await recordDelivery(pool, { ...push, state: 'delivered', tries, detail: proof });
      return { proof };
    },

    /** Writes down that a push failed for good, so that it is listed and never lost. */
    async giveUpDelivery(push: Push): Promise<void> {
      await recordDelivery(pool, { ...push, state: 'failed', tries: 0, detail: 'given up' });
    },
  };
}
