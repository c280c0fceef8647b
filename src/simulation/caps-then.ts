// Which caps are known to be full when a stage is routed. Where they are used as they were, a
// contract that was passed by as full is so again, unless it may take more; else what is used
// counts.

import type { ContractId } from '../domain/ids.ts';
import type { StageRoute } from '../domain/lead.ts';
import { cents } from '../domain/money.ts';
import type { FullCap, Live } from '../eligibility/explain.ts';
import { fullCapsOf } from '../routing/explain.ts';
import type { Rules } from '../routing/stage.ts';
import type { Asking } from './round.ts';
import { type ComparedRoom, compareRoom, type Room } from './room.ts';

/** The route that was recorded for a stage, and the world that it was decided by. */
export interface RouteThen {
  readonly route: StageRoute;
  readonly rules: Rules;
}

/** What is remembered as full while a lead is routed. */
export function liveOf(
  rules: Rules,
  room: Room,
  at: { readonly asking: Asking; readonly then: RouteThen | undefined },
): Live {
  const { asking, then } = at;
  const compare = once((contractId: ContractId): ComparedRoom => {
    const isThere = ({ world }: Rules) => Object.hasOwn(world.contracts, contractId);
    if (!then || !isThere(rules) || !isThere(then.rules)) return NEITHER;
    const windows = windowsAt(rules, contractId, asking);
    if (!room.isAsRecorded(windows)) return NEITHER;
    return compareRoom(windows, windowsAt(then.rules, contractId, asking));
  });
  let full: Live | undefined;
  const fullThen = (): Live => {
    if (full) return full;
    const refused = then?.route.refused.filter(
      ({ contractId, reason }) => reason === 'cap_reached' && compare(contractId).asLittle,
    );
    return (full = fullCapsOf({ refused: refused ?? [] }));
  };
  let open: ReadonlySet<string> | undefined;
  const openThen = (): ReadonlySet<string> => {
    if (open) return open;
    const { order = [], rest = [] } = then?.route ?? {};
    const asked = [...order, ...rest.flatMap(({ contracts }) => contracts)];
    const still = asked.filter((contractId) => compare(contractId).asMuch);
    return (open = new Set(
      still.flatMap((id) => windowsAt(rules, id, asking).map(({ key }) => key)),
    ));
  };
  return {
    deniedKey(key, limit, leastCents): FullCap | undefined {
      const told = fullThen().deniedKey(key, limit, leastCents);
      if (told) return told;
      const found = room.fullAt(key, limit, asking.atMs);
      return found && !openThen().has(key) ? found : undefined;
    },
  };
}

/** A bid takes a cent, at least. */
function windowsAt({ world, eligibility }: Rules, contractId: ContractId, asking: Asking) {
  const { lead, score, atMs } = asking;
  const priceCents = world.contracts[contractId]?.priceCents ?? cents(1);
  return eligibility.capWindows(contractId, { lead, score, atMs, priceCents, routedAtMs: atMs });
}

const NEITHER: ComparedRoom = { asMuch: false, asLittle: false };

function once<Value>(find: (id: ContractId) => Value): (id: ContractId) => Value {
  const known = new Map<ContractId, Value>();
  return (id) => {
    const found = known.get(id) ?? find(id);
    known.set(id, found);
    return found;
  };
}
