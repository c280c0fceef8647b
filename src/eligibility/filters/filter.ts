// Does a contract want this lead: a filter, compiled once, and the sentence that says why not.
// `all` of nothing is true, `any` of nothing is false. What a test means: operators.ts.

import type { Filter, FilterTest } from '../../domain/world/filter.ts';
import type { FieldType, FieldValue } from '../../domain/world/world.ts';
import type { Facts } from '../facts.ts';
import { describeFilter, describeTest, QUOTED_BRANCHES } from './filter-words.ts';
import { type KnownFilters, keyOfFilter } from './known-filters.ts';
import { compileTest } from './operators.ts';
import { milesBetween, pointOf, pointOfZip } from '../places/points.ts';
import type { ValueLists } from './value-lists.ts';

export type FilterVerdict = { readonly ok: true } | { readonly ok: false; readonly detail: string };
export type CompiledFilter = (facts: Facts) => FilterVerdict;

/** What a filter is compiled with. */
export interface FilterSetting {
  /** The type of each fact that is known to the vertical. */
  readonly types: ReadonlyMap<string, FieldType>;
  /** The facts whose values no detail may quote. */
  readonly personal: ReadonlySet<string>;
  /** One collection for all filters of a world. */
  readonly lists: ValueLists;
  readonly known: KnownFilters;
}

const OK: FilterVerdict = { ok: true };

/**
 * Compiles a filter, so that a list of 40,000 zips is one look-up. The detail of a failure names
 * the field, the fact and the limit: `state is "NV", wants one of TX, OK`. The value of a fact that
 * is personal is never quoted. Throws on a pattern that RE2 refuses or a circle without a place;
 * the world refuses them first.
 */
export function compileFilter(filter: Filter, setting: FilterSetting): CompiledFilter {
  switch (filter.kind) {
    case 'all':
    case 'any': {
      const { kind } = filter;
      const parts = filter.of.map((part) => compileFilter(part, setting));
      const compile = kind === 'all' ? compileAll : compileAny;
      return setting.known.once(setting.known.keyOf(kind, parts), () => compile(parts));
    }
    case 'not':
      return setting.known.once(keyOfFilter(filter), () => compileNot(filter.of, setting));
    case 'test':
      return setting.known.once(keyOfFilter(filter), () => compileOne(filter, setting));
  }
}

function compileAll(parts: readonly CompiledFilter[]): CompiledFilter {
  return (facts) => {
    for (const part of parts) {
      const verdict = part(facts);
      if (!verdict.ok) return verdict;
    }
    return OK;
  };
}

function compileOne(filter: Filter & { kind: 'test' }, setting: FilterSetting): CompiledFilter {
  const { field, test } = filter;
  const holds = compileTest(test, { type: setting.types.get(field), lists: setting.lists });
  const say = saying(filter, setting);
  const wants = describeTest(test);
  return (facts) => {
    const fact = facts.get(field);
    return holds(fact) ? OK : { ok: false, detail: `${say(fact)}, wants ${wants}` };
  };
}

function compileAny(parts: readonly CompiledFilter[]): CompiledFilter {
  return (facts) => {
    const failures: string[] = [];
    for (const part of parts) {
      const verdict = part(facts);
      if (verdict.ok) return OK;
      if (failures.length < QUOTED_BRANCHES) failures.push(verdict.detail);
    }
    if (failures.length === 0) return { ok: false, detail: 'wants one of no alternatives' };
    if (parts.length > failures.length) failures.push(`${parts.length - failures.length} more`);
    return { ok: false, detail: `no alternative holds: ${failures.join('; ')}` };
  };
}

function compileNot(of: Filter, setting: FilterSetting): CompiledFilter {
  const part = compileFilter(of, setting);
  if (of.kind !== 'test') {
    const detail = `must not hold: ${describeFilter(of)}`;
    return (facts) => (part(facts).ok ? { ok: false, detail } : OK);
  }
  const say = saying(of, setting);
  const wants = describeTest(of.test);
  return (facts) => {
    if (!part(facts).ok) return OK;
    return { ok: false, detail: `${say(facts.get(of.field))}, must not be ${wants}` };
  };
}

/** How a detail tells a fact: `state is "NV"`, `zip is "75201", 182.3 miles away`. */
function saying(
  { field, test }: Filter & { kind: 'test' },
  { personal }: FilterSetting,
): (fact: FieldValue | undefined) => string {
  const isPersonal = personal.has(field);
  return (fact) => {
    if (fact === undefined) return `${field} is missing`;
    if (isPersonal) return `${field} does not fit (its value is personal)`;
    const away = test.op === 'within' ? `, ${distanceOf(fact, test)}` : '';
    return `${field} is ${JSON.stringify(fact)}${away}`;
  };
}

function distanceOf(fact: FieldValue, { of }: FilterTest & { op: 'within' }): string {
  const [centre, point] = [pointOf(of), pointOfZip(String(fact))];
  if (!centre || !point) return 'a place that nobody knows';
  return `${milesBetween(centre, point).toFixed(1)} miles away`;
}
