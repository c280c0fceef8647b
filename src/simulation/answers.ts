// What buyers said to a lead: the bids and the answers that were recorded, and what is assumed of
// those that were never asked.

import type { ContractId } from '../domain/ids.ts';
import type { Candidate, OfferResult, PingResult, StageRoute } from '../domain/lead.ts';
import { type RecordedAttempt, recordedAuctions, type RecordedLead } from '../domain/recorded.ts';
import type { Contract } from '../domain/world/contract.ts';

/** Every bid of the lead; those of a round and stage last, so that they count. */
export function recordedPings(
  recorded: RecordedLead,
  { round, stage }: { readonly round: number; readonly stage: string },
): PingResult[] {
  const auctions = recordedAuctions(recorded);
  const isThis = (each: (typeof auctions)[number]) =>
    each.round === round && each.auction.stage === stage;
  const own = auctions.filter(isThis);
  return [...auctions.filter((each) => !isThis(each)), ...own].flatMap(({ auction }) => [
    ...auction.pings,
  ]);
}

/** An offer of one round, if it was planned. */
export function attemptOf(
  { attempts }: RecordedLead,
  contractId: ContractId,
  round: number,
): RecordedAttempt | undefined {
  return attempts.find((each) => each.contractId === contractId && each.round === round);
}

/** The answer of a contract in a round, or else in the last round in which it gave one. */
function findAnswered(
  recorded: RecordedLead,
  contractId: ContractId,
  round: number,
): RecordedAttempt | undefined {
  const own = attemptOf(recorded, contractId, round);
  if (own && isAnswered(own)) return own;
  return recorded.attempts.findLast((each) => each.contractId === contractId && isAnswered(each));
}

function isAnswered({ state, result }: RecordedAttempt): boolean {
  return state !== 'planned' && (state !== 'not_sent' || result?.kind === 'not_sent');
}

export interface Told {
  readonly result: OfferResult;
  /** Nobody knows whether the buyer would have said so. */
  readonly assumed: boolean;
}

/**
 * What the buyer says to an offer: what it said to this lead then, at whatever price. One that was
 * never asked accepts.
 */
export function answerOf(
  { contractId, priceCents }: Candidate,
  { buyer: buyerId, post }: Contract,
  from: { readonly recorded: RecordedLead; readonly round: number },
): Told {
  const attempt = findAnswered(from.recorded, contractId, from.round);
  const accepted = { kind: 'accepted', buyerId, priceCents, reference: null, ms: 0 } as const;
  // In-house leads are accepted by Sluice itself.
  if (!attempt) return { result: accepted, assumed: post !== null };
  const otherPrice = attempt.priceCents !== priceCents && post !== null;
  const { result, state } = attempt;
  switch (state) {
    case 'accepted':
    case 'returned':
      return { result: accepted, assumed: otherPrice };
    case 'not_sent':
    case 'planned':
      return { result: result ?? accepted, assumed: false };
    case 'sending':
    case 'pending':
    case 'in_doubt': {
      const unknown = { kind: 'in_doubt', reason: 'no_answer', detail: '', ms: 0 } as const;
      return { result: { ...unknown, buyerId }, assumed: false };
    }
    case 'rejected':
    case 'accepted_conflict': {
      const no = { kind: 'rejected', reason: 'buyer_rejected', detail: '', ms: 0 } as const;
      return { result: result?.kind === 'rejected' ? result : no, assumed: otherPrice };
    }
  }
}

/**
 * Why an offer was not made then, where that was no matter of caps or of persons, which are counted
 * anew: the time of the stage was over, a switch was set, the caps did not answer.
 */
export function notMadeThen(
  attempt: RecordedAttempt | undefined,
  round: number,
  of: { readonly now: StageRoute; readonly then: StageRoute | undefined },
): (OfferResult & { kind: 'not_offered' }) | undefined {
  if (attempt?.round !== round || attempt.result?.kind !== 'not_offered') return undefined;
  const { reason } = attempt.result;
  if (reason === 'paused' || reason === 'cap_unknown') return attempt.result;
  const sameTime = of.now.limits?.budgetMs === of.then?.limits?.budgetMs;
  return reason === 'budget_used' && sameTime ? attempt.result : undefined;
}
