// What is derived from a lead, so that filters and scores may ask about it: a person's age without
// a clock (dates are text, now is an argument), the names of the derived facts, and the fields that
// they are derived from.

import type { Field, FieldType } from './world/world.ts';

import { civilAt } from './calendar.ts';

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Facts of every lead: their names are not free for fields. */
export const LEAD_FACTS = ['score', 'source', 'sub_source', 'flagged'] as const;
export type LeadFact = (typeof LEAD_FACTS)[number];

/** Before the name of a lookup: whether that one flags the lead. No field holds a dot. */
export const FLAG_OF = 'flag.';

/** Facts that follow from fields, for verticals that have those and no field of the name itself. */
export const DERIVED_FACTS = [
  'age',
  'state',
  'local_hour',
  'local_weekday',
  'phone_type',
  'email_type',
  'zip_in_state',
] as const;
export type DerivedFact = (typeof DERIVED_FACTS)[number];

/** The names under which a vertical may hold the date of birth. */
export const BIRTH_FIELDS = ['date_of_birth', 'dob'] as const;

/** The facts that a vertical's leads have beside their fields, and the fields they follow from. */
export interface FactFields {
  readonly derived: ReadonlySet<string>;
  readonly birth: readonly string[];
  readonly zip: string | undefined;
  readonly state: string | undefined;
  readonly phone: string | undefined;
  readonly email: string | undefined;
}

/**
 * Finds the fields that facts are derived from: dates of birth by their names; the zip, state,
 * phone and e-mail by type. Of several fields of a type the one that is called like the type
 * counts, and none where no name tells: nobody should be filtered by the zip of the place they move
 * to. A field of the vertical takes the place of the derived fact of its name.
 */
export function factFieldsOf(fields: Readonly<Record<string, Field>>): FactFields {
  const typed = (type: FieldType) =>
    Object.keys(fields).filter((name) => fields[name]?.type === type);
  const theOne = (type: 'zip' | 'state' | 'phone' | 'email') => {
    const names = typed(type);
    if (names.includes(type)) return type;
    return names.length === 1 ? names[0] : undefined;
  };
  const birth = BIRTH_FIELDS.filter((name) => typed('date').includes(name));
  const [zip, state] = [theOne('zip'), theOne('state')];
  const [phone, email] = [theOne('phone'), theOne('email')];
  const isLocal = zip !== undefined || state !== undefined;
  const follows: Readonly<Record<DerivedFact, boolean>> = {
    age: birth.length > 0,
    state: zip !== undefined,
    local_hour: isLocal,
    local_weekday: isLocal,
    phone_type: phone !== undefined,
    email_type: email !== undefined,
    zip_in_state: zip !== undefined && state !== undefined,
  };
  const derived = DERIVED_FACTS.filter((name) => follows[name] && !Object.hasOwn(fields, name));
  return { derived: new Set(derived), birth, zip, state, phone, email };
}

/**
 * Whole years from an ISO date to an instant, by the calendar of UTC; undefined for what is no ISO
 * date. Negative for a date to come. Someone born on 29 February is a year older on 1 March.
 */
export function ageOn(isoDate: string, atMs: number): number | undefined {
  const match = ISO_DATE.exec(isoDate);
  if (!match) return undefined;
  const [year, month, day] = match.slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const today = civilAt(atMs);
  const beforeBirthday = today.month < month || (today.month === month && today.day < day);
  return today.year - year - (beforeBirthday ? 1 : 0);
}
