// One lead as it was distributed: what was decided, what buyers answered, what it came to. What a
// simulation takes as given.

import type { CapWindow } from './caps/caps.ts';
import type { BuyerId, ContractId } from './ids.ts';
import type { AttemptState, Auction, Lead, LeadStatus, OfferResult, StageRoute } from './lead.ts';
import type { Cents } from './money.ts';
import { routeStepOf } from './outcome.ts';
import type { RoundPlan, Wait } from './waiting.ts';

export interface RecordedLead {
  /** Without what no rule of routing asks for: consent, behaviour, the source's own id. */
  readonly lead: Lead;
  readonly status: LeadStatus;
  /** Null where it was not scored: refused before, or not yet. */
  readonly score: number | null;
  /** The passes over the routing that were begun. */
  readonly rounds: number;
  /** By `verdictKey`. */
  readonly verdicts: Readonly<Record<string, unknown>>;
  /** In the order planned. */
  readonly attempts: readonly RecordedAttempt[];
  /** In the order sold. */
  readonly sales: readonly LeadSale[];
}

export interface RecordedAttempt {
  readonly contractId: ContractId;
  readonly buyerId: BuyerId;
  readonly round: number;
  readonly state: AttemptState;
  readonly priceCents: Cents;
  readonly result: OfferResult | null;
  readonly capWindows: readonly CapWindow[];
  readonly plannedAtMs: number;
}

export interface LeadSale {
  readonly contractId: ContractId;
  readonly buyerId: BuyerId;
  readonly priceCents: Cents;
  readonly payoutCents: Cents;
}

/** Under which name a verdict of a round is kept. */
export function verdictKey(round: number, step: string): string {
  return `${round} ${step}`;
}

/** How one part of a stage was routed; undefined if the lead did not come to it. */
export function recordedRoute(
  { verdicts }: RecordedLead,
  round: number,
  { stage, part = 1 }: { readonly stage: string; readonly part?: number | undefined },
): StageRoute | undefined {
  return verdicts[verdictKey(round, routeStepOf(stage, part))] as StageRoute | undefined;
}

/** Every turn that was drawn for the lead, with what its members were owed. */
export function recordedDraws({ verdicts }: RecordedLead): StageRoute[] {
  return Object.entries(verdicts).flatMap(([key, verdict]) => {
    const route = verdict as StageRoute;
    return /^\d+ route\//.test(key) && route.turn !== undefined ? [route] : [];
  });
}

/** Every auction of the lead, with its round, oldest first. */
export function recordedAuctions(
  recorded: RecordedLead,
): { readonly round: number; readonly auction: Auction }[] {
  return Object.entries(recorded.verdicts)
    .filter(([key]) => /^\d+ auction\//.test(key))
    .map(([key, verdict]) => ({ round: Number.parseInt(key, 10), auction: verdict as Auction }))
    .sort((a, b) => a.round - b.round);
}

/** By which plan a later round was begun. */
export function recordedPlan({ verdicts }: RecordedLead, round: number): RoundPlan | undefined {
  return verdicts[verdictKey(round, 'round')] as RoundPlan | undefined;
}

/** The wait after a round. */
export function recordedWait({ verdicts }: RecordedLead, round: number): Wait | undefined {
  return verdicts[verdictKey(round, 'wait')] as Wait | undefined;
}
