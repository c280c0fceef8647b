// How the doubts of a contract end by themselves, by its terms in the world of the lead.

import type { DoubtTerms } from '../../domain/doubts/doubt.ts';
import type { Contract } from '../../domain/world/contract.ts';

/** The terms of a doubt that began at an instant. */
export function doubtTerms({ status, doubt }: Contract, sinceMs: number): DoubtTerms {
  const policy = doubt?.policy ?? 'ask';
  const ask = status && {
    pausesMs: [...status.afterMs, status.everyMs],
    untilMs: sinceMs + status.giveUpAfterMs,
  };
  const assume = doubt &&
    policy !== 'ask' && {
      as: policy === 'assume_sold' ? ('accepted' as const) : ('rejected' as const),
      atMs: sinceMs + doubt.afterMs,
    };
  return { sinceMs, ...(ask && { ask }), ...(assume && { assume }) };
}
