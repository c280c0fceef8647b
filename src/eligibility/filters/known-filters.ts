// The filters of a vertical, each compiled once and asked once per lead however many contracts have
// it: of 1,000 contracts many want the same states. Lives as long as the compiled world.

import type { Filter } from '../../domain/world/filter.ts';
import type { Facts } from '../facts.ts';
import type { CompiledFilter, FilterVerdict } from './filter.ts';

/** A longer list is not worth the key by which it would be found again. */
const LONGEST_LIST = 100;

export type KnownFilters = ReturnType<typeof createKnownFilters>;

/** Starts an empty collection. One for each vertical: a filter means something only there. */
export function createKnownFilters() {
  const byKey = new Map<string, CompiledFilter>();
  const numbers = new Map<CompiledFilter, number>();

  return {
    /** The filter of that key, compiled now if it is new; without a key, one of its own. */
    once(key: string | undefined, compile: () => CompiledFilter): CompiledFilter {
      if (key === undefined) return compile();
      const known = byKey.get(key);
      if (known) return known;
      const added = remembering(compile());
      byKey.set(key, added);
      numbers.set(added, numbers.size);
      return added;
    },

    /** What a combination is known by: its parts, if all of them are known. */
    keyOf(kind: 'all' | 'any', parts: readonly CompiledFilter[]): string | undefined {
      const of = parts.map((part) => numbers.get(part));
      return of.includes(undefined) ? undefined : `${kind} ${of.join(' ')}`;
    },
  };
}

/** What a test, or the opposite of a filter, is known by. */
export function keyOfFilter(filter: Filter & { kind: 'test' | 'not' }): string | undefined {
  const { kind } = filter;
  if (kind === 'not') {
    const { of } = filter;
    const key = of.kind === 'test' ? keyOfFilter(of) : undefined;
    return key && `not ${key}`;
  }
  const { test } = filter;
  const listed = 'values' in test ? test.values.length : 'zips' in test ? test.zips.length : 0;
  return listed > LONGEST_LIST ? undefined : JSON.stringify(filter);
}

/** Contracts are asked one after the other about one lead, so its verdict is all that is kept. */
function remembering(matches: CompiledFilter): CompiledFilter {
  let last: { readonly facts: Facts; readonly verdict: FilterVerdict } | undefined;
  return (facts) => {
    if (last?.facts !== facts) last = { facts, verdict: matches(facts) };
    return last.verdict;
  };
}
