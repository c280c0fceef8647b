// One post of a lead to a buyer, and what the answer to it, or its silence, comes to.

import type { Adapter } from '../delivery/adapter.ts';
import { adapterOf } from '../delivery/adapters.ts';
import type { Candidate, OfferResult } from '../domain/lead.ts';
import type { Step } from '../domain/world/contract.ts';
import { type Case, contractOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';
import { authorise, parcelFor, withoutPerson } from './parcel.ts';

/** Sends the lead to the address of the step, once, and waits as long as the step says. */
export async function post(
  deps: Pick<ActivityDeps, 'send' | 'readSecret'>,
  { known, candidate, round }: { known: Case; candidate: Candidate; round: number },
  step: Step,
): Promise<OfferResult> {
  const { contractId, priceCents, bidId } = candidate;
  const adapter = adapterOf(step);
  const parcel = parcelFor(known, step, { contractId, round, withPerson: true });
  const built = adapter.buildPost(parcel, step, { priceCents, bidId });
  const authorised = await authorise(built, step, deps.readSecret);
  if (!authorised) {
    return { kind: 'not_sent', reason: 'secret_missing', detail: step.secretRef ?? '' };
  }
  const reply = await deps.send(authorised, { timeoutMs: step.timeoutMs });
  return readReply(reply, { adapter, candidate, known });
}

/** Whatever may have reached the buyer and was not answered clearly is in doubt. */
function readReply(
  reply: Awaited<ReturnType<ActivityDeps['send']>>,
  told: { adapter: Adapter; candidate: Candidate; known: Case },
): OfferResult {
  const { ms } = reply;
  const { candidate, known } = told;
  const buyerId = contractOf(known, candidate.contractId).buyer;
  if (reply.kind === 'not_sent') {
    return { kind: 'not_sent', reason: reply.reason, detail: reply.detail };
  }
  if (reply.kind === 'lost') {
    const reason = reply.reason === 'late' ? 'no_answer' : reply.reason;
    return { kind: 'in_doubt', buyerId, reason, detail: reply.detail, ms };
  }
  const said = told.adapter.parsePost(reply.reply);
  const clean = (text: string) => withoutPerson(text, known);
  switch (said.kind) {
    case 'accepted': {
      // The price agreed before the send is charged, whatever the answer says of it.
      const { priceCents } = candidate;
      const reference = said.reference && clean(said.reference);
      return { kind: 'accepted', buyerId, priceCents, reference, ms };
    }
    case 'rejected':
      return { kind: 'rejected', reason: said.reason, detail: clean(said.detail), ms };
    case 'unclear':
      const unread = { reason: 'answer_unreadable', detail: clean(said.detail) } as const;
      return { kind: 'in_doubt', buyerId, ...unread, ms };
  }
}
