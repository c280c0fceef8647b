// What filters may ask about: the lead's fields and a few facts derived from the lead.

import { ageOn, BIRTH_FIELDS } from '../domain/facts.ts';
import type { Lead } from '../domain/lead.ts';
import type { FieldValue } from '../domain/world/world.ts';

export type Facts = ReadonlyMap<string, FieldValue>;

/**
 * The facts by which a lead is routed. `age` is whole years by the calendar of UTC, from a field
 * `date_of_birth` or `dob`, unless the vertical has a field of that name itself. Empty text is no
 * fact: it is left out, like a field that was not given.
 */
export function routingFacts(lead: Lead, score: number, atMs: number): Facts {
  const facts = new Map<string, FieldValue>();
  for (const [name, value] of Object.entries(lead.fields)) {
    if (value !== '') facts.set(name, value);
  }
  const born = BIRTH_FIELDS.map((name) => facts.get(name)).find((value) => value !== undefined);
  const age = typeof born === 'string' ? ageOn(born, atMs) : undefined;
  if (age !== undefined && !facts.has('age')) facts.set('age', age);
  facts.set('score', score);
  facts.set('source', lead.sourceId);
  if (lead.subSource) facts.set('sub_source', lead.subSource);
  return facts;
}
