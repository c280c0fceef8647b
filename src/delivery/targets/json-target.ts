// A push in Sluice's own JSON protocol: whoever answers with a 2xx has it.

import type { JsonStep } from '../../domain/world/contract.ts';
import { jsonAdapter } from '../json.ts';
import { unanswered } from './replies.ts';
import type { DeliveryReply, Target } from './target.ts';

/** No credentials that count, or gone for good: no lead will be taken until somebody has looked. */
const STOPS: ReadonlySet<number> = new Set([401, 403, 410]);
const CONFLICT = 409;

/** The target of a step in the JSON protocol. */
export function jsonTarget(step: JsonStep): Target {
  return {
    async deliver({ parcel, sale, tries }, host): Promise<DeliveryReply> {
      const built = jsonAdapter.buildDelivery(parcel, step, sale);
      const bearer = step.secretRef === null ? undefined : await host.secret(step.secretRef);
      const authorization = bearer !== undefined && { authorization: `Bearer ${bearer}` };
      const came = await host.call({ ...built, headers: { ...built.headers, ...authorization } });
      if (came.kind !== 'answer') return unanswered(came, 'harmless');
      const { status } = came.reply;
      // A conflict on a repeat is with our own first try, whose answer was lost.
      if ((status >= 200 && status <= 299) || (status === CONFLICT && tries > 1)) {
        return { kind: 'delivered', proof: `HTTP ${status}` };
      }
      const detail = `HTTP ${status}`;
      const stops = STOPS.has(status);
      return stops ? { kind: 'failed', detail, stop: true } : { kind: 'retry', detail };
    },
  };
}
