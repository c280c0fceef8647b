// One ping-post stage: every buyer asked at once under one deadline, the bids ranked.

import { setMaxListeners } from 'node:events';

import { adapterOf } from '../../delivery/adapters.ts';
import { decisive, type Entry, isSettled } from '../../domain/routing/award.ts';
import type { ContractId } from '../../domain/ids.ts';
import type { Auction, PingResult, StageRoute } from '../../domain/lead.ts';
import type { Contract } from '../../domain/world/contract.ts';
import {
  type AuctionPlace,
  auctionRules,
  entriesOf,
  fixedBid,
  heldToCeiling,
  judgedAnew,
  type PingPost,
  rankPings,
  standingOf,
} from '../../routing/bids.ts';
import { type Case, contractOf, stageOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { authorise, parcelFor, withoutPerson } from '../parcel.ts';
import type { StageKey } from '../route.ts';

interface Call {
  readonly key: StageKey;
  readonly known: Case;
  readonly contractId: ContractId;
  readonly contract: Contract;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export function createAuctionActivities(deps: ActivityDeps) {
  return {
    /**
     * Pings the candidates in parallel and ranks what they bid. Contracts with a fixed price take
     * part without a ping, at the price that their terms say. A stored auction is returned as it
     * was, with no new ping. Takes no longer than the stage's deadline, whatever the buyers do; one
     * buyer's fault never harms another.
     */
    async runAuction({
      order,
      terms,
      ...key
    }: StageKey & Pick<StageRoute, 'order' | 'terms'>): Promise<Auction> {
      const known = await deps.cases.of(key.leadId, key.round);
      const stored = known.stored.get(`auction/${key.stage}`) as Auction | undefined;
      if (stored) return stored;
      const stage = stageOf(known, key.stage);
      if (stage.method !== 'ping_post') throw new Error(`${key.stage} holds no auction`);
      return holdAuction(deps, { key, known, stage, order, ...(terms && { terms }) });
    },
  };
}

/**
 * Asks everybody at once, within the stage's deadline; those that answered the lead's ping are not
 * asked again.
 */
export async function holdAuction(
  deps: ActivityDeps,
  auction: { key: StageKey; known: Case; stage: PingPost } & Pick<StageRoute, 'order' | 'terms'>,
): Promise<Auction> {
  const { key, known, stage, order, terms } = auction;
  const begunAt = performance.now();
  const { campaign, lead, loaded } = known;
  const place: AuctionPlace = { world: loaded.world, campaign, stage, lead };
  const rules = auctionRules(place);
  const entries = order.map((contractId) => {
    const contract = contractOf(known, contractId);
    const priceCents = terms?.[contractId]?.priceCents ?? contract.priceCents;
    return { ...standingOf(place, contractId), contract: { ...contract, priceCents } };
  });
  const pings: PingResult[] = [];
  // One signal for all: a timer and a signal for each ping cost more than the ping itself.
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // One for each ping, however many bidders there are.
  const deadline = setTimeout(() => closing.abort(timedOut()), stage.deadlineMs);
  const outstanding = new Set(entries);
  let bids: readonly Entry[] = [];
  const asked = entries.map(async (entry) => {
    const { contractId, contract } = entry;
    const timeoutMs = Math.min(stage.deadlineMs, contract.ping?.timeoutMs ?? stage.deadlineMs);
    const isShorter = timeoutMs < stage.deadlineMs;
    const signal = isShorter
      ? AbortSignal.any([AbortSignal.timeout(timeoutMs), closing.signal])
      : closing.signal;
    const result = await ping(deps, { key, known, contractId, contract, signal, timeoutMs });
    pings.push(result);
    outstanding.delete(entry);
    bids = decisive([...bids, ...entriesOf(place, result, entry)], rules);
    if (!stage.earlyClose || outstanding.size === 0 || closing.signal.aborted) return;
    if (isSettled(bids, [...outstanding], rules)) closing.abort();
  });
  await Promise.all(asked).finally(() => {
    clearTimeout(deadline);
    // One that threw must not leave the others without a limit.
    if (outstanding.size > 0) closing.abort(timedOut());
  });

  return {
    stage: stage.name,
    ...rankPings(place, pings),
    ms: Math.round(performance.now() - begunAt),
    ...(isCutOff(closing.signal) && { closedEarly: true }),
  };
}

/** As `AbortSignal.timeout` says it. */
function timedOut(): DOMException {
  return new DOMException('the deadline of the auction', 'TimeoutError');
}

/** Ended because the winner was certain, and not by a time limit. */
function isCutOff(signal: AbortSignal): boolean {
  return signal.aborted && (signal.reason as Error).name === 'AbortError';
}

async function ping({ send, readSecret }: ActivityDeps, call: Call): Promise<PingResult> {
  const { known, contract, contractId, key, signal, timeoutMs } = call;
  const step = contract.ping;
  if (step === null) return fixedBid(contractId, contract);
  const before = known.bids.get(contractId);
  if (before) return judgedAnew(before, contract);
  const adapter = adapterOf(step);
  const parcel = parcelFor(known, step, { contractId, round: key.round, withPerson: false });
  const request = await authorise(adapter.buildPing(parcel, step), step, readSecret);
  if (!request) return { contractId, kind: 'no_bid', reason: 'secret_missing', ms: 0 };

  const reply = await send(request, { timeoutMs, signal });
  const { ms } = reply;
  if (reply.kind !== 'answer') {
    const { detail } = reply;
    const reason = reply.reason === 'late' && isCutOff(signal) ? 'not_needed' : reply.reason;
    return { contractId, kind: 'no_bid', reason, ms, ...(detail && { detail }) };
  }
  const bid = adapter.parsePing(reply.reply);
  if (bid.kind === 'no_bid') {
    const { reason } = bid;
    const detail = withoutPerson(bid.detail, known);
    return { contractId, kind: 'no_bid', reason, ms, ...(detail && { detail }) };
  }
  return heldToCeiling({ ...bid, contractId, ms }, contract);
}
