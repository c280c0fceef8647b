// One post of a lead to a buyer, and what the answer to it, or its silence, comes to.

import type { IncomingReply, PostReply } from '../delivery/adapter.ts';
import { adapterOf } from '../delivery/adapters.ts';
import type { Candidate, OfferResult } from '../domain/lead.ts';
import type { Step } from '../domain/world/contract.ts';
import { zoneOf } from '../domain/world/world.ts';
import { type Case, contractOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';
import { parcelFor, withoutPerson } from './parcel.ts';
import { prepare } from './prepare.ts';

/** Sends the lead to the address of the step, once, and waits as long as the step says. */
export async function post(
  deps: Parameters<typeof prepare>[0],
  { known, candidate, round }: { known: Case; candidate: Candidate; round: number },
  step: Step,
): Promise<OfferResult> {
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
    ...{ candidate, known },
    read: (answer) => adapter.parsePost(answer, step),
    clean: (text) => withoutPerson(ready.clean(text), known),
  });
}

interface Told {
  readonly candidate: Candidate;
  readonly known: Case;
  read(reply: IncomingReply): PostReply;
  clean(text: string): string;
}

/** Whatever may have reached the buyer and was not answered clearly is in doubt. */
function readReply(
  reply: Awaited<ReturnType<ActivityDeps['send']>>,
  { candidate, known, read, clean }: Told,
): OfferResult {
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
    case 'accepted': {
      // The price agreed before the send is charged, whatever the answer says of it.
      const { priceCents } = candidate;
      const reference = said.reference && clean(said.reference);
      const redirectUrl = said.redirectUrl;
      // It will stand in the history: one that names the person is not followed.
      const isFit = redirectUrl !== undefined && clean(redirectUrl) === redirectUrl;
      return {
        ...{ kind: 'accepted', buyerId, priceCents, reference, ms },
        ...(isFit && { redirectUrl }),
      };
    }
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
