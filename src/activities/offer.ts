// One offer, in the order that closes every crash window: plan, hold, claim, send once, settle,
// hand over. ADR 0002 says what each crash between two of these leaves behind.

import {
  claimAttempt,
  findAttempt,
  noteNotOffered,
  type Plan,
  planAttempt,
} from '../db/attempts.ts';
import { storeVerdicts, type Verdict } from '../db/verdicts.ts';
import { holdIdOf, type OfferKey, teamOf } from '../domain/ids.ts';
import type { Candidate } from '../domain/lead.ts';
import type { OfferReport } from '../domain/outcome.ts';
import type { Contract } from '../domain/world/contract.ts';
import { repeatQuestions, seenText } from '../eligibility/repeats.ts';
import type { HoldRequest } from './cap-desk.ts';
import { type Case, contractOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';
import { post } from './post.ts';
import {
  acceptedInHouse,
  giveBack,
  holdOf,
  type NotOffered,
  notOffered,
  resume,
  settle,
} from './settle.ts';

/** One offer, with what was decided on the way to it and is not stored yet. */
export interface OfferRequest extends OfferKey {
  readonly stage: string;
  readonly position: number;
  readonly candidate: Candidate;
  readonly verdicts: readonly Verdict[];
  /** The stage's time is over then: nothing is begun any more. */
  readonly untilMs?: number;
  /** For caps that ask for it; absent in runs that began before they could. */
  readonly score?: number;
}

/** One offer under way. */
interface Offering {
  readonly key: OfferKey;
  readonly known: Case;
  readonly contract: Contract;
  readonly request: OfferRequest;
  readonly hold: HoldRequest;
  readonly exclusive: boolean;
}

export function createOfferActivities(deps: ActivityDeps) {
  const { pool, cases } = deps;
  return {
    /**
     * Offers the lead to one buyer, sending at most once, and reports what the buyer said. Safe to
     * repeat wherever it died: a finished attempt is read back, an unfinished one is doubt.
     */
    async offerLead(request: OfferRequest): Promise<OfferReport> {
      const { leadId, contractId, round } = request;
      const key = { leadId, contractId, round };
      const known = await cases.of(leadId, round);
      const contract = contractOf(known, contractId);
      const plan = planOf(known, { contract, request, atMs: deps.now() });
      const planned = await planAttempt(pool, plan);
      if (planned.kind === 'superseded') {
        // What this process remembers is what made it decide otherwise: the run starts over from
        // what is stored, or it would start over for ever.
        cases.forget(leadId, round);
        return { ...notOffered('no_place'), superseded: true };
      }
      if (planned.kind === 'found' && planned.attempt.state !== 'planned') {
        return resume(deps, { key, known, attempt: planned.attempt });
      }
      const { plannedAtMs, capWindows: windows } =
        planned.kind === 'found' ? planned.attempt : { ...planned, capWindows: plan.capWindows };
      const hold = { id: holdIdOf(key), atMs: plannedAtMs, windows };
      const { exclusive } = plan;
      return holdAndClaim(deps, { key, known, contract, request, hold, exclusive });
    },

    /** Stores verdicts on their own, where the next offer cannot take them along. */
    async recordVerdicts(entry: OfferKey & { verdicts: readonly Verdict[] }): Promise<void> {
      await storeVerdicts(pool, entry);
    },

    /** Writes down an answer that could not be stored when it came. Repeated until it is stored. */
    async settleOffer({
      key,
      report,
    }: {
      key: OfferKey;
      report: OfferReport;
    }): Promise<OfferReport> {
      const { unsettled: _, ...result } = report;
      const attempt = await findAttempt(pool, key);
      if (!attempt) throw new Error(`no attempt ${holdIdOf(key)}`);
      const known = await cases.of(key.leadId, key.round);
      const { exclusive } = attempt;
      return settle(deps, { key, known, hold: holdOf(attempt), exclusive }, result);
    },

    /** What became of an offer, as it stands now: for a doubt that was settled elsewhere. */
    async readOffer(key: OfferKey): Promise<OfferReport> {
      const attempt = await findAttempt(pool, key);
      if (!attempt) throw new Error(`no attempt ${holdIdOf(key)}`);
      return resume(deps, { key, known: await cases.of(key.leadId, key.round), attempt });
    },
  };
}

function planOf(
  { loaded, lead }: Case,
  offer: { contract: Contract; request: OfferRequest; atMs: number },
): Plan {
  const { contract, request, atMs } = offer;
  const { candidate, contractId, stage, position, leadId, round, verdicts, score } = request;
  const { priceCents, routedAtMs } = candidate;
  return {
    ...{ leadId, contractId, round, stage, position, verdicts },
    buyerId: contract.buyer,
    // By the bid, where the buyer bid alone and shared; else as the contract says.
    exclusive: !candidate.shared,
    priceCents,
    bidId: candidate.bidId ?? null,
    // By the opening by which it was routed, even if that is over: its price is charged.
    capWindows: loaded.eligibility.capWindows(contractId, {
      ...{ lead, score, atMs, priceCents, routedAtMs },
    }),
  };
}

async function holdAndClaim(deps: ActivityDeps, offering: Offering): Promise<OfferReport> {
  const { key, known, contract, hold } = offering;
  const { desk, pool } = deps;
  const leave = async (result: NotOffered) => {
    await noteNotOffered(pool, key, result);
    return result;
  };
  const { untilMs } = offering.request;
  if (untilMs !== undefined && deps.now() >= untilMs) return leave(notOffered('budget_used'));
  if (hold.windows.length > 0) {
    const holding = await desk.hold(contract.buyer, hold, known.loaded.version);
    if (holding.kind === 'denied') {
      const { detail, untilMs } = holding;
      return leave({ ...notOffered('cap_reached', detail), ...(untilMs !== null && { untilMs }) });
    }
    if (holding.kind === 'unknown') {
      return { ...(await leave(notOffered('cap_unknown', holding.detail))), owes: true };
    }
  }
  const claim = await claimAttempt(pool, key, {
    maxPlaces: known.campaign.maxSales,
    switches: switchesOf(known, key, contract),
    repeats: repeatQuestions(known.loaded.eligibility.repeats, [key.contractId], known.lead),
    nowMs: deps.now(),
  });
  switch (claim.kind) {
    case 'claimed':
      return sendOnce(deps, offering);
    case 'paused':
      return giveBack(deps, offering, await leave(notOffered('paused', claim.subject)));
    case 'seen_before':
      return giveBack(deps, offering, await leave(notOffered('seen_before', seenText(claim.seen))));
    case 'no_place':
      return giveBack(deps, offering, await leave(notOffered('no_place')));
    case 'taken': {
      const attempt = await findAttempt(pool, key);
      if (!attempt) throw new Error(`no attempt ${hold.id}`);
      return resume(deps, { key, known, attempt });
    }
  }
}

function switchesOf({ lead }: Case, { contractId }: OfferKey, { buyer }: Contract): string[] {
  const { campaignId, sourceId } = lead;
  // A pause of a team or of its contract holds for each member.
  return [
    'all',
    `campaign/${campaignId}`,
    `source/${sourceId}`,
    ...new Set([`buyer/${buyer}`, `buyer/${teamOf(buyer)}`]),
    ...new Set([`contract/${contractId}`, `contract/${teamOf(contractId)}`]),
  ];
}

/**
 * The attempt is `sending` and committed: from here on, whatever happens, nothing is sent again.
 */
async function sendOnce(deps: ActivityDeps, offering: Offering): Promise<OfferReport> {
  const { key, known, contract, request } = offering;
  const { candidate } = request;
  const step = contract.post;
  if (!step) return settle(deps, offering, acceptedInHouse(contract, candidate));
  const { round } = key;
  return settle(
    deps,
    offering,
    await post(deps, { known, candidate, round, stage: request.stage }, step),
  );
}
