// Does what stands after an operator fit the fact: values that could be equal to it, patterns that
// RE2 reads, zips and circles that exist.

import { RE2JS } from 're2js';

import { spanOf } from '../../domain/fields/range.ts';
import type { FilterTest } from '../../domain/world/filter.ts';
import type { Field, FieldType, FieldValue } from '../../domain/world/world.ts';
import { MOST_MILES, pointOf } from '../../eligibility/places/points.ts';
import { zipFault } from '../../eligibility/places/zip-set.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';

export interface Fact extends Pick<Field, 'type' | 'choices'> {
  /** The fact is a whole number between these two. */
  readonly whole?: { readonly least: number; readonly most: number };
}

/** Where an operand stands, and the fact that it is held against. */
export interface OperandPlace {
  readonly path: Path;
  readonly field: string;
  readonly fact: Fact;
}

/** What is wrong with the operand of a test whose operator fits the fact. */
export function checkOperand(test: FilterTest, place: OperandPlace): WorldIssue[] {
  switch (test.op) {
    case 'exists':
    case 'contains':
    case 'contains_any':
    case 'contains_all':
    case 'starts_with':
    case 'in_region':
      return [];
    case 'matches':
      return checkPattern(test.value, place.path);
    case 'in':
    case 'not_in':
      return checkValues(test.values, place);
    case 'in_zips':
      return checkZips(test.zips, place.path);
    case 'within':
      return checkCircle(test, place.path);
    case 'at_least':
    case 'at_most':
    case 'above':
    case 'below':
      if (place.fact.type === 'range') return checkLimit(test.value, place);
      return faultOf(test.value, place.fact) === undefined ? [] : [valueIssue(test.value, place)];
    case 'is':
    case 'is_not':
      return faultOf(test.value, place.fact) === undefined ? [] : [valueIssue(test.value, place)];
  }
}

function checkLimit(value: number | string, { path, field }: OperandPlace): WorldIssue[] {
  if (typeof value === 'number') return [];
  const says = `"${field}" is a range, which is held against a number; "${value}" is none`;
  return [issueAt(path, says, 'such as 50000')];
}

// One is enough: a list that was pasted in the wrong form would say the same 40,000 times.
function checkValues(values: readonly FieldValue[], place: OperandPlace): WorldIssue[] {
  const wrong = values.findIndex((value) => faultOf(value, place.fact) !== undefined);
  const value = values[wrong];
  if (value === undefined) return [];
  return [valueIssue(value, { ...place, path: [...place.path, wrong] })];
}

function checkZips(entries: readonly string[], path: Path): WorldIssue[] {
  for (const [index, entry] of entries.entries()) {
    const fault = zipFault(entry);
    if (fault) return [issueAt([...path, index], `"${entry}" ${fault.says}`, fault.fix)];
  }
  return [];
}

function checkCircle({ miles, of }: FilterTest & { op: 'within' }, path: Path): WorldIssue[] {
  const issues: WorldIssue[] = [];
  if (miles > MOST_MILES) {
    issues.push(issueAt([...path, 'miles'], `wants at most ${Math.floor(MOST_MILES)}`));
  }
  if (of.kind === 'point') return issues;
  const says = textFaultOf(of.zip, 'zip', []);
  if (says !== undefined) issues.push(issueAt([...path, 'of'], `"${of.zip}" ${says}`));
  else if (pointOf(of) === undefined) {
    const fix = 'write lat and lon, or a zip near by';
    issues.push(issueAt([...path, 'of'], `nobody knows where "${of.zip}" lies`, fix));
  }
  return issues;
}

function valueIssue(value: FieldValue, { path, field, fact }: OperandPlace): WorldIssue {
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
    case 'gender':
      return choices.includes(text.toLowerCase()) ? undefined : 'is none of its values';
    case 'date':
      return isDate(text) ? undefined : 'is no date such as 1984-03-02';
    case 'zip':
      return /^\d{5}(-\d{4})?$/.test(text) ? undefined : 'does not have five digits';
    case 'state':
      return /^[A-Za-z]{2}$/.test(text) ? undefined : 'is not a code of two letters';
    case 'range':
      return spanOf(text) === undefined ? 'is no range such as 5000-10000 or 50000+' : undefined;
    case 'url':
      return /^https?:\/\//.test(text) ? undefined : 'does not begin with http:// or https://';
    case 'text':
    case 'phone':
    case 'email':
    case 'postal_code':
    case 'ssn':
    case 'ip':
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
