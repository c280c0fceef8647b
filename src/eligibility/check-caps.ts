// Is a contract left out because a cap is known to be full: its own, its buyer's, one of its hours.

import { isBalanceKey } from '../domain/caps/keys.ts';
import type { ContractId } from '../domain/ids.ts';
import { ZERO } from '../domain/money.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { FullCap, Question } from './explain.ts';
import { type Refused, refuse } from './refusal.ts';
import type { Opening } from './schedule.ts';
import { type CompiledCap, openingWindows } from './windows.ts';

const NOTHING = 'a limit of 0 takes nothing';
const CLOSED = refuse('cap_reached', NOTHING);

/** A window that every lead counts in. */
interface Present {
  readonly key: string;
  readonly limit: number;
  readonly endsAtMs: number | null;
}

/** The check; undefined where no cap sets a limit. */
export function checkCaps(
  { id, contract }: { readonly id: ContractId; readonly contract: Contract },
  caps: readonly CompiledCap[],
  openingAt: (atMs: number) => Opening,
): ((question: Question) => Refused | undefined) | undefined {
  const { schedule } = contract;
  const hours = [...(schedule?.windows ?? []), ...(schedule?.openOn ?? [])];
  if (caps.length === 0 && hours.every((each) => each.caps.length === 0)) return undefined;
  const fixed = caps.filter((cap) => !cap.perLead);
  const perLead = caps.filter((cap) => cap.perLead);
  if (fixed.some((cap) => cap.isClosed)) return () => CLOSED;
  // The present windows, kept until the first of them ends: building them for 1,000 contracts would
  // cost a lead 5 ms.
  let known = {
    windows: [] as readonly Present[],
    priceCents: contract.priceCents,
    fromMs: 0,
    toMs: 0,
  };
  return (question) => {
    const { live, atMs, floorCents } = question;
    if (atMs < known.fromMs || atMs >= known.toMs) {
      known = presentWindows({ id, contract, fixed, opening: openingAt(atMs) }, question);
    }
    const leastCents = known.priceCents ?? floorCents;
    for (const { key, limit, endsAtMs } of known.windows) {
      // A balance without credit has what was paid in.
      if (limit === 0 && !isBalanceKey(key)) {
        return refuse('cap_reached', `${key}: ${NOTHING}`, endsAtMs);
      }
      const denied = live.deniedKey(key, limit, leastCents);
      if (denied) return refuseFull(key, denied);
    }
    for (const cap of perLead) {
      const found = cap.keyAt(question);
      if (!found) continue;
      if (cap.isClosed) return CLOSED;
      const denied = live.deniedKey(found.key, cap.limit, leastCents);
      if (denied) return refuseFull(found.key, denied);
    }
    return undefined;
  };
}

function presentWindows(
  of: {
    readonly id: ContractId;
    readonly contract: Contract;
    readonly fixed: readonly CompiledCap[];
    readonly opening: Opening;
  },
  question: Question,
) {
  const { id, contract, fixed, opening } = of;
  const window = opening.open ? opening.window : null;
  const own = fixed.flatMap((cap): Present[] => {
    const found = cap.keyAt(question);
    return found ? [{ ...found, limit: cap.limit }] : [];
  });
  const windows: Present[] = [...own, ...(window ? openingWindows(id, window, ZERO) : [])];
  const ends = [window?.endsAtMs, opening.untilMs, ...windows.map(({ endsAtMs }) => endsAtMs)];
  const toMs = Math.min(...ends.map((endsAtMs) => endsAtMs ?? Infinity));
  const priceCents = window?.priceCents ?? contract.priceCents;
  return { windows, priceCents, fromMs: question.atMs, toMs };
}

function refuseFull(key: string, { detail, endsAtMs }: FullCap): Refused {
  return refuse('cap_reached', `${key}: ${detail}`, endsAtMs);
}
