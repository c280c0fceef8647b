// Can one fact pass several tests at once? Says no only where that is certain, so that no filter is
// called contradictory that a lead could meet. A fact is tried out where the tests leave a list of
// values; ranges, beginnings, pieces of text and circles are compared with each other.

import type { FilterTest } from '../../domain/world/filter.ts';
import { statesOf } from '../../domain/world/regions.ts';
import type { FieldType, FieldValue } from '../../domain/world/world.ts';
import { compileTest } from '../../eligibility/filters/operators.ts';
import { milesBetween, pointOf } from '../../eligibility/places/points.ts';
import type { ValueLists } from '../../eligibility/filters/value-lists.ts';
import type { Fact } from './operands.ts';

/** One test that must pass, or, if it is not `wanted`, must fail. */
export interface Demand {
  readonly test: FilterTest;
  readonly wanted: boolean;
}

/** Of so many whole numbers in a row each is tried. */
const MOST_TRIED = 200;

/** False where no lead can have a fact, or lack it, that meets all demands. */
export function isPossible(demands: readonly Demand[], fact: Fact, lists: ValueLists): boolean {
  if (demands.every(({ test, wanted }) => passesMissing(test) === wanted)) return true;
  const isOpen = !isListed(fact) && !fact.whole;
  if (demands.length === 1 && isOpen) return true;
  if (holdsOpposites(demands)) return false;
  const range = rangeOf(demands, fact);
  if (range === 'empty') return false;
  const listed = demands.map((each) => valuesOf(each, lists));
  const tried = fewest([...listed, range, universeOf(fact)]);
  if (tried) return someMeets(tried, demands, { fact, lists });
  return textsAgree(demands) && circlesMeet(demands);
}

function passesMissing(test: FilterTest): boolean {
  return test.op === 'is_not' || test.op === 'not_in' || (test.op === 'exists' && !test.value);
}

/** Whether a test is asked for and its opposite as well. */
function holdsOpposites(demands: readonly Demand[]): boolean {
  if (demands.every(({ wanted }) => wanted)) return false;
  const keys = (side: boolean) =>
    demands.filter(({ wanted }) => wanted === side).map(({ test }) => JSON.stringify(test));
  const wanted = new Set(keys(true));
  return keys(false).some((key) => wanted.has(key));
}

/** Values to try, `most` of them at most; undefined where they are not listed. */
type Tried = { readonly most: number; readonly values: () => Iterable<FieldValue> } | undefined;

function triedOf(values: readonly FieldValue[]): Tried {
  return { most: values.length, values: () => values };
}

function fewest(lists: readonly Tried[]): Tried {
  return lists.reduce((best, each) => (each && (!best || each.most < best.most) ? each : best));
}

/** All values that a fact can have and meet one demand. */
function valuesOf({ test, wanted }: Demand, lists: ValueLists): Tried {
  if (!wanted) {
    if (test.op === 'is_not') return triedOf([test.value]);
    return test.op === 'not_in' ? triedOf(test.values) : undefined;
  }
  switch (test.op) {
    case 'is':
      return triedOf([test.value]);
    case 'in':
      return triedOf(test.values);
    case 'in_region':
      return triedOf(test.regions.flatMap(statesOf));
    case 'in_zips':
      return { most: 100_000, values: () => lists.zipSet(test.zips) };
    default:
      return undefined;
  }
}

function isListed({ type }: Fact): boolean {
  return type === 'choice' || type === 'gender' || type === 'boolean';
}

function universeOf({ type, choices }: Fact): Tried {
  if (type === 'boolean') return triedOf([true, false]);
  return (type === 'choice' || type === 'gender') && choices.length > 0
    ? triedOf(choices)
    : undefined;
}

function someMeets(
  tried: NonNullable<Tried>,
  demands: readonly Demand[],
  { fact, lists }: { fact: Fact; lists: ValueLists },
): boolean {
  const checks = demands.flatMap(({ test, wanted }) => {
    // A pattern minds letter case, and a field of text keeps that of the source.
    if (test.op === 'matches' && fact.type === 'text') return [];
    const holds = compileTest(test, { type: fact.type, lists });
    return [(value: FieldValue) => holds(value) === wanted];
  });
  for (const value of tried.values()) {
    const normal = normalOf(value, fact.type);
    if (checks.every((passes) => passes(normal))) return true;
  }
  return false;
}

/** A value in the form in which leads have it. */
function normalOf(value: FieldValue, type: FieldType): FieldValue {
  if (type === 'range') return String(value);
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'state':
    case 'postal_code':
      return value.toUpperCase();
    case 'zip':
      return value.slice(0, 5);
    case 'email':
    case 'choice':
    case 'gender':
    case 'ip':
      return value.toLowerCase();
    default:
      return value;
  }
}

