// The fields of a submission against those of a vertical: which is which, what is missing, what
// does not hold what its type asks for. A value of a type that no reading could fix is an error of
// the sender; everything else is a problem of the lead, stored with it and judged by validation.

import type { FieldProblem } from '../domain/lead.ts';
import type { Field, FieldValue, Vertical } from '../domain/world/world.ts';
import type { ShapeError } from './shape.ts';
import { isBlank, looseName, normaliseValue, WANTED } from './values.ts';

export type Normalised =
  | {
      readonly kind: 'normal';
      readonly fields: Readonly<Record<string, FieldValue>>;
      /** In the order of the vertical's fields. */
      readonly problems: readonly FieldProblem[];
      /** Names that the vertical does not have, in the order they were sent. */
      readonly unknownFields: readonly string[];
    }
  | { readonly kind: 'wrong_types'; readonly errors: readonly ShapeError[] };

/**
 * Normal values for the fields of `vertical`. A name matches exactly, or else without letter case
 * and the separators `_ - .` and blank. Never throws, whatever JSON `raw` holds.
 */
export function normaliseFields(
  vertical: Vertical,
  raw: Readonly<Record<string, unknown>>,
): Normalised {
  const { sent, errors, unknownFields } = matchNames(vertical, raw);
  const fields: Record<string, FieldValue> = {};
  const problems: FieldProblem[] = [];
  for (const [name, field] of Object.entries(vertical.fields)) {
    const value = sent.get(name)?.value;
    if (isBlank(value)) {
      if (field.required) problems.push({ field: name, reason: 'field_missing', says: 'missing' });
    } else if (isScalar(value) && !isOfWrongType(field, value)) {
      const normal = normaliseValue(field, value);
      if (normal !== undefined) fields[name] = normal;
      else problems.push({ field: name, reason: 'field_invalid', says: `not ${wanted(field)}` });
    } else {
      errors.push(wrongType(field, { name: sent.get(name)?.sentAs ?? name, value }));
    }
  }
  if (errors.length > 0) return { kind: 'wrong_types', errors };
  return { kind: 'normal', fields, problems, unknownFields };
}

interface Sent {
  readonly sentAs: string;
  readonly value: unknown;
}

function matchNames(vertical: Vertical, raw: Readonly<Record<string, unknown>>) {
  const loose = looseIndex(vertical);
  const sent = new Map<string, Sent>();
  const errors: ShapeError[] = [];
  const unknownFields: string[] = [];
  for (const [sentAs, value] of Object.entries(raw)) {
    const name = Object.hasOwn(vertical.fields, sentAs) ? sentAs : loose.get(looseName(sentAs));
    if (name === undefined) {
      unknownFields.push(sentAs);
      continue;
    }
    const before = sent.get(name);
    if (!before || isBlank(before.value)) sent.set(name, { sentAs, value });
    else if (!isBlank(value) && before.value !== value) {
      const says = `given twice with different values: as ${before.sentAs} and as ${sentAs}`;
      errors.push({ field: `fields.${sentAs}`, says, fix: `send ${name} once` });
    }
  }
  return { sent, errors, unknownFields };
}

// A loose name that two fields share matches neither: to guess would put a value in the wrong one.
function looseIndex(vertical: Vertical): ReadonlyMap<string, string | undefined> {
  const index = new Map<string, string | undefined>();
  for (const name of Object.keys(vertical.fields)) {
    const loose = looseName(name);
    index.set(loose, index.has(loose) ? undefined : name);
  }
  return index;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

// A whole number past 2^53 was rounded by JSON itself: as text it would be another person's id.
function isOfWrongType(field: Field, value: string | number | boolean): boolean {
  if (typeof value === 'boolean') return field.type !== 'boolean';
  return typeof value === 'number' && field.type !== 'number' && isRounded(value);
}

function isRounded(value: number): boolean {
  return Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

function wrongType(field: Field, { name, value }: { name: string; value: unknown }): ShapeError {
  const at = `fields.${name}`;
  if (typeof value === 'number') {
    return { field: at, says: 'a number too long to be kept exactly', fix: 'send it as text' };
  }
  const was = Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'an object'
      : 'a boolean';
  return { field: at, says: `${was} was sent`, fix: `send ${wanted(field)}` };
}

function wanted({ type, choices }: Field): string {
  return type === 'choice' ? `one of: ${choices.join(', ')}` : WANTED[type];
}
