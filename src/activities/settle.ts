// What an offer came to, written down: sold, refused, or in doubt; and what it held, given back.

import { type Attempt, findAttempt } from '../db/attempts.ts';
import { recordSkipped } from '../db/deliveries.ts';
import { type SaleTerms, settleAccepted, settleUnaccepted } from '../db/settlement.ts';
import { type ContractId, holdIdOf, type OfferKey } from '../domain/ids.ts';
import { isOpen } from '../domain/doubts/doubt.ts';
import { type OfferResult, TAKES_PLACE } from '../domain/lead.ts';
import type { Cents } from '../domain/money.ts';
import type { DeliveryTarget, OfferReport } from '../domain/outcome.ts';
import type { Contract } from '../domain/world/contract.ts';
import { type World, zoneOf } from '../domain/world/world.ts';
import type { Skipped } from '../eligibility/leads/conditions.ts';
import { deliverNotBefore } from '../eligibility/schedule.ts';
import type { HoldRequest } from './cap-desk.ts';
import { type Case, contractOf } from './cases.ts';
import type { ActivityDeps } from './deps.ts';
import { doubtTerms } from './doubts/terms.ts';

/** An attempt whose answer is being written down. */
export interface Settling {
  readonly key: OfferKey;
  readonly known: Case;
  readonly hold: HoldRequest;
  /** As offered: by the bid where the buyer named a price for each, else by the contract. */
  readonly exclusive: boolean;
  /** A step of the lead's own run settles it. */
  readonly byRun?: boolean;
  /** This call moved the attempt to its end, which happens once. */
  readonly settledHere?: true;
}

/** Stores what the buyer said; says `unsettled` when it cannot, so that it is never forgotten. */
export async function settle(
  deps: ActivityDeps,
  settling: Settling,
  result: OfferResult,
): Promise<OfferReport> {
  try {
    if (result.kind === 'accepted') return await settleSale(deps, settling, result);
    if (result.kind === 'not_offered') return result;
    const key = { ...settling.key, byRun: settling.byRun ?? false };
    if (!(await settleUnaccepted(deps.pool, key, result))) return readBack(deps, settling);
  } catch {
    // PostgreSQL is away. The parsed answer becomes this activity's result, and a step that is
    // repeated without limit writes it down: a known acceptance never becomes doubt.
    return { ...result, unsettled: true };
  }
  if (isOpen(result)) {
    deps.giveAnswer(settling.key.leadId, 'pending');
    const contract = contractOf(settling.known, settling.key.contractId);
    return { ...result, resolve: doubtTerms(contract, deps.now()) };
  }
  return giveBack(deps, { ...settling, settledHere: true }, result);
}

async function settleSale(
  deps: ActivityDeps,
  { key, known, hold, exclusive, byRun = false }: Settling,
  result: OfferResult & { kind: 'accepted' },
): Promise<OfferReport> {
  const { pool, desk, giveAnswer } = deps;
  const contract = contractOf(known, key.contractId);
  const terms = termsOf(deps, { known, contract, exclusive });
  const redirectUrl = result.redirectUrl ?? terms.redirectUrl;
  const settled = await settleAccepted(pool, key, {
    result,
    terms: { ...terms, redirectUrl, byRun },
  });
  if (settled.kind !== 'sold') return readBack(deps, { key, known, hold });
  if (settled.outcome) giveAnswer(key.leadId, settled.outcome);
  if (hold.windows.length > 0) desk.keepLater(contract.buyer, hold.id);
  const { outcome } = settled;
  return sold(deps, { key, known }, { ...result, ...(outcome && { outcome }) });
}

/** The terms of a sale in the world of its lead. */
export function termsOf(
  { process }: Pick<ActivityDeps, 'process'>,
  of: { readonly known: Case; readonly contract: Contract; readonly exclusive: boolean },
): SaleTerms {
  const { known, contract, exclusive } = of;
  const source = known.loaded.world.sources[known.lead.sourceId];
  if (!source) throw new Error(`world ${known.loaded.version} has no source of this lead`);
  const { redirectUrl } = contract;
  const { payout } = source;
  return { payout, maxPlaces: known.campaign.maxSales, exclusive, redirectUrl, process };
}

async function sold(
  { now, pool }: ActivityDeps,
  { key, known }: { key: OfferKey; known: Case },
  report: OfferReport & { kind: 'accepted' },
): Promise<OfferReport> {
  const { world } = known.loaded;
  const { contractId } = key;
  const atMs = now();
  const skipped = skippedBy(known, contractId);
  if (skipped.size > 0) {
    // For people only: what is not pushed is not lost without it.
    await recordSkipped(pool, key, skipped).catch(() => undefined);
  }
  const targets = contractOf(known, contractId).deliveries.flatMap(({ name: target, after }) => {
    const found = targetFor(world, { contractId, target, atMs });
    if (!found || skipped.has(target)) return [];
    return [after ? { ...found, after } : ({ ...found, atOnce: true } as const)];
  });
  return targets.length > 0 ? { ...report, targets } : report;
}

