// Is a contract left out because a cap is known to be full: its own, its buyer's, one of its hours.

import { isBalanceKey } from '../domain/caps/keys.ts';
import type { ContractId } from '../domain/ids.ts';
import { type Cents, ZERO } from '../domain/money.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { FullCap, Question } from './explain.ts';
import { type Refused, refuse } from './refusal.ts';
import type { Opening } from './schedule.ts';
import { type CompiledCap, openingWindows } from './windows.ts';

const NOTHING = 'a limit of 0 takes nothing';
const CLOSED = refuse('cap_reached', NOTHING);

/** The windows of a moment that every lead counts in. */
interface Present {
  /** One of the hours takes nothing. */
  readonly shut: Refused | undefined;
  // Beside each other, and not an object for each window: a lead asks 1,000 contracts.
  readonly keys: readonly string[];
  readonly limits: readonly number[];
  readonly priceCents: Cents | null;
  readonly fromMs: number;
  readonly toMs: number;
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
  // Kept until the first of them ends: building them for 1,000 contracts would cost a lead 5 ms.
  let known: Present | undefined;
  return (question) => {
    const { live, atMs, floorCents } = question;
    if (!known || atMs < known.fromMs || atMs >= known.toMs) {
      known = presentWindows({ id, contract, fixed, opening: openingAt(atMs) }, question);
    }
    const { shut, keys, limits } = known;
    if (shut) return shut;
    const leastCents = known.priceCents ?? floorCents;
    for (let nth = 0; nth < keys.length; nth += 1) {
      const [key, limit] = [keys[nth] ?? '', limits[nth] ?? 0];
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
): Present {
  const { id, contract, fixed, opening } = of;
  const window = opening.open ? opening.window : null;
  const own = fixed.flatMap((cap) => {
    const found = cap.keyAt(question);
    return found ? [{ ...found, limit: cap.limit }] : [];
  });
  const windows = [...own, ...(window ? openingWindows(id, window, ZERO) : [])];
  // A balance without credit has what was paid in.
  const shut = windows.find(({ key, limit }) => limit === 0 && !isBalanceKey(key));
  const ends = [window?.endsAtMs, opening.untilMs, ...windows.map(({ endsAtMs }) => endsAtMs)];
  return {
    shut: shut && refuse('cap_reached', `${shut.key}: ${NOTHING}`, shut.endsAtMs),
    keys: windows.map(({ key }) => key),
    limits: windows.map(({ limit }) => limit),
    priceCents: window?.priceCents ?? contract.priceCents,
    fromMs: question.atMs,
    toMs: Math.min(...ends.map((endsAtMs) => endsAtMs ?? Infinity)),
  };
}

function refuseFull(key: string, { detail, endsAtMs }: FullCap): Refused {
  return refuse('cap_reached', `${key}: ${detail}`, endsAtMs);
}
