// The ends of a doubt that need no person: the buyer is asked, and in the end the contract's policy
// decides. Steps of the lead's own workflow.

import { type Attempt, findAttempt } from '../../db/attempts.ts';
import type { StatusReply } from '../../delivery/adapter.ts';
import { statusAdapter } from '../../delivery/adapters.ts';
import type { Asked, Said } from '../../domain/doubts/doubt.ts';
import { holdIdOf, type OfferKey } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import { findCallStep, transferOf } from '../../domain/transfers/step.ts';
import type { StatusCall } from '../../domain/world/doubting.ts';
import { zoneOf } from '../../domain/world/world.ts';
import { type Case, contractOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { withoutPerson } from '../parcel.ts';
import { prepare } from '../prepare.ts';
import { hear } from './hear.ts';

/** What the buyer said, as it is recorded. */
interface Answer {
  readonly said: Said;
  readonly priceCents: Cents | null;
  readonly reference: string | null;
  readonly detail: string;
}

export function createDoubtActivities(deps: ActivityDeps) {
  return {
    /**
     * Asks the buyer what it did with the lead, and ends the doubt if it says so; of a call, sees
     * to the run that watches it. `isOver`: the doubt is over, by this answer or, where nothing was
     * said, before it. Safe to repeat.
     */
    async askBuyer(key: OfferKey): Promise<{ said?: Asked['said']; isOver: boolean }> {
      const attempt = await openAttempt(deps, key);
      if (!attempt) return { isOver: true };
      const known = await deps.cases.of(key.leadId, key.round);
      const contract = contractOf(known, key.contractId);
      const call = findCallStep(contract);
      if (call) {
        const sid = attempt.result?.kind === 'pending' ? attempt.result.reference : null;
        await deps.calls.tell(transferOf(key, call), { kind: 'placed', sid });
        return { isOver: false };
      }
      const { status } = contract;
      if (!status) throw new Error(`${key.contractId} has no status call`);
      const answer = await ask(deps, { attempt, known, status });
      await hear(deps, { key, teller: 'status', name: null, ...answer });
      return { said: answer.said, isOver: !(await openAttempt(deps, key)) };
    },

    /** Takes the doubt for what the contract's policy says, unless it is over. */
    async assumeDoubt(entry: { key: OfferKey; as: 'accepted' | 'rejected' }): Promise<void> {
      const { key, as } = entry;
      if (!(await openAttempt(deps, key))) return;
      const detail = 'by the contract’s policy: nobody knew in time';
      const nothing = { name: null, priceCents: null, reference: null };
      await hear(deps, { key, teller: 'policy', said: as, detail, ...nothing });
    },
  };
}

async function openAttempt({ pool }: ActivityDeps, key: OfferKey): Promise<Attempt | undefined> {
  const attempt = await findAttempt(pool, key);
  if (!attempt) throw new Error(`no attempt ${holdIdOf(key)}`);
  return attempt.state === 'in_doubt' || attempt.state === 'pending' ? attempt : undefined;
}

async function ask(
  deps: ActivityDeps,
  about: { attempt: Attempt; known: Case; status: StatusCall },
): Promise<Answer> {
  const { attempt, known, status } = about;
  const { step, method } = status;
  const { leadId, contractId, result } = attempt;
  const reference = result?.kind === 'pending' ? result.reference : null;
  const question = { leadId, contractId, key: holdIdOf(attempt), reference, method };
  const none = (detail: string): Answer => {
    return { said: 'unanswered', priceCents: null, reference: null, detail };
  };
  const timeZone = zoneOf(known.loaded.world, attempt.buyerId);
  const ready = await prepare(deps, { step, timeZone });
  if (ready.kind === 'withheld') return none(`${ready.reason}: ${ready.detail}`);
  const built = statusAdapter.buildStatus(question, step, ready.given);
  if ('unbuildable' in built) return none(`request_invalid: ${built.unbuildable}`);
  const reply = await deps.send(built, { timeoutMs: step.timeoutMs });
  if (reply.kind !== 'answer') return none(`${reply.reason}: ${reply.detail}`);
  ready.answered(reply.reply.status);
  const answer = toAnswer(statusAdapter.parseStatus(reply.reply, step));
  const clean = (text: string) => withoutPerson(ready.clean(text), known);
  const said = tooEarly(answer, about, deps.now()) ? 'unclear' : answer.said;
  const why = said === answer.said ? '' : 'unknown, too early to count ';
  return {
    ...{ ...answer, said },
    reference: answer.reference && clean(answer.reference),
    detail: (why + clean(answer.detail)).trim(),
  };
}

function toAnswer(reply: StatusReply): Answer {
  const none = { priceCents: null, reference: null };
  switch (reply.kind) {
    case 'accepted': {
      const { reference, priceCents = null } = reply;
      return { said: 'accepted', priceCents, reference, detail: '' };
    }
    case 'rejected': {
      const said = reply.reason === 'buyer_duplicate' ? 'duplicate' : 'rejected';
      return { ...none, said, detail: reply.detail };
    }
    case 'pending':
      return { ...none, said: 'pending', reference: reply.reference, detail: reply.detail };
    case 'unknown':
    case 'unclear':
      return { ...none, said: reply.kind, detail: reply.detail };
  }
}

/**
 * A post may still be on its way while its buyer, rightly, does not know it: were that a no, the
 * lead would be offered on and then bought twice.
 */
function tooEarly(
  { said }: Answer,
  { attempt, known, status }: { attempt: Attempt; known: Case; status: StatusCall },
  nowMs: number,
): boolean {
  if (said !== 'unknown') return false;
  const timeoutMs = contractOf(known, attempt.contractId).post?.timeoutMs ?? 0;
  const sentAtMs = attempt.sentAtMs ?? attempt.plannedAtMs;
  return nowMs < sentAtMs + timeoutMs + status.unknownAfterMs;
}
