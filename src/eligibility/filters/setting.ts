// What the filters of a vertical may know: the type of each fact, and which values are personal.

import { factFieldsOf } from '../../domain/facts.ts';
import type { Vertical } from '../../domain/world/world.ts';
import { FACT_TYPES } from '../facts.ts';
import type { FilterSetting } from './filter.ts';
import { createKnownFilters } from './known-filters.ts';
import type { ValueLists } from './value-lists.ts';

/** What filters know about a vertical. What tells a part of a personal zip is personal as well. */
export function settingOf({ fields }: Pick<Vertical, 'fields'>, lists: ValueLists): FilterSetting {
  const types = new Map(Object.entries(FACT_TYPES));
  const personal = new Set<string>();
  for (const [name, field] of Object.entries(fields)) {
    types.set(name, field.type);
    if (field.personal) personal.add(name);
  }
  const { zip, derived } = factFieldsOf(fields);
  if (derived.has('state') && zip !== undefined && personal.has(zip)) personal.add('state');
  return { types, personal, lists, known: createKnownFilters() };
}
