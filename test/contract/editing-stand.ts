// The HTTP application over versions of a world that are kept in memory, judged as in production.

import { judge } from '../../src/serving/next-world.ts';
import { call, type Answer, type Stand, startStand } from './api-stand.ts';
import { smallDocument } from './world-document.ts';

export interface EditingStand extends Stand {
  /** One request of the operator. */
  ask(address: string, more?: Parameters<typeof call>[2]): Promise<Answer>;
  /** The newest document. */
  document(): Record<string, Record<string, Record<string, unknown>>>;
  readonly versions: StoredVersion[];
}

interface StoredVersion {
  readonly version: number;
  readonly document: unknown;
  readonly digest: string;
  readonly appliedBy: string;
  readonly appliedAt: Date;
  readonly summary: string | null;
}

/** Starts with `document` as version 1; with null, as before the first. */
export async function startEditing(document: unknown = smallDocument()): Promise<EditingStand> {
  const versions: StoredVersion[] = [];
  const store = (next: Omit<StoredVersion, 'version' | 'appliedAt'>) =>
    versions.push({ ...next, version: versions.length + 1, appliedAt: new Date(0) });
  if (document !== null) store({ document, digest: '', appliedBy: 'cli', summary: null });

  const stand = await startStand({
    findWorldDocument: async (version = versions.length) => versions[version - 1],
    listWorlds: async ({ before, limit }) =>
      versions
        .toReversed()
        .filter(({ version }) => before === null || version < before)
        .slice(0, limit),
    applyWorld: async (next) => {
      const judged = judge(next, versions.at(-1), Date.now());
      if (judged.kind !== 'right') return judged;
      const { made, changes, warnings } = judged;
      if (next.mode === 'dry_run') return { kind: 'dry_run', changes, warnings };
      if (changes.length === 0) return { kind: 'unchanged', version: versions.length };
      const { digest, by, summary = null } = made;
      // As it comes back from the database.
      const stored: unknown = JSON.parse(JSON.stringify(made.document));
      store({ document: stored, digest, appliedBy: by, summary });
      return { kind: 'applied', version: versions.length, changes, warnings };
    },
  });
  return Object.assign(stand, {
    versions,
    document: () => versions.at(-1)?.document as ReturnType<EditingStand['document']>,
    ask: (address: string, more: Parameters<typeof call>[2] = {}) =>
      call(stand, address, { by: 'operator', ...more }),
  });
}
