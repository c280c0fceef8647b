// The cap windows of this moment, without a lead: for tables of what is used and what is left.

import { type BuyerId, teamOf } from '../domain/ids.ts';
import { ZERO } from '../domain/money.ts';
import type { Cap } from '../domain/world/cap.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import type { Facts } from './facts.ts';
import { isOpen } from './schedule.ts';
import { type CapTerms, compileCaps, openingWindows } from './windows.ts';

/** A window that an offer made now may take room in. */
export interface PresentCap {
  /** Of a cap for each value of a fact: the key without a value, which all its windows share. */
  readonly key: string;
  readonly limit: number;
  /** Exclusive; null = never by itself. */
  readonly endsAtMs: number | null;
}

/** The buyers that have a limit, of their own or in a contract; a team for all its members. */
export function listCapped({ buyers, contracts }: World): BuyerId[] {
  const own = Object.entries(buyers).filter(
    ([, { caps, balance, membership }]) =>
      caps.length > 0 || balance || membership?.teamCaps.length,
  );
  const byContract = Object.values(contracts).filter(hasCaps);
  const capped = [...own.map(([id]) => id), ...byContract.map(({ buyer }) => buyer)];
  return [...new Set(capped.map(teamOf))];
}

function hasCaps({ caps, schedule }: Contract): boolean {
  const hours = schedule ? [...schedule.windows, ...schedule.openOn] : [];
  return caps.length > 0 || hours.some((each) => each.caps.length > 0);
}

const NO_FACTS: Facts = { get: () => undefined, has: () => false };

/**
 * What these buyers' caps are at an instant, each key once; a team's with those of its members.
 * Compiled anew, which takes milliseconds for a thousand contracts: nothing for the way of a
 * lead.
 */
export function listPresentCaps(
  world: World,
  buyerIds: readonly BuyerId[],
  atMs: number,
): ReadonlyMap<BuyerId, readonly PresentCap[]> {
  const found = new Map(buyerIds.map((id) => [id, new Map<string, PresentCap>()]));
  for (const [buyerId, { balance, timeZone, caps: own, membership }] of Object.entries(
    world.buyers,
  )) {
    const caps = found.get(teamOf(buyerId));
    if (!caps) continue;
    const of = { contractId: '', contractCaps: [], buyerId, timeZone, balance };
    const teamCaps = membership?.teamCaps.map(forAll);
    add(caps, compileCaps({ ...of, buyerCaps: own.map(forAll), teamCaps }), atMs);
  }
  for (const [contractId, contract] of Object.entries(world.contracts)) {
    const caps = found.get(teamOf(contract.buyer));
    const timeZone = world.buyers[contract.buyer]?.timeZone;
    if (!caps || timeZone === undefined || !hasCaps(contract)) continue;
    const of = { contractId, buyerId: contract.buyer, buyerCaps: [], timeZone };
    add(caps, compileCaps({ ...of, contractCaps: contract.caps.map(forAll) }), atMs);
    const opening = isOpen(contract.schedule, timeZone, atMs);
    const window = opening.open ? opening.window : null;
    for (const { key, limit, endsAtMs } of window ? openingWindows(contractId, window, ZERO) : []) {
      caps.set(key, { key, limit, endsAtMs });
    }
  }
  return new Map([...found].map(([id, caps]) => [id, [...caps.values()]]));
}

/** The window of a contract's or a buyer's only cap at an instant; undefined without a limit. */
export function presentCap(terms: CapTerms, atMs: number): PresentCap | undefined {
  const { contractCaps, buyerCaps, teamCaps = [] } = terms;
  const [cap] = compileCaps({
    ...terms,
    contractCaps: contractCaps.map(forAll),
    buyerCaps: buyerCaps.map(forAll),
    teamCaps: teamCaps.map(forAll),
  });
  const found = cap?.keyAt({ facts: NO_FACTS, atMs });
  return cap && found && { ...found, limit: cap.limit };
}

/** Which leads a cap counts does not matter here, nor how its limit is spread. */
function forAll({ when: _, pacing: __, ...cap }: Cap): Cap {
  return cap;
}

function add(
  caps: Map<string, PresentCap>,
  compiled: ReturnType<typeof compileCaps>,
  atMs: number,
): void {
  for (const { limit, keyAt } of compiled) {
    const found = keyAt({ facts: NO_FACTS, atMs });
    if (found) caps.set(found.key, { ...found, limit });
  }
}
