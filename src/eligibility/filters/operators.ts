// Whether one fact passes one test of a filter. Text is compared without regard to case. A fact
// that is missing passes only `is_not`, `not_in` and `exists: false`: nothing is known to be what
// the test asks for.

import { RE2JS } from 're2js';

import { type Span, spanOf } from '../../domain/fields/range.ts';
import type { FilterTest, Whole } from '../../domain/world/filter.ts';
import { statesOf } from '../../domain/world/regions.ts';
import type { FieldType, FieldValue } from '../../domain/world/world.ts';
import { milesBetween, pointOf, pointOfZip } from '../places/points.ts';
import type { ValueLists } from './value-lists.ts';

export type Holds = (fact: FieldValue | undefined) => boolean;

/** What the fact is, where the world says it, and where long lists are kept once. */
export interface TestedFact {
  readonly type: FieldType | undefined;
  readonly lists: ValueLists;
}

/** Compiles a test. Throws on a pattern or a zip that the world's checks refuse. */
export function compileTest(test: FilterTest, fact: TestedFact): Holds {
  switch (test.op) {
    case 'is':
    case 'is_not':
      return either(test.op === 'is', fact.lists.holding([test.value], fact.type));
    case 'in':
    case 'not_in':
      return either(test.op === 'in', fact.lists.holding(test.values, fact.type));
    case 'exists':
      return (value) => (value !== undefined) === test.value;
    case 'at_least':
    case 'at_most':
    case 'above':
    case 'below':
      return fact.type === 'range'
        ? compileSpan(test.op, Number(test.value))
        : compileOrder(test.op, test.value);
    case 'contains':
      return onText(finder(test.value, test.whole));
    case 'contains_any':
    case 'contains_all': {
      const finders = test.values.map((value) => finder(value, test.whole));
      return test.op === 'contains_any'
        ? onText((text) => finders.some((isIn) => isIn(text)))
        : onText((text) => finders.every((isIn) => isIn(text)));
    }
    case 'starts_with': {
      const wanted = test.value.toLowerCase();
      return onText((text) => text.startsWith(wanted));
    }
    case 'matches': {
      const pattern = RE2JS.compile(test.value);
      return (value) => typeof value === 'string' && pattern.matcher(value).find();
    }
    case 'in_zips': {
      const zips = fact.lists.zipSet(test.zips);
      return (value) => typeof value === 'string' && zips.has(value);
    }
    case 'within':
      return compileWithin(test);
    case 'in_region': {
      const states = new Set(test.regions.flatMap(statesOf));
      return (value) => typeof value === 'string' && states.has(value.toUpperCase());
    }
  }
}

function either(wanted: boolean, holds: Holds): Holds {
  return wanted ? holds : (value) => !holds(value);
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

/** The whole range lies on that side of the limit: an open one is at most nothing. */
function compileSpan(op: OrderOp, limit: number): Holds {
  const fits = {
    at_least: ({ min }: Span) => min >= limit,
    at_most: ({ max = Infinity }: Span) => max <= limit,
    above: ({ min }: Span) => min > limit,
    below: ({ max = Infinity }: Span) => max < limit,
  }[op];
  return (fact) => {
    const span = typeof fact === 'string' ? spanOf(fact) : undefined;
    return span !== undefined && fits(span);
  };
}

/** Asks a text in lower case. */
function onText(holds: (text: string) => boolean): Holds {
  return (fact) => typeof fact === 'string' && holds(fact.toLowerCase());
}

function finder(value: string, whole: Whole): (text: string) => boolean {
  const wanted = value.toLowerCase();
  if (whole === 'anywhere') return (text) => text.includes(wanted);
  return (text) => {
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
      if (isEdge(text, at) && isEdge(text, at + wanted.length)) return true;
    }
    return false;
  };
}

const WORD_CHARACTER = /[\p{L}\p{M}\p{N}]/u;

/** Whether a word may begin or end here: not between two letters or digits. */
function isEdge(text: string, at: number): boolean {
  const [before, after] = [characterBefore(text, at), text.codePointAt(at)];
  if (before === undefined || after === undefined) return true;
  return !(
    WORD_CHARACTER.test(String.fromCodePoint(before)) &&
    WORD_CHARACTER.test(String.fromCodePoint(after))
  );
}

function characterBefore(text: string, at: number): number | undefined {
  if (at === 0) return undefined;
  const unit = text.charCodeAt(at - 1);
  const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff && at > 1;
  return text.codePointAt(isSecondHalf ? at - 2 : at - 1);
}

/** The circle's edge belongs to it. A zip whose place nobody knows is in no circle. */
function compileWithin({ miles, of }: FilterTest & { op: 'within' }): Holds {
  const centre = pointOf(of);
  if (centre === undefined) throw new Error('the centre of a circle is a place that is known');
  return (value) => {
    const point = typeof value === 'string' ? pointOfZip(value) : undefined;
    return point !== undefined && milesBetween(centre, point) <= miles;
  };
}
