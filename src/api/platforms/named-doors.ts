// The doors of one platform with their names, and the secrets that they refer to.

import type { SourceId } from '../../domain/ids.ts';
import type { Door } from '../../domain/world/door.ts';
import type { LoadedWorld } from '../../intake/submission.ts';
import type { ApiDeps } from '../deps.ts';

export interface NamedDoor {
  readonly sourceId: SourceId;
  readonly name: string;
  readonly door: Door;
}

export function listDoors({ world }: LoadedWorld, format: Door['format']): readonly NamedDoor[] {
  return Object.entries(world.sources).flatMap(([sourceId, { doors }]) =>
    Object.entries(doors).flatMap(([name, door]) =>
      door.format === format ? [{ sourceId, name, door }] : [],
    ),
  );
}

/** Each secret once, by its reference; those that are not set are left out, and said to the log. */
export async function readSecrets(
  { readSecret, log }: ApiDeps,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const secrets = new Map<string, string>();
  for (const reference of new Set(references)) {
    const secret = await readSecret(reference);
    if (secret) secrets.set(reference, secret);
    else log.error({ secret: reference }, 'a secret of a door is not set');
  }
  return secrets;
}
