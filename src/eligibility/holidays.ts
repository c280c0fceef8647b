// The federal holidays of the United States (5 U.S.C. 6103): the eleven that are kept everywhere,
// and the working day on which one is observed that falls on a weekend. Days are whole days since
// 1970-01-01.

import { DAY_MS } from '../domain/calendar.ts';
import { weekdayOf } from './zones.ts';

interface Holiday {
  readonly name: string;
  /** 1 to 12. */
  readonly month: number;
  /** A day of the month, or the nth weekday in it. */
  readonly on: { readonly date: number } | { readonly weekday: number; readonly nth: Nth };
}
type Nth = 1 | 2 | 3 | 4 | 'last';

const [MONDAY, THURSDAY, FRIDAY] = [1, 4, 5];

const HOLIDAYS: readonly Holiday[] = [
  { name: 'New Year’s Day', month: 1, on: { date: 1 } },
  { name: 'Martin Luther King Day', month: 1, on: { weekday: MONDAY, nth: 3 } },
  { name: 'Washington’s Birthday', month: 2, on: { weekday: MONDAY, nth: 3 } },
  { name: 'Memorial Day', month: 5, on: { weekday: MONDAY, nth: 'last' } },
  { name: 'Juneteenth', month: 6, on: { date: 19 } },
  { name: 'Independence Day', month: 7, on: { date: 4 } },
  { name: 'Labor Day', month: 9, on: { weekday: MONDAY, nth: 1 } },
  { name: 'Columbus Day', month: 10, on: { weekday: MONDAY, nth: 2 } },
  { name: 'Veterans Day', month: 11, on: { date: 11 } },
  { name: 'Thanksgiving Day', month: 11, on: { weekday: THURSDAY, nth: 4 } },
  { name: 'Christmas Day', month: 12, on: { date: 25 } },
];

/**
 * The holiday that is kept on a day, or null. One on a Saturday is kept on the Friday before as
 * well, one on a Sunday on the Monday after. The law as it stands since 2021, for any year.
 */
export function usFederalHoliday(day: number): string | null {
  const name = holidayOn(day);
  if (name !== null) return name;
  const weekday = weekdayOf(day);
  // Those that are set by their weekday never fall on a weekend.
  const observed =
    weekday === FRIDAY ? holidayOn(day + 1) : weekday === MONDAY ? holidayOn(day - 1) : null;
  return observed === null ? null : `${observed} (observed)`;
}

function holidayOn(day: number): string | null {
  const [month, date] = monthAndDate(day);
  const weekday = weekdayOf(day);
  const found = HOLIDAYS.find((holiday) => {
    if (holiday.month !== month) return false;
    if ('date' in holiday.on) return holiday.on.date === date;
    if (holiday.on.weekday !== weekday) return false;
    const { nth } = holiday.on;
    return nth === 'last' ? monthAndDate(day + 7)[0] !== month : nth === Math.ceil(date / 7);
  });
  return found?.name ?? null;
}

function monthAndDate(day: number): [month: number, date: number] {
  const utc = new Date(day * DAY_MS);
  return [utc.getUTCMonth() + 1, utc.getUTCDate()];
}
