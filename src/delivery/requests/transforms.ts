// What may be done to a value on its way into a request: a closed list of pure functions. One that
// cannot read its value gives it back as it is, so that the buyer gets what the person wrote.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { DateTime } from 'luxon';

import type { TransformName } from '../../domain/delivery/request.ts';
import type { FieldValue } from '../../domain/world/world.ts';

/** The moment of the request, and the zone in whose days ages are counted. */
export interface Moment {
  readonly nowMs: number;
  readonly timeZone: string;
}

type Transform = (value: FieldValue, at: Moment) => FieldValue | undefined;

const BY_NAME: Readonly<Record<TransformName, Transform>> = {
  trim: (value) => String(value).trim(),
  upper: (value) => String(value).toUpperCase(),
  lower: (value) => String(value).toLowerCase(),
  title: (value) =>
    String(value)
      .toLowerCase()
      .replace(/(^|[\s'’-])(\p{L})/gu, (_, gap: string, letter: string) => {
        return gap + letter.toUpperCase();
      }),
  text: String,
  number: asNumber,
  whole: (value) => {
    const number = asNumber(value);
    return number === undefined ? undefined : Math.round(number);
  },
  digits: (value) => String(value).replace(/\D/g, ''),
  first_letter: (value) => [...String(value).trim()][0],
  first_word: (value) => wordsOf(value)[0],
  last_word: (value) => wordsOf(value).at(-1),
  last4: (value) => String(value).slice(-4),
  first5: (value) => String(value).slice(0, 5),
  phone_national: nationalOf,
  phone_e164: (value) => phoneOf(value)?.number,
  phone_dashes: (value) => tenDigits(value)?.replace(/(\d{3})(\d{3})(\d{4})/, '$1-$2-$3'),
  phone_area: (value) => tenDigits(value)?.slice(0, 3),
  phone_prefix: (value) => tenDigits(value)?.slice(3, 6),
  phone_line: (value) => tenDigits(value)?.slice(6),
  date_iso: dateAs('yyyy-MM-dd'),
  date_us: dateAs('MM/dd/yyyy'),
  date_us_dashes: dateAs('MM-dd-yyyy'),
  date_eu: dateAs('dd/MM/yyyy'),
  date_compact: dateAs('yyyyMMdd'),
  year: (value) => dateOf(value)?.year,
  month: (value) => dateOf(value)?.month,
  day: (value) => dateOf(value)?.day,
  age: ageOf,
  yes_no: said('yes', 'no'),
  y_n: said('Y', 'N'),
  true_false: said('true', 'false'),
  one_zero: said('1', '0'),
  dollars: (value) => {
    const cents = asNumber(value);
    return cents === undefined || !Number.isInteger(cents) ? undefined : (cents / 100).toFixed(2);
  },
  cents: (value) => {
    const dollars = /^\d{1,9}(\.\d{1,2})?$/.test(String(value)) ? Number(value) : undefined;
    return dollars === undefined ? undefined : Math.round(dollars * 100);
  },
};

/** The value after all the transforms, in their order. */
export function transformed(
  value: FieldValue,
  names: readonly TransformName[],
  at: Moment,
): FieldValue {
  return names.reduce((before, name) => BY_NAME[name](before, at) ?? before, value);
}

/** A number as exact as it was written; an id such as `9007199254740993` stays text. */
function asNumber(value: FieldValue): number | undefined {
  if (typeof value !== 'string') return typeof value === 'number' ? value : undefined;
  const text = value.trim();
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? undefined : number;
}

function wordsOf(value: FieldValue): string[] {
  return String(value).trim().split(/\s+/);
}

function phoneOf(value: FieldValue) {
  return parsePhoneNumberFromString(String(value), 'US');
}

function nationalOf(value: FieldValue): string | undefined {
  return phoneOf(value)?.nationalNumber;
}

/** Of numbers in North America; what is written in three parts elsewhere is not known. */
function tenDigits(value: FieldValue): string | undefined {
  const national = nationalOf(value);
  return national?.length === 10 ? national : undefined;
}

/** Dates as fields hold them, `1980-04-30`; a time behind the day is cut off. */
function dateOf(value: FieldValue): DateTime<true> | undefined {
  const [day = ''] = String(value).split('T');
  const date = DateTime.fromFormat(day, 'yyyy-MM-dd', { zone: 'utc', locale: 'en-US' });
  return date.isValid ? date : undefined;
}

function dateAs(format: string): Transform {
  return (value) => dateOf(value)?.toFormat(format);
}

/** Whole years by the calendar of the zone; who is born on February 29 ages on March 1. */
function ageOf(value: FieldValue, { nowMs, timeZone }: Moment): number | undefined {
  const born = dateOf(value);
  if (!born) return undefined;
  const today = DateTime.fromMillis(nowMs, { zone: timeZone });
  const isBefore = today.month * 100 + today.day < born.month * 100 + born.day;
  const age = today.year - born.year - (isBefore ? 1 : 0);
  return age >= 0 ? age : undefined;
}

const TRUE = /^(true|yes|y|1)$/i;
const FALSE = /^(false|no|n|0)$/i;

function said(yes: string, no: string): Transform {
  return (value) => {
    const text = String(value).trim();
    if (TRUE.test(text)) return yes;
    return FALSE.test(text) ? no : undefined;
  };
}
