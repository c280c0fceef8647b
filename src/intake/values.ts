// One value of one field: from what a source sent to the normal form of the field's type. A value
// that would have to be guessed ("10k", "5-10", 3/4/26) has no normal form.

import type { Field, FieldType, FieldValue } from '../domain/world/world.ts';
import { parseNumber, parseRange } from './parsing/amounts.ts';
import { parseGender, parseSsn } from './parsing/identity.ts';
import { parsePhone } from './parsing/phone.ts';
import { parsePostalCode } from './parsing/postal-code.ts';
import { parseIp, parseUrl } from './parsing/web.ts';
import { findState } from './states.ts';

/** Longer values are refused before any pattern looks at them. */
export const MAX_VALUE_CHARS = 1000;

/** What each type asks for, in words that fit after "is not". */
export const WANTED: Readonly<Record<FieldType, string>> = {
  text: `a text of at most ${MAX_VALUE_CHARS} characters`,
  phone: 'a phone number: ten digits, or + and the country code',
  email: 'an e-mail address',
  zip: 'a ZIP code of five digits, or ZIP+4',
  state: 'a state: two letters, or its name',
  date: 'a date that exists: YYYY-MM-DD or MM/DD/YYYY',
  number: 'a number',
  boolean: 'yes or no',
  choice: 'one of the choices',
  gender: 'one of: male, female, other',
  range: 'a range of numbers such as 5000-10000 or 50000+',
  postal_code: 'a postal code of the United States, Canada or the United Kingdom',
  ssn: 'a social security number of nine digits',
  url: 'an address of the web: http or https',
  ip: 'an IP address',
};

/**
 * The normal form of `sent`, or undefined where it does not hold what the field asks for. Blanks
 * around it never matter. Ask about a blank value before: `isBlank`.
 */
export function normaliseValue(
  field: Field,
  sent: string | number | boolean,
): FieldValue | undefined {
  if (field.type === 'number' && typeof sent === 'number') return finite(sent);
  if (typeof sent === 'boolean') return field.type === 'boolean' ? sent : undefined;
  if (typeof sent === 'string' && sent.length > MAX_VALUE_CHARS) return undefined;
  const text = tidy(String(sent));
  switch (field.type) {
    case 'choice':
      return findChoice(field.choices, text);
    case 'phone':
      return parsePhone(text, field.check);
    default:
      return PARSE[field.type](text);
  }
}

/** True for what counts as not sent: null, an empty text, a text of blanks. */
export function isBlank(sent: unknown): boolean {
  return (
    sent == null || (typeof sent === 'string' && sent.length <= MAX_VALUE_CHARS && !tidy(sent))
  );
}

const PARSE: Readonly<
  Record<Exclude<FieldType, 'choice' | 'phone'>, (text: string) => FieldValue | undefined>
> = {
  text: (text) => text,
  email: parseEmail,
  zip: (text) => /^(\d{5})(?:[- ]?\d{4})?$/.exec(text)?.[1],
  state: findState,
  date: parseDate,
  number: parseNumber,
  boolean: parseBoolean,
  gender: parseGender,
  range: parseRange,
  postal_code: parsePostalCode,
  ssn: parseSsn,
  url: parseUrl,
  ip: parseIp,
};

// Control characters would end up in headers, terminals and CSV; invisible direction marks arrive
// with phone numbers copied from contact lists.
function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim();
}

const EMAIL = /^[^\s@<>()",;:\\[\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$/;

function parseEmail(text: string): string | undefined {
  const address = text.toLowerCase();
  const dotsMisplaced = /^\.|\.\.|\.@/.test(address);
  return address.length <= 254 && !dotsMisplaced && EMAIL.test(address) ? address : undefined;
}

function finite(amount: number): number | undefined {
  return Number.isFinite(amount) ? amount : undefined; // JSON's 1e999 reads as Infinity.
}

const YES = new Set(['y', 'yes', 't', 'true', '1', 'on']);
const NO = new Set(['n', 'no', 'f', 'false', '0', 'off']);

function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (YES.has(word)) return true;
  return NO.has(word) ? false : undefined;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const LONG_MONTHS =
  'january february march april may june july august september october november december';

function parseDate(text: string): string | undefined {
  const iso = /^(\d{4})([-/]?)(\d\d)\2(\d\d)(?:[T ]\d\d:\d\d\S*)?$/.exec(text);
  if (iso) return toDate(iso[1], iso[3], iso[4]);
  const us = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/.exec(text);
  if (us) return toDate(us[4], us[1], us[3]);
  const named = /^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/i.exec(text);
  if (named) return toDate(named[3], monthOf(named[1]), named[2]);
  const dayFirst = /^(\d{1,2}) ([a-z]+)\.?,? (\d{4})$/i.exec(text);
  return dayFirst ? toDate(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1]) : undefined;
}

function monthOf(word = ''): string {
  const name = word.toLowerCase() === 'sept' ? 'sep' : word.toLowerCase();
  if (name.length > 3 && !LONG_MONTHS.split(' ').includes(name)) return '0';
  return String(MONTHS.indexOf(name.slice(0, 3)) + 1);
}

function toDate(yearText = '', monthText = '', dayText = ''): string | undefined {
  const [year, month, day] = [Number(yearText), Number(monthText), Number(dayText)];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (year < 1900 || year > 2100 || day < 1 || day > days) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function findChoice(choices: readonly string[], text: string): string | undefined {
  const same = choices.find((choice) => choice === text.toLowerCase());
  if (same !== undefined) return same;
  const alike = choices.filter((choice) => looseName(choice) === looseName(text));
  return alike.length === 1 ? alike[0] : undefined;
}

/** A name without letter case and separators: how names are matched that are not exactly ours. */
export function looseName(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, '');
}
