// Does a filter fit the fields it asks about: names, operators by type, values, patterns.

import { RE2JS } from 're2js';

import { BIRTH_FIELDS, DERIVED_FACTS } from '../../domain/facts.ts';
import type { Filter, FilterTest } from '../../domain/world/filter.ts';
import type { Field, FieldType, FieldValue, Vertical } from '../../domain/world/world.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';

/** Deep enough for any filter that people can still read. */
const DEEPEST = 10;
const MOST_TESTS = 500;

type Op = FilterTest['op'];
const EQUAL = ['is', 'is_not', 'in', 'not_in', 'exists'] as const;
const ORDER = ['at_least', 'at_most', 'above', 'below'] as const;
const TEXT = ['contains', 'starts_with', 'matches'] as const;

const OPERATORS: Readonly<Record<FieldType, ReadonlySet<Op>>> = {
  text: new Set([...EQUAL, ...TEXT]),
  phone: new Set([...EQUAL, ...TEXT]),
  email: new Set([...EQUAL, ...TEXT]),
  zip: new Set([...EQUAL, ...TEXT]),
  state: new Set([...EQUAL, ...TEXT]),
  choice: new Set(EQUAL),
  date: new Set([...EQUAL, ...ORDER]),
  number: new Set([...EQUAL, ...ORDER]),
  boolean: new Set(['is', 'is_not', 'exists']),
};

const WANTED: Readonly<Record<Op, string>> = {
  is: 'a value',
  is_not: 'a value',
  in: 'a list of values',
  not_in: 'a list of values',
  exists: 'any field',
  at_least: 'a number or a date',
  at_most: 'a number or a date',
  above: 'a number or a date',
  below: 'a number or a date',
  contains: 'text',
  starts_with: 'text',
  matches: 'text',
};

export interface FilterPlace {
  readonly path: Path;
  /** The vertical of the contract's campaign. */
  readonly vertical: Vertical;
  readonly sourceIds: ReadonlySet<string>;
}

type Fact = Pick<Field, 'type' | 'choices'>;

/** Everything that is wrong with a contract's filter. */
export function checkFilter(filter: Filter, place: FilterPlace): WorldIssue[] {
  const facts = factsOf(place);
  const issues: WorldIssue[] = [];
  let tests = 0;
  const walk = (part: Filter, path: Path, depth: number): void => {
    if (depth > DEEPEST) {
      issues.push(issueAt(path, `is nested deeper than ${DEEPEST} levels`));
    } else if (part.kind === 'test') {
      tests += 1;
      issues.push(...checkTest(part, path, facts));
    } else if (part.kind === 'not') {
      walk(part.of, [...path, 'not'], depth + 1);
    } else {
      part.of.forEach((one, index) => walk(one, [...path, part.kind, index], depth + 1));
    }
  };
  walk(filter, place.path, 1);
  if (tests > MOST_TESTS) issues.push(issueAt(place.path, `has more than ${MOST_TESTS} tests`));
  return issues;
}

function factsOf({ vertical, sourceIds }: FilterPlace): ReadonlyMap<string, Fact> {
  const facts = new Map<string, Fact>(Object.entries(vertical.fields));
  const hasBirth = BIRTH_FIELDS.some((name) => facts.get(name)?.type === 'date');
  if (hasBirth && !facts.has('age')) facts.set('age', { type: 'number', choices: [] });
  facts.set('score', { type: 'number', choices: [] });
  facts.set('source', { type: 'choice', choices: [...sourceIds] });
  facts.set('sub_source', { type: 'text', choices: [] });
  return facts;
}

function checkTest(
  { field, test }: Filter & { kind: 'test' },
  path: Path,
  facts: ReadonlyMap<string, Fact>,
): WorldIssue[] {
  const fact = facts.get(field);
  if (!fact) {
    const says =
      field === 'age'
        ? `"age" is derived from a date field ${BIRTH_FIELDS.join(' or ')}, which is not there`
        : `"${field}" is neither a field of the vertical nor one of ${DERIVED_FACTS.join(', ')}`;
    return [issueAt([...path, 'field'], says, didYouMean(field, facts.keys()))];
  }
  if (!OPERATORS[fact.type].has(test.op)) {
    const says = `"${field}" is a ${fact.type}; "${test.op}" wants ${WANTED[test.op]}`;
    return [issueAt([...path, test.op], says, `one of ${[...OPERATORS[fact.type]].join(', ')}`)];
  }
  if (test.op === 'exists') return [];
  if (test.op === 'matches') return checkPattern(test.value, [...path, test.op]);
  if (test.op === 'contains' || test.op === 'starts_with') return [];
  if ('values' in test) {
    // One is enough: a list that was pasted in the wrong form would say the same 40,000 times.
    const wrong = test.values.findIndex((value) => faultOf(value, fact) !== undefined);
    const value = test.values[wrong];
    if (value === undefined) return [];
    return [valueIssue([...path, test.op, wrong], value, { field, fact })];
  }
  if (faultOf(test.value, fact) === undefined) return [];
  return [valueIssue([...path, test.op], test.value, { field, fact })];
}

function valueIssue(path: Path, value: FieldValue, of: { field: string; fact: Fact }): WorldIssue {
  const { field, fact } = of;
  const says = `"${field}" is a ${fact.type}; ${JSON.stringify(value)} ${faultOf(value, fact)}`;
  if (typeof value === 'number' && fact.type !== 'number') {
    return issueAt(path, says, `put it in quotes: "${value}"`);
  }
  const near = typeof value === 'string' ? didYouMean(value, fact.choices) : undefined;
  return issueAt(path, says, near);
}

/** What keeps a value from ever being equal to a normal value of the type; undefined if nothing. */
function faultOf(value: FieldValue, { type, choices }: Fact): string | undefined {
  switch (type) {
    case 'number':
      return typeof value === 'number' ? undefined : 'is no number';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is neither true nor false';
    default:
      return typeof value === 'string' ? textFaultOf(value, type, choices) : 'is no text';
  }
}

function textFaultOf(
  text: string,
  type: Exclude<FieldType, 'number' | 'boolean'>,
  choices: readonly string[],
): string | undefined {
  switch (type) {
    case 'choice':
      return choices.includes(text.toLowerCase()) ? undefined : 'is none of its values';
    case 'date':
      return isDate(text) ? undefined : 'is no date such as 1984-03-02';
    case 'zip':
      return /^\d{5}(-\d{4})?$/.test(text) ? undefined : 'does not have five digits';
    case 'state':
      return /^[A-Za-z]{2}$/.test(text) ? undefined : 'is not a code of two letters';
    case 'text':
    case 'phone':
    case 'email':
      return undefined;
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

function checkPattern(pattern: string, path: Path): WorldIssue[] {
  try {
    RE2JS.compile(pattern);
    return [];
  } catch (error) {
    // The refusal is the answer: RE2 has no other way to say that a pattern is not one of its own.
    const why = error instanceof Error ? error.message : 'unknown';
    const fix = 'RE2 has no look-ahead, look-behind or back-references';
    return [issueAt(path, `is no RE2 pattern: ${why}`, fix)];
  }
}
