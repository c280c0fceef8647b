// What is derived from a lead, so that filters and scores may ask about it: a person's age without
// a clock (dates are text, now is an argument), and the names of the derived facts.

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

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
  const today = civilOf(Math.floor(atMs / DAY_MS));
  const beforeBirthday = today.month < month || (today.month === month && today.day < day);
  return today.year - year - (beforeBirthday ? 1 : 0);
}

/** Days since 1970-01-01 to a date, by Howard Hinnant's `civil_from_days`. */
function civilOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468; // Counted from 0000-03-01, so that leap days end their years.
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const yearDays = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - yearDays;
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
