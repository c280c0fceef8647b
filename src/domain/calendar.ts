// The calendar and the clock of UTC, from an instant alone: no Date, so that workflows may use it.

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** An instant as people read it: `2026-11-24 18:00 UTC`. */
export function utcText(atMs: number): string {
  const { year, month, day } = civilAt(atMs);
  const minutes = Math.floor((atMs - Math.floor(atMs / DAY_MS) * DAY_MS) / MINUTE_MS);
  const two = (part: number) => String(part).padStart(2, '0');
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${year}-${two(month)}-${two(day)} ${time} UTC`;
}

/** The date of an instant, by the calendar of UTC. */
export function civilAt(atMs: number): { year: number; month: number; day: number } {
  return civilOf(Math.floor(atMs / DAY_MS));
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
