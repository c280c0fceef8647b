// Suppression lists in memory, for the HTTP application: one entry for each list, kind and hash.

import type { Suppressions } from '../../src/api/deps.ts';
import type { Addition } from '../../src/db/suppressions/add.ts';
import type { SuppressionDeed, SuppressionEntry } from '../../src/db/suppressions/read.ts';

const AT = new Date(0);

export function suppressionsInMemory(): Suppressions {
  const lists = new Map<string, Map<string, SuppressionEntry>>();
  const deeds: SuppressionDeed[] = [];
  const keysOf = ({ kind, hashes }: Pick<Addition, 'kind' | 'hashes'>) => {
    const all = Array.from({ length: hashes.length / 16 }, (_, index) =>
      keyOf(kind, hashes.subarray(index * 16, index * 16 + 16)),
    );
    return [...new Set(all)];
  };
  const keyOf = (kind: string, hash: Buffer) => `${kind} ${hash.toString('hex')}`;
  const note = (deed: Pick<SuppressionDeed, 'by' | 'action' | 'list' | 'entries'>) => {
    const rest = { kind: null, hashes: null, renewed: 0, expiresAt: null, origin: null };
    deeds.unshift({ ...rest, no: deeds.length + 1, at: AT, ...deed });
  };
  return {
    async add(addition) {
      const { list, kind, campaignId, expiresAt, by, origin, action } = addition;
      const entries = lists.get(list) ?? new Map<string, SuppressionEntry>();
      const holds = [...entries.values()][0]?.campaignId ?? campaignId;
      if (holds !== campaignId) return { kind: 'other_scope', campaignId: holds };
      lists.set(list, entries);
      const fresh = keysOf(addition).filter((key) => !entries.has(key));
      for (const key of fresh) {
        entries.set(key, {
          ...{ list, campaignId, kind, expiresAt, addedAt: AT, addedBy: by, origin },
        });
      }
      note({ by, action, list, entries: fresh.length });
      return { kind: 'added', added: fresh.length, renewed: 0 };
    },
    async count(of) {
      const keys = keysOf(of);
      const known = keys.filter((key) => lists.get(of.list)?.has(key)).length;
      return { distinct: keys.length, known };
    },
    async find(kind, hashes) {
      const keys = hashes.map((hash) => keyOf(kind, hash));
      return [...lists.values()].flatMap((entries) =>
        keys.flatMap((key) => entries.get(key) ?? []),
      );
    },
    async lists({ after, limit }) {
      return [...lists]
        .filter(([list]) => list > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([list, entries]) => {
          const campaignId = [...entries.values()][0]?.campaignId ?? null;
          return { list, campaignId, entries: entries.size, createdBy: 'ada', createdAt: AT };
        });
    },
    async remove({ list, kind, hash, by }) {
      const gone = lists.get(list)?.delete(keyOf(kind, hash)) ?? false;
      if (gone) note({ by, action: 'remove', list, entries: 1 });
      return gone;
    },
    async removeList({ list, by }) {
      const size = lists.get(list)?.size;
      lists.delete(list);
      if (size !== undefined) note({ by, action: 'remove_list', list, entries: size });
      return size;
    },
    deeds: async ({ before, limit }) =>
      deeds.filter(({ no }) => no < (before ?? Infinity)).slice(0, limit),
  };
}