/** The deliveries of a contract that its lead does not get, with the reasons. */
export function skippedBy({ loaded, lead }: Case, contractId: ContractId): Skipped {
  return loaded.eligibility.conditions.get(contractId)?.(lead) ?? new Map();
}

/** A target of a contract, with the opening it waits for; undefined if there is none. */
export function targetFor(
  world: World,
  of: { readonly contractId: string; readonly target: string; readonly atMs: number },
): DeliveryTarget | undefined {
  const { contractId, target, atMs } = of;
  const contract = world.contracts[contractId];
  const delivery = contract?.deliveries.find(({ name }) => name === target);
  if (!contract || !delivery) return undefined;
  const timeZone = zoneOf(world, contract.buyer);
  const notBeforeMs = deliverNotBefore(delivery.during, timeZone, atMs);
  const { giveUpAfterHours } = delivery;
  return { name: target, giveUpAfterHours, ...(notBeforeMs > atMs && { notBeforeMs }) };
}

/** Someone else settled the attempt first: what they stored is what happened. */
async function readBack(
  deps: ActivityDeps,
  { key, known, hold }: Omit<Settling, 'exclusive'>,
): Promise<OfferReport> {
  const attempt = await findAttempt(deps.pool, key);
  if (!attempt) throw new Error(`no attempt ${hold.id}`);
  return resume(deps, { key, known, attempt });
}

/** Releases what the offer held; says so when that is not certain yet. */
export async function giveBack(
  deps: ActivityDeps,
  { key, known, hold, settledHere }: Settling,
  result: OfferResult,
): Promise<OfferReport> {
  const { buyer } = contractOf(known, key.contractId);
  const released = await deps.desk.release(buyer, hold, settledHere ? 'first' : 'repeat');
  return released ? result : { ...result, owes: true };
}

/** An attempt that an earlier run left: finished ones are read back, a `sending` one is doubt. */
export async function resume(
  deps: ActivityDeps,
  { key, known, attempt }: { key: OfferKey; known: Case; attempt: Attempt },
): Promise<OfferReport> {
  const settling = { key, known, hold: holdOf(attempt), exclusive: attempt.exclusive };
  if (attempt.state === 'sending') {
    const contract = contractOf(known, key.contractId);
    // Nothing left the house, so there is nothing to doubt.
    if (!contract.post) return settle(deps, settling, acceptedInHouse(contract, attempt));
    // The first run may still be alive and only slow: it settles its own attempt late.
    const detail = 'the process that sent it left no answer';
    const doubt = { buyerId: attempt.buyerId, reason: 'run_interrupted', detail } as const;
    return settle(deps, settling, { kind: 'in_doubt', ...doubt, ms: 0 });
  }
  if (attempt.state === 'rejected' || attempt.state === 'not_sent') {
    return giveBack(deps, settling, await reportOf(deps, known, attempt));
  }
  const report = await reportOf(deps, known, attempt);
  if (isOpen(report)) deps.giveAnswer(key.leadId, 'pending');
  if (report.outcome) deps.giveAnswer(key.leadId, report.outcome);
  return report;
}

async function reportOf(deps: ActivityDeps, known: Case, attempt: Attempt): Promise<OfferReport> {
  const { result } = attempt;
  if (attempt.state === 'accepted' && result?.kind === 'accepted') {
    const outcome = attempt.leadOutcome;
    return sold(deps, { key: attempt, known }, { ...result, ...(outcome && { outcome }) });
  }
  // A yes that came after the place was given up is no sale of this run.
  if (attempt.state === 'accepted_conflict') {
    return { kind: 'rejected', reason: 'buyer_rejected', detail: 'its yes came too late', ms: 0 };
  }
  if (result && isOpen(result) && TAKES_PLACE.has(attempt.state)) {
    const contract = contractOf(known, attempt.contractId);
    return { ...result, resolve: doubtTerms(contract, attempt.settledAtMs ?? deps.now()) };
  }
  if (result && attempt.state !== 'planned') return result;
  return notOffered('no_place', attempt.state);
}

/** A lead for the operator's own sales people is theirs the moment it is claimed. */
export function acceptedInHouse(
  { buyer }: Contract,
  { priceCents }: { readonly priceCents: Cents },
): OfferResult {
  return { kind: 'accepted', buyerId: buyer, priceCents, reference: null, ms: 0 };
}

/** The hold that an attempt's row names. */
export function holdOf(attempt: Attempt): HoldRequest {
  const { capWindows: windows, plannedAtMs: atMs } = attempt;
  return { id: holdIdOf(attempt), atMs, windows };
}

/** An offer that was not made, for a reason. */
export type NotOffered = OfferResult & { kind: 'not_offered' };

/** The result for an offer that was not made. */
export function notOffered(reason: NotOffered['reason'], detail = ''): NotOffered {
  return { kind: 'not_offered', reason, detail };
}
