// One offer in a simulation: room in the buyer's caps, is the person new to it, is there a place,
// and what it said then.

import { holdIdOf } from '../domain/ids.ts';
import type { Candidate, OfferResult, StageRoute } from '../domain/lead.ts';
import { type Offered, placesTaken } from '../domain/outcome.ts';
import { recordedRoute } from '../domain/recorded.ts';
import { repeatQuestions, seenText } from '../eligibility/repeats.ts';
import { describeFull } from '../routing/caps.ts';
import { contractIn } from '../routing/stage.ts';
import { answerOf, attemptOf, notMadeThen } from './answers.ts';
import { compareRoom, type Taking } from './room.ts';
import type { Memory, Round } from './round.ts';

type NotOffered = OfferResult & { kind: 'not_offered' };
type Place = { readonly candidate: Candidate; readonly route: StageRoute };

/** Offers the lead to one contract. What it takes is taken from then on. */
export function offerTo(memory: Memory, round: Round, { candidate, route }: Place): Offered {
  const { recorded } = round;
  const { contractId, priceCents, routedAtMs } = candidate;
  const attempt = attemptOf(recorded, contractId, round.round);
  const then = recordedRoute(recorded, round.round, route);
  const notMade = notMadeThen(attempt, round.round, { now: route, then });
  if (notMade) return { candidate, report: notMade };

  const contract = contractIn(memory.rules.world, contractId);
  round.atMs = Math.max(round.atMs, attempt?.plannedAtMs ?? 0);
  const { atMs, score } = round;
  const offered = { lead: recorded.lead, score, atMs, priceCents, routedAtMs };
  const taking: Taking = {
    id: holdIdOf({ leadId: recorded.lead.id, contractId, round: round.round }),
    buyerId: contract.buyer,
    windows: memory.rules.eligibility.capWindows(contractId, offered),
    atMs,
  };
  const held = holdFor(memory, taking, attempt);
  if (held.kind === 'not_offered') return { candidate, report: held };
  const told = sayTo(memory, round, { candidate, route });
  const isTaken = told.kind === 'accepted' || told.kind === 'in_doubt';
  if (isTaken) {
    if (held.kind === 'held') memory.room.keep(taking);
    else memory.room.count(taking);
    round.taken.push({ contractId, buyerId: contract.buyer, windows: taking.windows });
    memory.persons.give(recorded.lead, { contractId, buyerId: contract.buyer, atMs });
  } else if (held.kind === 'held') {
    memory.room.giveBack(taking);
  }
  return { candidate, report: told };
}

/** Not held where what was decided then stands: it is counted if it comes to a sale. */
function holdFor(
  { room, rules }: Memory,
  taking: Taking,
  attempt: ReturnType<typeof attemptOf>,
): { readonly kind: 'held' | 'granted_then' } | NotOffered {
  const { windows } = taking;
  if (windows.length === 0) return { kind: 'granted_then' };
  if (attempt && room.isAsRecorded(windows)) {
    const { result, state, capWindows } = attempt;
    const { asMuch, asLittle } = compareRoom(windows, capWindows);
    const denied = result?.kind === 'not_offered' && result.reason === 'cap_reached';
    if (denied && asLittle) return result;
    const granted = state !== 'planned' && result?.kind !== 'not_offered';
    if (granted && asMuch) return { kind: 'granted_then' };
  }
  const decision = room.hold(taking);
  if (decision.kind === 'granted') return { kind: 'held' };
  if (decision.kind !== 'denied') {
    return { kind: 'not_offered', reason: 'cap_unknown', detail: decision.kind };
  }
  const why = describeFull(rules.world, taking.buyerId, decision);
  return { kind: 'not_offered', reason: 'cap_reached', ...why };
}

function sayTo({ rules, persons }: Memory, round: Round, { candidate }: Place): OfferResult {
  const { recorded, atMs, offers } = round;
  const { lead } = recorded;
  const { contractId } = candidate;
  if (repeatQuestions(rules.eligibility.repeats, [contractId], lead).length > 0) {
    const seen = persons.seenBy([contractId], lead, atMs).get(contractId);
    if (seen) return { kind: 'not_offered', reason: 'seen_before', detail: seenText(seen) };
  }
  if (!candidate.shared && placesTaken(offers) > 0) {
    return { kind: 'not_offered', reason: 'no_place', detail: '' };
  }
  const contract = contractIn(rules.world, contractId);
  const { result, assumed } = answerOf(candidate, contract, { recorded, round: round.round });
  if (assumed) round.assumed = true;
  return result;
}
