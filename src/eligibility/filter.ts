// Does a contract want this lead: a filter, compiled once, and the sentence that says why not.
//
// Text is compared without regard to case. A fact that is missing fails every test but `is_not`,
// `not_in` and `exists: false`: nothing is known to be what the test asks for. `all` of nothing is
// true, `any` of nothing is false. `matches` finds its RE2 pattern anywhere in the text.

import { RE2JS } from 're2js';

import type { Filter, FilterTest } from '../domain/world/filter.ts';
import type { FieldValue } from '../domain/world/world.ts';
import type { Facts } from './facts.ts';

export type FilterVerdict = { readonly ok: true } | { readonly ok: false; readonly detail: string };
export type CompiledFilter = (facts: Facts) => FilterVerdict;

const OK: FilterVerdict = { ok: true };
/** What a detail quotes of a long list, and how many of several failed branches it names. */
const QUOTED_VALUES = 5;
const QUOTED_BRANCHES = 3;

/**
 * Compiles a filter, so that a list of 40,000 zips is one look-up. The detail of a failure names
 * the field, the fact and the limit: `state is "NV", wants one of TX, OK`. The value of a field
 * that is in `personal` is never quoted. Throws on a pattern that RE2 refuses; the world refuses it
 * first.
 */
export function compileFilter(filter: Filter, personal: ReadonlySet<string>): CompiledFilter {
  switch (filter.kind) {
    case 'all': {
      const parts = filter.of.map((part) => compileFilter(part, personal));
      return (facts) => {
        for (const part of parts) {
          const verdict = part(facts);
          if (!verdict.ok) return verdict;
        }
        return OK;
      };
    }
    case 'any':
      return compileAny(filter.of, personal);
    case 'not': {
      const part = compileFilter(filter.of, personal);
      const detail = `must not hold: ${describeFilter(filter.of)}`;
      return (facts) => (part(facts).ok ? { ok: false, detail } : OK);
    }
    case 'test':
      return compileTest(filter.field, filter.test, personal.has(filter.field));
  }
}

function compileAny(of: readonly Filter[], personal: ReadonlySet<string>): CompiledFilter {
  const parts = of.map((part) => compileFilter(part, personal));
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

function compileTest(field: string, test: FilterTest, isPersonal: boolean): CompiledFilter {
  const holds = compileHolds(test);
  const wants = describeTest(test);
  return (facts) => {
    const fact = facts.get(field);
    if (holds(fact)) return OK;
    return { ok: false, detail: `${field} ${said(fact, isPersonal)}, wants ${wants}` };
  };
}

function said(fact: FieldValue | undefined, isPersonal: boolean): string {
  if (fact === undefined) return 'is missing';
  return isPersonal ? 'does not fit (its value is personal)' : `is ${JSON.stringify(fact)}`;
}

type Holds = (fact: FieldValue | undefined) => boolean;

function compileHolds(test: FilterTest): Holds {
  switch (test.op) {
    case 'is':
    case 'is_not': {
      const value = folded(test.value);
      const same: Holds = (fact) => fact !== undefined && folded(fact) === value;
      return test.op === 'is' ? same : (fact) => !same(fact);
    }
    case 'in':
    case 'not_in': {
      const values = new Set(test.values.map(folded));
      const listed: Holds = (fact) => fact !== undefined && values.has(folded(fact));
      return test.op === 'in' ? listed : (fact) => !listed(fact);
    }
    case 'exists':
      return (fact) => (fact !== undefined) === test.value;
    case 'at_least':
    case 'at_most':
    case 'above':
    case 'below':
      return compileOrder(test.op, test.value);
    case 'contains':
    case 'starts_with':
    case 'matches':
      return compileText(test.op, test.value);
  }
}

type OrderOp = 'at_least' | 'at_most' | 'above' | 'below';

/** Numbers by size, ISO dates by their text; a number and a text have no order. */
function compileOrder(op: OrderOp, limit: number | string): Holds {
  const fits = {
    at_least: (fact: number | string) => fact >= limit,
    at_most: (fact: number | string) => fact <= limit,
    above: (fact: number | string) => fact > limit,
    below: (fact: number | string) => fact < limit,
  }[op];
  return (fact) => typeof fact === typeof limit && typeof fact !== 'boolean' && fits(fact ?? '');
}

function compileText(op: 'contains' | 'starts_with' | 'matches', value: string): Holds {
  if (op === 'matches') {
    const pattern = RE2JS.compile(value);
    return (fact) => typeof fact === 'string' && pattern.matcher(fact).find();
  }
  const wanted = value.toLowerCase();
  return op === 'contains'
    ? (fact) => typeof fact === 'string' && fact.toLowerCase().includes(wanted)
    : (fact) => typeof fact === 'string' && fact.toLowerCase().startsWith(wanted);
}

function folded(value: FieldValue): FieldValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** A filter in one line, for people: `all of (state is one of TX, OK; age is at least 25)`. */
export function describeFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'all':
    case 'any': {
      const parts = filter.of.slice(0, QUOTED_BRANCHES).map(describeFilter);
      if (filter.of.length > parts.length) parts.push(`${filter.of.length - parts.length} more`);
      return `${filter.kind} of (${parts.join('; ')})`;
    }
    case 'not':
      return `not (${describeFilter(filter.of)})`;
    case 'test':
      return `${filter.field} is ${describeTest(filter.test)}`;
  }
}

function describeTest(test: FilterTest): string {
  switch (test.op) {
    case 'is':
      return JSON.stringify(test.value);
    case 'is_not':
      return `anything but ${JSON.stringify(test.value)}`;
    case 'in':
      return `one of ${quoted(test.values)}`;
    case 'not_in':
      return `none of ${quoted(test.values)}`;
    case 'exists':
      return test.value ? 'any value' : 'no value';
    case 'contains':
    case 'starts_with':
    case 'matches':
      return `text that ${test.op.replace('_', ' ')} ${JSON.stringify(test.value)}`;
    case 'at_least':
    case 'at_most':
    case 'above':
    case 'below':
      return `${test.op.replace('_', ' ')} ${test.value}`;
  }
}

function quoted(values: readonly FieldValue[]): string {
  const some = values.slice(0, QUOTED_VALUES).join(', ');
  return values.length > QUOTED_VALUES ? `${some} and ${values.length - QUOTED_VALUES} more` : some;
}
