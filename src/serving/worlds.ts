// The versions of the world in memory: the current one, at most a second old, and those that leads
// in flight are pinned to.

import { LRUCache } from 'lru-cache';
import type { LoadedWorld } from '../activities/cases.ts';
import type { NextWorld, WorldApplied } from '../api/deps.ts';
import type { Pool } from '../db/pool.ts';
import {
  currentWorldVersion,
  findCurrentWorld,
  findWorld,
  recordWorld,
  type StoredWorld,
} from '../db/worlds.ts';
import type { World } from '../domain/world/world.ts';
import { createEligibility } from '../eligibility/explain.ts';
import { parseWorld } from '../world/parse.ts';
import { warnOfStep } from './world-step.ts';
import { refuseUnreachable, warnOfUnreachable } from './transfers/reachable.ts';
import { judge, type Judged } from './next-world.ts';

const REFRESH_EVERY_MS = 1_000;
const KEPT_VERSIONS = 20;

export type Worlds = Awaited<ReturnType<typeof openWorlds>>;

const NOTHING: World = {
  name: 'nothing applied yet',
  timeZone: 'America/New_York',
  paused: false,
  operators: {},
  verticals: {},
  campaigns: {},
  sources: {},
  buyers: {},
  contracts: {},
};

/**
 * Loads the current world and keeps it fresh. `operatorKeySha256` opens the door to an installation
 * that has no world, and so no operator, yet.
 */
export async function openWorlds(deps: {
  readonly pool: Pool;
  readonly operatorKeySha256?: string | undefined;
  readonly onError: (error: unknown) => void;
  /** A version other than the one before is in force. */
  readonly onChange?: (world: World) => void;
  /** What has to be there before the world is in force. */
  readonly prepare?: (world: World) => Promise<void>;
  /** Given: no world comes into force whose calls nobody could hear of. */
  readonly calls?: { readonly publicUrl: string | undefined };
}) {
  const { pool, operatorKeySha256: sha256 } = deps;
  const versions = new LRUCache<number, LoadedWorld>({ max: KEPT_VERSIONS });
  let opened = false;
  let current = load(0, NOTHING);

  function load(version: number, world: World): LoadedWorld {
    const installation = { name: 'installation', keys: sha256 ? [{ sha256 }] : [] };
    const operators = sha256 ? { ...world.operators, installation } : world.operators;
    const loaded = {
      version,
      world: { ...world, operators },
      eligibility: createEligibility(world),
    };
    versions.set(version, loaded);
    return loaded;
  }

  function loadStored({ version, document }: StoredWorld): LoadedWorld {
    const known = versions.get(version);
    if (known) return known;
    const parsed = parseWorld(document);
    // It was valid when it was applied: an older rule let it in, or the row was edited by hand.
    if (!parsed.ok) throw new Error(`world ${version} does not parse: ${parsed.errors[0]?.says}`);
    return load(version, parsed.world);
  }

  /** What was in force; nothing, if today's rules cannot read it. */
  function worldOf(stored: StoredWorld | undefined): World {
    if (!stored) return NOTHING;
    const known = versions.get(stored.version)?.world;
    if (known) return known;
    const parsed = parseWorld(stored.document);
    return parsed.ok ? parsed.world : NOTHING;
  }

  function judgeHere(next: NextWorld, stored: StoredWorld | undefined): Judged {
    const judged = judge(next, stored, Date.now());
    if (judged.kind !== 'right' || !deps.calls) return judged;
    const { publicUrl } = deps.calls;
    const errors = refuseUnreachable(judged.world, { publicUrl, before: () => worldOf(stored) });
    return errors.length > 0 ? { kind: 'invalid', errors } : judged;
  }

  // One at a time: of two, the one that read the older version might set it last.
  let refreshed = Promise.resolve();
  const refresh = () => (refreshed = refreshed.catch(() => undefined).then(refreshNow));

  async function refreshNow(): Promise<void> {
    if ((await currentWorldVersion(pool)) === current.version) return;
    const stored = await findCurrentWorld(pool);
    if (!stored) return;
    current = loadStored(stored);
    if (opened) deps.onChange?.(current.world);
  }

  // One connection at most waits for its turn among all processes; leads need the others.
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn(work: () => Promise<WorldApplied>): Promise<WorldApplied> {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function applyNow(next: NextWorld): Promise<WorldApplied> {
    // Before the lock, since both may take long: whoever is faster has prepared what is theirs.
    const before = await findCurrentWorld(pool);
    let judged = judgeHere(next, before);
    if (judged.kind !== 'right') return judged;
    await deps.prepare?.(judged.world);
    let replaced = before;
    const recorded = await recordWorld(pool, (stored) => {
      if (stored?.version !== before?.version) judged = judgeHere(next, stored);
      replaced = stored;
      return judged.kind === 'right' ? judged.made : undefined;
    });
    if (judged.kind !== 'right') return judged;
    const { version, isNew } = recorded;
    if (!isNew) return { kind: 'unchanged', version };
    // What was just parsed need not be read and parsed again.
    if (!versions.has(version)) load(version, judged.world);
    await refresh();
    const { changes, warnings } = judged;
    // It is applied: what cannot be counted now must not make it look as if it were not.
    const ofStep = await warnOfStep(pool, worldOf(replaced), judged.world).catch(
      (error: unknown) => {
        deps.onError(error);
        return [];
      },
    );
    return { kind: 'applied', version, changes, warnings: [...warnings, ...ofStep] };
  }

  await refresh();
  opened = true;
  const unreachable = deps.calls && warnOfUnreachable(current.world, deps.calls.publicUrl);
  if (unreachable) deps.onError(unreachable);
  const timer = setInterval(() => void refresh().catch(deps.onError), REFRESH_EVERY_MS).unref();

  return {
    refresh,
    current: () => current,
    close: () => clearInterval(timer),

    /** One version. Throws if it was never applied. */
    async at(version: number): Promise<LoadedWorld> {
      const known = versions.get(version);
      if (known) return known;
      const stored = await findWorld(pool, version);
      if (!stored) throw new Error(`no world ${version}`);
      return loadStored(stored);
    },

    /** Applies a change as a new version, whole or not at all; `dry_run` changes nothing. */
    async apply(next: NextWorld): Promise<WorldApplied> {
      if (next.mode === 'apply') return inTurn(() => applyNow(next));
      const before = await findCurrentWorld(pool);
      const judged = judgeHere(next, before);
      if (judged.kind !== 'right') return judged;
      const { changes, warnings } = judged;
      const ofStep = await warnOfStep(pool, worldOf(before), judged.world);
      return { kind: 'dry_run', changes, warnings: [...warnings, ...ofStep] };
    },
  };
}
