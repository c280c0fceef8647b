// The caps of an offer: the windows it takes room in, and what a buyer's caps would say to it, by
// the same reducer that the buyer's entity runs. Pure: nothing here reaches an entity.

import {
  applyOps,
  type CapDecision,
  type CapsState,
  type CapWindow,
  emptyCaps,
} from '../domain/caps/caps.ts';
import { describeDenial } from '../domain/caps/uses.ts';
import type { BuyerId, ContractId } from '../domain/ids.ts';
import type { WhyNot } from '../domain/lead.ts';
import type { World } from '../domain/world/world.ts';
import type { Offered } from '../eligibility/explain.ts';
import { dateAndTimeText } from '../eligibility/zones.ts';
import { contractIn, type Rules } from './stage.ts';

/** One lead proposed to one contract at a price. */
export interface Proposal extends Offered {
  readonly contractId: ContractId;
}

/** The caps of a buyer of whom nothing has been taken yet. */
export function unusedCaps(): CapsState {
  const state = emptyCaps();
  state.seeded = true;
  return state;
}

/** Whatever limits were in force before: those that come with the operation rule. */
const NEWEST = Number.MAX_SAFE_INTEGER;

/** Takes room in a buyer's caps, which are changed in place. Tells what came of it. */
export function holdRoom(
  caps: CapsState,
  hold: { readonly id: string; readonly atMs: number; readonly windows: readonly CapWindow[] },
): CapDecision {
  const [decision] = applyOps(caps, [{ op: 'hold', ...hold, version: NEWEST }], hold.atMs);
  if (!decision) throw new Error('an operation came to no decision');
  return decision;
}

/** The caps of buyers at one moment, as far as they are known. */
export type KnownCaps = ReadonlyMap<BuyerId, CapsState>;

/**
 * Why an offer finds no room in its buyer's caps: the window, its use and its limit, and until
 * when. Undefined where there is room. The caps are as before afterwards, but for a name in their
 * memory: give a copy.
 */
export function findFullCap(
  rules: Rules,
  known: KnownCaps,
  proposal: Proposal,
): WhyNot | undefined {
  const { world, eligibility } = rules;
  const { contractId, lead, atMs } = proposal;
  const windows = eligibility.capWindows(contractId, proposal);
  const { buyer } = contractIn(world, contractId);
  const caps = known.get(buyer);
  if (!caps || windows.length === 0) return undefined;
  const id = `asked/${lead.id}/${contractId}`;
  const decision = holdRoom(caps, { id, atMs, windows });
  if (decision.kind !== 'denied') {
    applyOps(caps, [{ op: 'release', id, atMs }], atMs);
    return undefined;
  }
  return { contractId, reason: 'cap_reached', ...describeFull(world, buyer, decision) };
}

/** A denial in words, with the day until which it holds; and that instant. */
export function describeFull(
  { buyers }: World,
  buyerId: BuyerId,
  decision: CapDecision & { readonly kind: 'denied' },
): Pick<WhyNot, 'detail' | 'untilMs'> {
  // When it goes on is told with the day, below.
  const { pacedUntil: _, ...denied } = decision;
  const detail = describeDenial(denied);
  const untilMs = denied.room.endsAtMs;
  if (untilMs === null) return { detail };
  const until = dateAndTimeText(buyers[buyerId]?.timeZone ?? 'UTC', untilMs);
  return { detail: `${detail} until ${until}`, untilMs };
}
