// The versions of the world in memory: the current one, at most a second old, and those that leads
// in flight are pinned to.

import { LRUCache } from 'lru-cache';
import type { LoadedWorld } from '../activities/cases.ts';
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
import { diffWorlds } from '../world/diff.ts';
import { digestOf } from '../world/digest.ts';
import type { WorldChange, WorldIssue } from '../world/issues.ts';
import { parseWorld } from '../world/parse.ts';

const REFRESH_EVERY_MS = 1_000;
const KEPT_VERSIONS = 20;

export type Applied =
  | {
      readonly kind: 'applied';
      readonly version: number;
      readonly changes: readonly WorldChange[];
      readonly warnings: readonly WorldIssue[];
    }
  | {
      readonly kind: 'dry_run';
      readonly changes: readonly WorldChange[];
      readonly warnings: readonly WorldIssue[];
    }
  | { readonly kind: 'unchanged'; readonly version: number }
  | { readonly kind: 'invalid'; readonly errors: readonly WorldIssue[] };

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

  async function refresh(): Promise<void> {
    if ((await currentWorldVersion(pool)) === current.version) return;
    const stored = await findCurrentWorld(pool);
    if (!stored) return;
    current = loadStored(stored);
    if (opened) deps.onChange?.(current.world);
  }

  await refresh();
  opened = true;
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

    /** Applies a document as a new version, whole or not at all; `dry_run` changes nothing. */
    async apply(document: unknown, by: string, mode: 'apply' | 'dry_run'): Promise<Applied> {
      const parsed = parseWorld(document);
      if (!parsed.ok) return { kind: 'invalid', errors: parsed.errors };
      const before = await findCurrentWorld(pool);
      const changes = diffWorlds(before?.document ?? {}, document);
      const { warnings, world } = parsed;
      if (mode === 'dry_run') return { kind: 'dry_run', changes, warnings };
      await deps.prepare?.(world);
      const digest = digestOf(document);
      const paused = listPaused(world);
      const { version, isNew } = await recordWorld(pool, { document, digest, by, paused });
      await refresh();
      return isNew
        ? { kind: 'applied', version, changes, warnings }
        : { kind: 'unchanged', version };
    },
  };
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
