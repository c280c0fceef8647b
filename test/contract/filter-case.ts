// Filters for tests, written as operators write them, and compiled for a vertical.

import type { FieldType, FieldValue } from '../../src/domain/world/world.ts';
import { createKnownFilters } from '../../src/eligibility/filters/known-filters.ts';
import { FACT_TYPES, type Facts } from '../../src/eligibility/facts.ts';
import { compileFilter, type CompiledFilter } from '../../src/eligibility/filters/filter.ts';
import { createValueLists, type ValueLists } from '../../src/eligibility/filters/value-lists.ts';
import { filter as filterSchema } from '../../src/world/schema/filter.ts';

/** Types of the fields that these tests use beside the derived facts. */
export const TYPES: Readonly<Record<string, FieldType>> = {
  ...FACT_TYPES,
  zip: 'zip',
  state: 'state',
  dob: 'date',
  insured: 'boolean',
  carrier: 'text',
  notes: 'text',
  email: 'email',
  phone: 'phone',
};

/** A filter of a document, compiled; `personal` names what no detail may quote. */
export function compiled(
  document: unknown,
  { personal = [] as string[], lists = createValueLists() as ValueLists } = {},
): CompiledFilter {
  const setting = {
    types: new Map(Object.entries(TYPES)),
    personal: new Set(personal),
    lists,
    known: createKnownFilters(),
  };
  return compileFilter(filterSchema.parse(document), setting);
}

/** Facts by name; what is undefined is missing. */
export function factsWith(facts: Readonly<Record<string, FieldValue | undefined>>): Facts {
  return new Map(
    Object.entries(facts).flatMap(([name, value]): [string, FieldValue][] =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
