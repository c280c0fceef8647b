// A post that is a push: the lead goes into the buyer's own system, and what the system says of it
// is the sale. Once, as every post: what a push after a sale would try again is a no, or doubt.

import { type DeliveryReply, SecretMissing } from '../../delivery/targets/target.ts';
import { targetOf } from '../../delivery/targets/targets.ts';
import { holdIdOf } from '../../domain/ids.ts';
import type { OfferResult } from '../../domain/lead.ts';
import type { TargetStep } from '../../domain/world/contract.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { contractOf } from '../cases.ts';
import { hostOf, type Sent } from './host.ts';
import { createLanes } from './lanes.ts';
import type { ActivityDeps } from '../deps.ts';
import { parcelFor, withoutPerson } from '../parcel.ts';
import type { Posting } from '../post.ts';

type Deps = Pick<ActivityDeps, 'send' | 'carriers' | 'readSecret' | 'tokens' | 'now'>;

const NO_LIMITS = { atOnce: null, perSecond: null };

/** Pushes the lead once, and reads what the receiver did with it. */
export async function postAsPush(
  deps: Deps,
  { known, candidate, round }: Posting,
  step: TargetStep,
): Promise<OfferResult> {
  const { contractId, priceCents, bidId = null } = candidate;
  const { buyer: buyerId } = contractOf(known, contractId);
  const begunAtMs = deps.now();
  const { host, withoutSecrets, sent } = hostOf(
    { ...deps, lanes: createLanes(deps.now) },
    {
      timeoutMs: step.timeoutMs,
      timeZone: zoneOf(known.loaded.world, buyerId),
      limits: NO_LIMITS,
    },
  );
  const parcel = parcelFor(known, step, { contractId, round, withPerson: true });
  const id = holdIdOf({ leadId: known.lead.id, contractId, round });
  const sale = { priceCents, reference: bidId };
  const push = { parcel, sale, id, tries: 1 };
  const reply = await targetOf(step).deliver(push, host).catch(missingSecret);
  if (reply instanceof SecretMissing) {
    return { kind: 'not_sent', reason: 'secret_missing', detail: reply.message };
  }
  const told = reply.kind === 'delivered' ? reply.proof : reply.detail;
  const text = withoutPerson(withoutSecrets(told), known);
  const ms = deps.now() - begunAtMs;
  if (reply.kind === 'delivered') {
    return { kind: 'accepted', buyerId, priceCents, reference: text, ms };
  }
  if (reply.kind === 'failed') {
    const reason = reply.stop ? 'buyer_error' : 'buyer_rejected';
    return { kind: 'rejected', reason, detail: text, ms };
  }
  return untaken(reply, { buyerId, sent: sent(), text, ms });
}

/** A secret that is not set: nothing was sent, and a throw would leave a doubt. */
function missingSecret(failure: unknown): SecretMissing {
  if (failure instanceof SecretMissing) return failure;
  throw failure;
}

/** Not confirmed: harmless where nothing left or the receiver said no, and doubt otherwise. */
function untaken({ kind }: DeliveryReply, { buyerId, sent, text: detail, ms }: Told): OfferResult {
  if (kind === 'retry') {
    if (sent === undefined) return { kind: 'not_sent', reason: 'token_refused', detail };
    if (sent.kind === 'not_sent') return { kind: 'not_sent', reason: sent.reason, detail };
    if (sent.kind === 'refused') return { kind: 'rejected', reason: 'buyer_error', detail, ms };
  }
  const doubt = { kind: 'in_doubt', buyerId, detail, ms } as const;
  if (sent?.kind !== 'lost') return { ...doubt, reason: 'answer_unreadable' };
  return { ...doubt, reason: sent.reason === 'late' ? 'no_answer' : sent.reason };
}

interface Told {
  readonly buyerId: string;
  /** What the call that carried the lead came to; undefined: none was made. */
  readonly sent: Sent | undefined;
  readonly text: string;
  readonly ms: number;
}
