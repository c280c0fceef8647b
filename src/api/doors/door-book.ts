// Which door of which source a request came through: by format, account and password.

import type { SourceId } from '../../domain/ids.ts';
import type { Door } from '../../domain/world/door.ts';
import type { World } from '../../domain/world/world.ts';
import type { LoadedWorld } from '../../intake/submission.ts';
import { isOneOf } from '../http/auth.ts';

export interface OpenDoor {
  readonly sourceId: SourceId;
  readonly door: Door;
}

/** Finds the door; undefined for an unknown account and for a wrong password alike. */
export type FindDoor = (
  format: Door['format'],
  by: { readonly account: string; readonly key: string | null },
) => OpenDoor | undefined;

/** Doors are those of the world in force: a revoked password fails with the next version. */
export function createFindDoor(currentWorld: () => LoadedWorld): FindDoor {
  let known: { readonly world: World; readonly doors: Doors } | undefined;
  return (format, { account, key }) => {
    const { world } = currentWorld();
    if (known?.world !== world) known = { world, doors: doorsOf(world) };
    const here = known.doors.get(nameOf(format, account)) ?? [];
    return here.find(({ door }) => door.keys.length === 0 || isOneOf(door.keys, key ?? ''));
  };
}

type Doors = ReadonlyMap<string, readonly OpenDoor[]>;

function doorsOf({ sources }: World): Doors {
  const doors = new Map<string, OpenDoor[]>();
  for (const [sourceId, source] of Object.entries(sources)) {
    for (const door of Object.values(source.doors)) {
      const name = nameOf(door.format, door.account);
      doors.set(name, [...(doors.get(name) ?? []), { sourceId, door }]);
    }
  }
  return doors;
}

// Clients write ids in either case.
const nameOf = (format: Door['format'], account: string) => `${format} ${account.toLowerCase()}`;
