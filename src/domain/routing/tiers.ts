// The tiers of a waterfall: contracts of one priority, which take turns among themselves.

import type { ContractId } from '../ids.ts';
import type { Tier } from '../lead.ts';

/** Contracts by priority, lowest number first; within a tier by id. */
export function tiersOf(
  contractIds: readonly ContractId[],
  priorityOf: (contractId: ContractId) => number,
): Tier[] {
  const tiers = new Map<number, ContractId[]>();
  for (const contractId of contractIds) {
    const priority = priorityOf(contractId);
    const tier = tiers.get(priority);
    if (tier) tier.push(contractId);
    else tiers.set(priority, [contractId]);
  }
  return [...tiers]
    .sort(([a], [b]) => a - b)
    .map(([priority, contracts]) => ({ priority, contracts: contracts.sort(byId) }));
}

/** A run of tiers that is decided at once. */
export interface Part {
  /** The tier that must draw its turn first; undefined where no tier has to. */
  readonly drawn: Tier | undefined;
  /** The contracts behind the drawn tier, in order: tiers of one. */
  readonly then: readonly ContractId[];
  /** What is left for later parts; begins with a tier that draws. */
  readonly rest: readonly Tier[];
}

/**
 * The first part of some tiers: it ends where the next tier would have to draw, so that each draw
 * is made when the lead comes to that tier, and not before.
 */
export function firstPart(tiers: readonly Tier[]): Part {
  const [first, ...others] = tiers;
  const drawn = first && first.contracts.length > 1 ? first : undefined;
  const behind = drawn ? others : tiers;
  const next = behind.findIndex(({ contracts }) => contracts.length > 1);
  const end = next < 0 ? behind.length : next;
  return {
    drawn,
    then: behind.slice(0, end).flatMap(({ contracts }) => contracts),
    rest: behind.slice(end),
  };
}

function byId(a: ContractId, b: ContractId): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
