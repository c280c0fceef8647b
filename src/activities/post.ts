// One post of a lead to a buyer, and what the answer to it, or its silence, comes to.

import type { IncomingReply, PostReply } from '../delivery/adapter.ts';
import { adapterOf } from '../delivery/adapters.ts';
import { isTargetStep } from '../delivery/targets/targets.ts';
import { describeNamed } from '../domain/doubts/price.ts';
import type { Candidate, OfferResult } from '../domain/lead.ts';
import type { PostStep } from '../domain/world/contract.ts';
import { zoneOf } from '../domain/world/world.ts';
import { type Case, contractOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';
import { postAsPush } from './delivering/post-as-push.ts';
import { priceFor } from './doubts/price.ts';
import { parcelFor, withoutPerson } from './parcel.ts';
import { prepare } from './prepare.ts';

/** One post: of whom, to whom, in which stage. */
export interface Posting {
  readonly known: Case;
  readonly candidate: Candidate;
  readonly round: number;
  readonly stage: string;
}

/** Sends the lead to the address of the step, once, and waits as long as the step says. */
export async function post(
  deps: Parameters<typeof prepare>[0] & Pick<ActivityDeps, 'carriers'>,
  posting: Posting,
  step: PostStep,
): Promise<OfferResult> {
  if (isTargetStep(step)) return postAsPush(deps, posting, step);
  const { known, candidate, round, stage } = posting;
  const { contractId } = candidate;
  const adapter = adapterOf(step);
  const parcel = parcelFor(known, step, { contractId, round, withPerson: true });
  const timeZone = zoneOf(known.loaded.world, contractOf(known, contractId).buyer);
  const ready = await prepare(deps, { step, timeZone });
  if (ready.kind === 'withheld') {
    return { kind: 'not_sent', reason: ready.reason, detail: ready.detail };
  }
  const { priceCents, bidId, captures } = candidate;
  const built = adapter.buildPost(parcel, step, { ...ready.given, priceCents, bidId, captures });
  if ('unbuildable' in built) {
    return { kind: 'not_sent', reason: 'request_invalid', detail: built.unbuildable };
  }
  const reply = await deps.send(built, { timeoutMs: step.timeoutMs });
  if (reply.kind === 'answer') ready.answered(reply.reply.status);
  return readReply(reply, {
    ...{ candidate, known, round, stage },
    read: (answer) => adapter.parsePost(answer, step),
    clean: (text) => withoutPerson(ready.clean(text), known),
  });
}

interface Told extends Posting {
  read(reply: IncomingReply): PostReply;
  clean(text: string): string;
}

/** Whatever may have reached the buyer and was not answered clearly is in doubt. */
function readReply(reply: Awaited<ReturnType<ActivityDeps['send']>>, told: Told): OfferResult {
  const { candidate, known, read, clean } = told;
  const { ms } = reply;
  const buyerId = contractOf(known, candidate.contractId).buyer;
  if (reply.kind === 'not_sent') {
    return { kind: 'not_sent', reason: reply.reason, detail: reply.detail };
  }
  if (reply.kind === 'lost') {
    const reason = reply.reason === 'late' ? 'no_answer' : reply.reason;
    return { kind: 'in_doubt', buyerId, reason, detail: reply.detail, ms };
  }
  const said = read(reply.reply);
  switch (said.kind) {
    case 'accepted':
      return accepted(told, said, ms);
    case 'rejected':
      return { kind: 'rejected', reason: said.reason, detail: clean(said.detail), ms };
    case 'pending': {
      const later = { reason: 'decides_later', detail: clean(said.detail) } as const;
      const reference = said.reference && clean(said.reference);
      return { kind: 'pending', buyerId, ...later, reference, ms };
    }
    case 'unclear':
      const unread = { reason: 'answer_unreadable', detail: clean(said.detail) } as const;
      return { kind: 'in_doubt', buyerId, ...unread, ms };
  }
}

/** The price that the contract's policy makes of the agreed one and the one that was named. */
function accepted(
  { known, candidate, stage, clean }: Told,
  said: PostReply & { kind: 'accepted' },
  ms: number,
): OfferResult {
  const { contractId, priceCents: agreedCents } = candidate;
  const { redirectUrl, priceCents: namedCents = null } = said;
  const buyerId = contractOf(known, contractId).buyer;
  const reference = said.reference && clean(said.reference);
  const verdict = priceFor(known, { contractId, stage, standsCents: agreedCents, namedCents });
  if (verdict.kind === 'ask' && namedCents !== null) {
    const detail = describeNamed(namedCents, agreedCents);
    return { kind: 'in_doubt', buyerId, reason: 'price_differs', detail, ms, reference };
  }
  const priceCents = verdict.kind === 'take' && namedCents !== null ? namedCents : agreedCents;
  // It will stand in the history: one that names the person is not followed.
  const isFit = redirectUrl !== undefined && clean(redirectUrl) === redirectUrl;
  return {
    ...{ kind: 'accepted', buyerId, priceCents, reference, ms },
    ...(isFit && { redirectUrl }),
    ...(verdict.kind !== 'same' &&
      namedCents !== null && { said: { agreedCents, namedCents, why: verdict.why } }),
  };
}
