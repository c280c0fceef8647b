// The lists of a world's filters, each kept once however many contracts use it: 1,000 contracts
// that share 40,000 zips would otherwise hold 40 million entries. Lives while a world is compiled.

import type { FieldType, FieldValue } from '../../domain/world/world.ts';
import { ZipSet } from '../places/zip-set.ts';

/** A short list is not worth the key by which it would be found again. */
const WORTH_SHARING = 100;

type IsListed = (fact: FieldValue | undefined) => boolean;
export type ValueLists = ReturnType<typeof createValueLists>;

/** Starts an empty collection. One for a whole world: lists are told apart by what they hold. */
export function createValueLists() {
  const sets = new Map<string, unknown>();

  function shared<List>(kind: string, values: readonly FieldValue[], build: () => List): List {
    if (values.length < WORTH_SHARING) return build();
    const key = `${kind}:${JSON.stringify(values)}`;
    const known = sets.get(key) as List | undefined; // The kind decides what is built.
    if (known !== undefined) return known;
    const built = build();
    sets.set(key, built);
    return built;
  }

  return {
    /** Says whether a fact is one of the values. Of zips the first five digits count. */
    holding(values: readonly FieldValue[], type: FieldType | undefined): IsListed {
      if (type === 'zip') {
        const zips = shared('zips', values, () => ZipSet.of(values.map(String)));
        return isInZips(zips);
      }
      const set = shared('values', values, () => new Set(values.map(folded)));
      return isInSet(set);
    },

    /** The zips of entries such as `787*`. */
    zipSet(entries: readonly string[]): ZipSet {
      return shared('zips', entries, () => ZipSet.of(entries));
    },
  };
}

// Made out here, so that a compiled filter holds on to its own lists and to no others.
function isInZips(zips: ZipSet): IsListed {
  return (fact) => typeof fact === 'string' && zips.has(fact);
}

function isInSet(set: ReadonlySet<FieldValue>): IsListed {
  return (fact) => fact !== undefined && set.has(folded(fact));
}

/** A value as it is compared: text in lower case. */
export function folded(value: FieldValue): FieldValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