interface Bound {
  readonly limit: number | string;
  readonly open: boolean;
}

/** The values between the limits, where they are few whole numbers or a single value. */
function rangeOf(demands: readonly Demand[], { type, whole }: Fact): Tried | 'empty' {
  let low: Bound | undefined = whole && { limit: whole.least, open: false };
  let high: Bound | undefined = whole && { limit: whole.most, open: false };
  for (const { test, wanted } of demands) {
    // A range that is not at least 5 need not be below 5.
    if (type === 'range' && !wanted) continue;
    const bound = boundOf(test, wanted);
    if (!bound) continue;
    const each = whole ? roundedIn(bound) : bound;
    if (each.side === 'low' && (!low || isTighter(each, low, 1))) low = each;
    if (each.side === 'high' && (!high || isTighter(each, high, -1))) high = each;
  }
  if (!low || !high) return undefined;
  if (low.limit > high.limit) return 'empty';
  if (low.limit === high.limit) return low.open || high.open ? 'empty' : triedOf([low.limit]);
  const [from, to] = [low.limit, high.limit];
  if (!whole || typeof from !== 'number' || typeof to !== 'number') return undefined;
  const count = to - from + 1;
  if (count > MOST_TRIED) return undefined;
  return triedOf(Array.from({ length: count }, (_, index) => from + index));
}

type SidedBound = Bound & { readonly side: 'low' | 'high' };

/** What an order test asks of a fact that is there; its opposite where it is not wanted. */
function boundOf(test: FilterTest, wanted: boolean): SidedBound | undefined {
  switch (test.op) {
    case 'at_least':
      return { side: wanted ? 'low' : 'high', limit: test.value, open: !wanted };
    case 'above':
      return { side: wanted ? 'low' : 'high', limit: test.value, open: wanted };
    case 'at_most':
      return { side: wanted ? 'high' : 'low', limit: test.value, open: !wanted };
    case 'below':
      return { side: wanted ? 'high' : 'low', limit: test.value, open: wanted };
    default:
      return undefined;
  }
}

/** The nearest whole number inside a bound. */
function roundedIn(bound: SidedBound): SidedBound {
  const { side, limit, open } = bound;
  if (typeof limit !== 'number') return bound;
  const inner = side === 'low' ? Math.ceil(limit) : Math.floor(limit);
  const step = side === 'low' ? 1 : -1;
  return { side, limit: open && inner === limit ? inner + step : inner, open: false };
}

function isTighter(bound: Bound, than: Bound, direction: 1 | -1): boolean {
  if (bound.limit === than.limit) return bound.open && !than.open;
  return bound.limit > than.limit === (direction === 1);
}

/** Whether beginnings and pieces of text that are wanted leave out those that are not. */
function textsAgree(demands: readonly Demand[]): boolean {
  const [beginnings, pieces]: [string[], string[]] = [[], []];
  for (const { test, wanted } of demands) {
    if (!wanted) continue;
    if (test.op === 'starts_with') beginnings.push(test.value.toLowerCase());
    if (test.op === 'contains') pieces.push(test.value.toLowerCase());
    if (test.op === 'contains_all') pieces.push(...test.values.map((each) => each.toLowerCase()));
  }
  const longest = beginnings.reduce((best, each) => (each.length > best.length ? each : best), '');
  if (!beginnings.every((each) => longest.startsWith(each))) return false;
  pieces.push(longest);
  return demands.every(({ test, wanted }) => {
    if (wanted) return true;
    if (test.op === 'starts_with') return !longest.startsWith(test.value.toLowerCase());
    const isThere = (text: string) => pieces.some((piece) => piece.includes(text.toLowerCase()));
    if (test.op === 'contains' && test.whole === 'anywhere') return !isThere(test.value);
    if (test.op === 'contains_any' && test.whole === 'anywhere') return !test.values.some(isThere);
    return true;
  });
}

/** Far more than distances are off by rounding, far less than any distance between two zips. */
const ROUNDING_MILES = 1e-6;

function circlesMeet(demands: readonly Demand[]): boolean {
  const circles = demands.flatMap(({ test, wanted }) => {
    const centre = test.op === 'within' ? pointOf(test.of) : undefined;
    return test.op === 'within' && centre ? [{ centre, miles: test.miles, wanted }] : [];
  });
  return circles.every((one) =>
    circles.every((other) => {
      if (!one.wanted) return true;
      const apart = milesBetween(one.centre, other.centre);
      if (other.wanted) return apart <= one.miles + other.miles + ROUNDING_MILES;
      return apart + one.miles > other.miles - ROUNDING_MILES;
    }),
  );
}
