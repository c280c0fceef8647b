// What is derived from a lead, so that filters and scores may ask about it: a person's age without
// a clock (dates are text, now is an argument), and the names of the derived facts.

import { civilAt } from './calendar.ts';

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Names a filter may use beside the fields of the vertical. */
export const DERIVED_FACTS = ['age', 'score', 'source', 'sub_source'] as const;

/** The names under which a vertical may hold the date of birth. */
export const BIRTH_FIELDS = ['date_of_birth', 'dob'] as const;

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
