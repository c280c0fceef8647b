// The federal holidays against the lists that the Office of Personnel Management publishes for pay
// and leave: opm.gov, policy, pay and leave, federal holidays. They give the observed days.

import { expect, test } from 'vitest';

import { usFederalHoliday } from '../../src/eligibility/holidays.ts';
import { dayText, weekdayOf } from '../../src/eligibility/zones.ts';
import { day } from './schedule-of.ts';

const PUBLISHED: Readonly<Record<number, string>> = {
  2021: '01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31',
  2022: '01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26',
  2023: '01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25',
  2024: '01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25',
  2025: '01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25',
  2026: '01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25',
};

test.for(Object.entries(PUBLISHED))('%s has the published days, and no other', ([year, list]) => {
  const found: string[] = [];
  for (let each = day(`${year}-01-01`); each <= day(`${year}-12-31`); each += 1) {
    // The list is for those who work from Monday to Friday.
    if (weekdayOf(each) <= 5 && usFederalHoliday(each) !== null) found.push(dayText(each).slice(5));
  }
  expect(found.join(' ')).toBe(list);
});

const named: [date: string, name: string | null][] = [
  ['2027-12-31', 'New Year’s Day (observed)'],
  ['2028-01-01', 'New Year’s Day'],
  ['2028-01-02', null],
  ['2027-07-04', 'Independence Day'],
  ['2027-07-05', 'Independence Day (observed)'],
  ['2026-11-26', 'Thanksgiving Day'],
  ['2026-11-19', null],
  ['2026-11-27', null],
  ['2026-05-18', null],
  ['2026-05-25', 'Memorial Day'],
];
test.for(named)('%s is %s', ([date, name]) => {
  expect(usFederalHoliday(day(date))).toBe(name);
});
