// One ping-post stage: every buyer asked at once under one deadline, the bids ranked.

import { setMaxListeners } from 'node:events';

import type { Bid } from '../../delivery/adapter.ts';
import { adapterOf } from '../../delivery/adapters.ts';
import { decisive, type Entry, isSettled } from '../../domain/routing/award.ts';
import type { ContractId } from '../../domain/ids.ts';
import type { Auction, PingResult, StageRoute } from '../../domain/lead.ts';
import type { Contract, Step } from '../../domain/world/contract.ts';
import { zoneOf } from '../../domain/world/world.ts';
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
import { parcelFor, withoutPerson } from '../parcel.ts';
import { prepare } from '../prepare.ts';
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

async function ping(deps: ActivityDeps, call: Call): Promise<PingResult> {
  const { known, contract, contractId } = call;
  if (contract.ping === null) return fixedBid(contractId, contract);
  const before = known.bids.get(contractId);
  return before ? judgedAnew(before, contract) : ask(deps, call, contract.ping);
}

async function ask(deps: ActivityDeps, call: Call, step: Step): Promise<PingResult> {
  const { known, contract, contractId, key, signal, timeoutMs } = call;
  const adapter = adapterOf(step);
  const parcel = parcelFor(known, step, { contractId, round: key.round, withPerson: false });
  const timeZone = zoneOf(known.loaded.world, contract.buyer);
  const ready = await prepare(deps, { step: { ...step, timeoutMs }, timeZone });
  const none = { contractId, kind: 'no_bid', ms: 0 } as const;
  if (ready.kind === 'withheld') return { ...none, reason: ready.reason };
  const request = adapter.buildPing(parcel, step, ready.given);
  if ('unbuildable' in request) {
    return { ...none, reason: 'request_invalid', detail: request.unbuildable };
  }

  const reply = await deps.send(request, { timeoutMs, signal });
  const { ms } = reply;
  if (reply.kind !== 'answer') {
    const { detail } = reply;
    const reason = reply.reason === 'late' && isCutOff(signal) ? 'not_needed' : reply.reason;
    return { contractId, kind: 'no_bid', reason, ms, ...(detail && { detail }) };
  }
  ready.answered(reply.reply.status);
  const clean = (text: string) => withoutPerson(ready.clean(text), known);
  const bid = adapter.parsePing(reply.reply, step);
  if (bid.kind === 'no_bid') {
    const { reason } = bid;
    const detail = clean(bid.detail);
    return { contractId, kind: 'no_bid', reason, ms, ...(detail && { detail }) };
  }
  return heldToCeiling({ ...cleanBid(bid, clean), contractId, ms }, contract);
}

/** Captures stand in the bid table and in the history: no person, no secret. */
function cleanBid(bid: Bid & { kind: 'bid' }, clean: (text: string) => string) {
  if (!bid.captures) return bid;
  const captures = Object.entries(bid.captures).map(([name, text]) => [name, clean(text)]);
  return { ...bid, captures: Object.fromEntries(captures) as Record<string, string> };
}
