// Does a filter fit the fields it asks about: names and operators by type. Values: operands.ts.

import {
  BIRTH_FIELDS,
  DERIVED_FACTS,
  factFieldsOf,
  FLAG_OF,
  LEAD_FACTS,
  type DerivedFact,
} from '../../domain/facts.ts';
import { EMAIL_TYPES } from '../../domain/fields/email.ts';
import { GENDERS } from '../../domain/fields/gender.ts';
import type { Filter, FilterTest } from '../../domain/world/filter.ts';
import type { FieldType, Vertical } from '../../domain/world/world.ts';
import { FACT_TYPES, PHONE_TYPES, WEEKDAYS } from '../../eligibility/facts.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';
import { checkOperand, type Fact } from './operands.ts';

/** Deep enough for any filter that people can still read. */
const DEEPEST = 10;
const MOST_TESTS = 500;

type Op = FilterTest['op'];
const EQUAL = ['is', 'is_not', 'in', 'not_in', 'exists'] as const;
const ORDER = ['at_least', 'at_most', 'above', 'below'] as const;
const TEXT = ['contains', 'contains_any', 'contains_all', 'starts_with', 'matches'] as const;

const OPERATORS: Readonly<Record<FieldType, ReadonlySet<Op>>> = {
  text: new Set([...EQUAL, ...TEXT]),
  phone: new Set([...EQUAL, ...TEXT]),
  email: new Set([...EQUAL, ...TEXT]),
  zip: new Set([...EQUAL, ...TEXT, 'in_zips', 'within']),
  state: new Set([...EQUAL, ...TEXT, 'in_region']),
  choice: new Set(EQUAL),
  date: new Set([...EQUAL, ...ORDER]),
  number: new Set([...EQUAL, ...ORDER]),
  boolean: new Set(['is', 'is_not', 'exists']),
  gender: new Set(EQUAL),
  range: new Set([...EQUAL, ...ORDER]),
  postal_code: new Set([...EQUAL, ...TEXT]),
  // A number in a filter would be one in every version of the world.
  ssn: new Set(['exists']),
  url: new Set([...EQUAL, ...TEXT]),
  ip: new Set([...EQUAL, ...TEXT]),
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
  contains_any: 'text',
  contains_all: 'text',
  starts_with: 'text',
  matches: 'text',
  in_zips: 'a zip',
  within: 'a zip',
  in_region: 'a state',
};

export interface FilterPlace {
  readonly path: Path;
  /** The vertical of the contract's campaign. */
  readonly vertical: Vertical;
  readonly sourceIds: ReadonlySet<string>;
  /** The lookups of its campaign, which may flag a lead. */
  readonly lookups: readonly string[];
}

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

const WHOLE_NUMBERS: Readonly<Record<string, Fact['whole']>> = {
  age: { least: -Infinity, most: Infinity },
  local_hour: { least: 0, most: 23 },
};

/** The facts that a filter of the vertical may ask about. */
export function factsOf({ vertical, sourceIds, lookups }: FilterPlace): ReadonlyMap<string, Fact> {
  const facts = new Map<string, Fact>();
  for (const [name, { type, choices }] of Object.entries(vertical.fields)) {
    facts.set(name, { type, choices: type === 'gender' ? GENDERS : choices });
  }
  const choices: Readonly<Record<string, readonly string[]>> = {
    source: [...sourceIds],
    local_weekday: WEEKDAYS,
    phone_type: PHONE_TYPES,
    email_type: EMAIL_TYPES,
  };
  const { derived } = factFieldsOf(vertical.fields);
  for (const name of [...LEAD_FACTS, ...DERIVED_FACTS.filter((each) => derived.has(each))]) {
    const whole = WHOLE_NUMBERS[name];
    const fact = { type: FACT_TYPES[name], choices: choices[name] ?? [] };
    facts.set(name, whole ? { ...fact, whole } : fact);
  }
  for (const name of lookups) facts.set(`${FLAG_OF}${name}`, { type: 'boolean', choices: [] });
  return facts;
}

function checkTest(
  { field, test }: Filter & { kind: 'test' },
  path: Path,
  facts: ReadonlyMap<string, Fact>,
): WorldIssue[] {
  const fact = facts.get(field);
  if (!fact) return [unknownFact(field, [...path, 'field'], facts)];
  if (!OPERATORS[fact.type].has(test.op)) {
    const says = `"${field}" is a ${fact.type}; "${test.op}" wants ${WANTED[test.op]}`;
    return [issueAt([...path, test.op], says, `one of ${[...OPERATORS[fact.type]].join(', ')}`)];
  }
  return checkOperand(test, { path: [...path, test.op], field, fact });
}

/** Of several fields of one type, none is taken for the person's unless its name says so. */
const SOURCES: Readonly<Record<DerivedFact, string>> = {
  age: `a date field ${BIRTH_FIELDS.join(' or ')}`,
  state: 'a zip field',
  local_hour: 'a zip or state field',
  local_weekday: 'a zip or state field',
  phone_type: 'a phone field',
  email_type: 'an email field',
  zip_in_state: 'a zip field and a state field',
};

function unknownFact(field: string, path: Path, facts: ReadonlyMap<string, Fact>): WorldIssue {
  if (field.startsWith(FLAG_OF)) {
    const says = `there is no lookup "${field.slice(FLAG_OF.length)}" that could flag a lead`;
    const flags = [...facts.keys()].filter((name) => name.startsWith(FLAG_OF));
    return issueAt(path, says, didYouMean(field, flags));
  }
  const derived = DERIVED_FACTS.find((name) => name === field);
  if (derived === undefined) {
    const known = [...LEAD_FACTS, ...DERIVED_FACTS].join(', ');
    const says = `"${field}" is neither a field of the vertical nor one of ${known}`;
    return issueAt(path, says, didYouMean(field, facts.keys()));
  }
  const types = [...facts.values()].map(({ type }) => type);
  const twice = (['zip', 'state', 'phone', 'email'] as const).find(
    (type) => SOURCES[derived].includes(type) && types.filter((each) => each === type).length > 1,
  );
  const says = `"${field}" is derived from ${SOURCES[derived]}, which is not there`;
  if (twice === undefined) return issueAt(path, says, `add ${SOURCES[derived]} to the vertical`);
  const several = `"${field}" is derived from ${SOURCES[derived]}, and there are several`;
  return issueAt(path, several, `call the one that counts "${twice}"`);
}
