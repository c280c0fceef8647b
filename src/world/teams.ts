// Unfolds teams: each member becomes a buyer of its own (`sales.ann`), and each contract of the
// team one for each member (`desk.ann`). Stages, caps, traces and reports then need to know of no
// teams. Ids of the document have no dots, so nothing can have such a name already.

import type { Contract } from '../domain/world/contract.ts';
import type { Buyer, World } from '../domain/world/world.ts';

/** The world in which members stand in place of their teams. */
export function unfoldTeams(world: World): World {
  const members = new Map(
    Object.entries(world.buyers).flatMap(([id, { members: named }]) =>
      named ? [[id, Object.keys(named)] as const] : [],
    ),
  );
  if (members.size === 0) return world;

  const namesOf = (contractId: string): readonly string[] | undefined => {
    const contract = Object.hasOwn(world.contracts, contractId)
      ? world.contracts[contractId]
      : undefined;
    return contract && members.get(contract.buyer);
  };
  return {
    ...world,
    buyers: unfold(world.buyers, buyersOf),
    contracts: unfold(world.contracts, (id, contract) => contractsOf(id, contract, namesOf(id))),
    campaigns: Object.fromEntries(
      Object.entries(world.campaigns).map(([id, campaign]) => {
        const routing = campaign.routing.map((stage) => ({
          ...stage,
          contracts: stage.contracts.flatMap(
            (contractId) =>
              namesOf(contractId)?.map((name) => `${contractId}.${name}`) ?? contractId,
          ),
        }));
        return [id, { ...campaign, routing }];
      }),
    ),
  };
}

function unfold<T>(
  map: Readonly<Record<string, T>>,
  each: (id: string, value: T) => readonly (readonly [string, T])[],
): Record<string, T> {
  return Object.fromEntries(Object.entries(map).flatMap(([id, value]) => each(id, value)));
}

function buyersOf(id: string, { members, ...team }: Buyer): [string, Buyer][] {
  if (!members) return [[id, team]];
  return Object.entries(members).map(([key, { name = key, available, schedule, caps }]) => [
    `${id}.${key}`,
    {
      ...team,
      name: `${team.name}: ${name}`,
      paused: team.paused || !available,
      caps,
      membership: { away: !available, schedule, teamCaps: team.caps },
    },
  ]);
}

function contractsOf(
  id: string,
  contract: Contract,
  names: readonly string[] | undefined,
): [string, Contract][] {
  if (!names) return [[id, contract]];
  return names.map((name) => [
    `${id}.${name}`,
    { ...contract, buyer: `${contract.buyer}.${name}`, name: `${contract.name}: ${name}` },
  ]);
}
