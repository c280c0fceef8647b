// A lead that nobody bought and that is kept for a while: what it waits for, and when it is tried
// again.

import type { ContractId } from './ids.ts';
import type { WhyNot } from './lead.ts';
import type { Offered, RoundSoFar } from './outcome.ts';
import type { UnsoldReason } from './reasons.ts';

/** For how long an unsold lead is kept. */
export interface Hold {
  /** From then on it is unsold for good. */
  readonly untilMs: number;
  /** Buyers that gave no bid, or could not be reached, are asked again after this long. */
  readonly everyMs: number;
}

/** One pass over the routing: by which version, through which stages. */
export interface RoundPlan {
  /** The version of the world. */
  readonly worldVersion: number;
  /** How many shared sales the lead may have. */
  readonly places: number;
  /** The campaign's stages by name, in order. */
  readonly stages: readonly string[];
  /** Present where the campaign keeps unsold leads for a while. */
  readonly hold?: Hold;
  /** An operator's choice: the only contract of the round's only stage. */
  readonly contractId?: ContractId;
}

/** One wait between two rounds. */
export interface Wait {
  /** What the round before came to. */
  readonly reason: UnsoldReason;
  readonly sinceMs: number;
  /** When the lead is tried again, or, if it is `untilMs`, given up. */
  readonly wakeAtMs: number;
  readonly untilMs: number;
  /** What may change, soonest first: why each contract did not buy. */
  readonly for: readonly WhyNot[];
}

/** What an operator, or the system in its name, asked of a lead that waits. */
export interface LeadAction {
  readonly action: 'wake' | 'offer' | 'close';
  /** `operator ann`, `world 12`, `deposit 7`. */
  readonly by: string;
  /** The contract to offer to. */
  readonly contract?: ContractId;
}

/** Rounds after which a lead is given up: at some twenty events each, far from a history's end. */
export const MOST_ROUNDS = 100;
/** A contract whose time has come a moment ago is tried at once, and not in a tight loop. */
const SHORTEST_WAIT_MS = 1_000;

/** The wait after a round without a sale. Deterministic: the clock is an argument. */
export function planWait(
  { stages, offers }: RoundSoFar,
  reason: UnsoldReason,
  { hold, nowMs }: { readonly hold: Hold; readonly nowMs: number },
): Wait {
  const refused: WhyNot[] = [...stages.flatMap(({ route }) => route.refused), ...missed(offers)];
  const passing = refused.filter(({ untilMs }) => untilMs !== undefined && untilMs <= hold.untilMs);
  const times = passing.flatMap(({ untilMs }) => untilMs ?? []);
  if (asksAgain({ stages, offers })) times.push(nowMs + hold.everyMs);
  const next = Math.max(Math.min(...times), nowMs + SHORTEST_WAIT_MS);
  return {
    reason,
    sinceMs: nowMs,
    wakeAtMs: Math.min(next, hold.untilMs),
    untilMs: hold.untilMs,
    for: passing.toSorted(
      (a, b) => (a.untilMs ?? 0) - (b.untilMs ?? 0) || (a.contractId < b.contractId ? -1 : 1),
    ),
  };
}

/** Candidates that were not offered the lead after all. */
function missed(offers: readonly Offered[]): WhyNot[] {
  return offers.flatMap(({ candidate: { contractId }, report }) => {
    if (report.kind !== 'not_offered') return [];
    const { reason, detail, untilMs } = report;
    return [{ contractId, reason, detail, ...(untilMs !== undefined && { untilMs }) }];
  });
}

/** Whether asking again may bring another answer although nothing of ours changes. */
function asksAgain({ stages, offers }: RoundSoFar): boolean {
  return (
    stages.some(({ auction }) => auction?.pings.some(({ kind }) => kind === 'no_bid')) ||
    offers.some(({ report: { kind } }) => kind === 'not_sent')
  );
}
