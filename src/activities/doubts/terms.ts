// How the doubts of a contract end by themselves, by its terms in the world of the lead.

import { DAY_MS } from '../../domain/calendar.ts';
import type { DoubtTerms } from '../../domain/doubts/doubt.ts';
import { findCallStep } from '../../domain/transfers/step.ts';
import type { Contract } from '../../domain/world/contract.ts';

/**
 * A call is watched by a run of its own, which begins with the first that is told of it. Where
 * nothing is told, the lead's run begins it, and looks from time to time that it has not failed.
 */
const SEE_TO_CALL = {
  afterMs: [1_000, 60_000, 600_000],
  everyMs: 3_600_000,
  giveUpAfterMs: DAY_MS,
};

/** The terms of a doubt that began at an instant. */
export function doubtTerms(contract: Contract, sinceMs: number): DoubtTerms {
  const { status, doubt } = contract;
  const policy = doubt?.policy ?? 'ask';
  const asked = findCallStep(contract) ? SEE_TO_CALL : status;
  const ask = asked && {
    pausesMs: [...asked.afterMs, asked.everyMs],
    untilMs: sinceMs + asked.giveUpAfterMs,
  };
  const assume = doubt &&
    policy !== 'ask' && {
      as: policy === 'assume_sold' ? ('accepted' as const) : ('rejected' as const),
      atMs: sinceMs + doubt.afterMs,
    };
  return { sinceMs, ...(ask && { ask }), ...(assume && { assume }) };
}
