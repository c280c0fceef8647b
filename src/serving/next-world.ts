// The next version of the world: made from the one in force and held against all rules. Pure: who
// stores it is worlds.ts.

import type { NextWorld } from '../api/deps.ts';
import type { NewWorld, StoredWorld } from '../db/worlds.ts';
import type { World } from '../domain/world/world.ts';
import { affectedCampaigns } from '../world/affected.ts';
import { diffWorlds, summaryOf } from '../world/diff.ts';
import { digestOf } from '../world/digest.ts';
import type { WorldChange, WorldIssue } from '../world/issues.ts';
import { parseWorld } from '../world/parse.ts';

export type Judged =
  | { readonly kind: 'invalid'; readonly errors: readonly WorldIssue[] }
  | {
      readonly kind: 'right';
      readonly made: NewWorld;
      readonly world: World;
      readonly changes: readonly WorldChange[];
      readonly warnings: readonly WorldIssue[];
    };

/** Makes the next version and holds it against all rules. */
export function judge(
  { by, note, make }: NextWorld,
  stored: Pick<StoredWorld, 'version' | 'document'> | undefined,
  nowMs: number,
): Judged {
  const document = make({ version: stored?.version ?? 0, document: stored?.document });
  const parsed = parseWorld(document, nowMs);
  if (!parsed.ok) return { kind: 'invalid', errors: parsed.errors };
  const { world, warnings } = parsed;
  const changes = diffWorlds(stored?.document ?? {}, document);
  const summary = [note, summaryOf(changes)].filter(Boolean).join(': ');
  const made = {
    ...{ document, digest: digestOf(document), by, summary },
    paused: listPaused(world),
    wakes: affectedCampaigns(changes, world),
  };
  return { kind: 'right', made, world, changes, warnings };
}

/** What a world pauses, by the names under which a claim looks. */
function listPaused(world: World): string[] {
  const kinds = {
    campaign: world.campaigns,
    source: world.sources,
    buyer: world.buyers,
    contract: world.contracts,
  };
  const named = Object.entries(kinds).flatMap(([kind, all]) =>
    Object.entries(all)
      .filter(([, { paused }]) => paused)
      .map(([id]) => `${kind}/${id}`),
  );
  return world.paused ? ['all', ...named] : named;
}
