// Phone numbers as people write them.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

// North American numbers are judged by the numbering plan's shape, not by assigned ranges: strict
// validity refuses 555-01xx, the numbers of every example, demo and test.
const AREA = /^\+1(?!\d11|555)[2-9][0-8]\d/;
const EXCHANGE = /^\+1\d{3}(?!\d11)[2-9]\d{6}$/;

// What nearly all numbers look like: the library takes twenty times as long for the same answer.
const PLAIN = /^(?:\+?1[ .-]?)?\(?([2-9][0-8]\d)\)?[ .-]?([2-9]\d\d)[ .-]?(\d{4})$/;

// What some forms put behind a number: mobile, cell, home, work.
const LINE_HINT = /(?<=\d) ?[mchw]$/i;

/**
 * The E.164 form of a number, American where it names no country; an extension is left out. With
 * `length` an American number only has to have its ten digits.
 */
export function parsePhone(sent: string, check: 'length' | undefined): string | undefined {
  const text = sent.replace(LINE_HINT, '');
  const [plain, area = '', exchange = '', line = ''] = PLAIN.exec(text) ?? [];
  if (plain !== undefined) {
    const number = `+1${area}${exchange}${line}`;
    return check === 'length' || isPlanned(number) ? number : undefined;
  }
  const phone = parsePhoneNumberFromString(text, { defaultCountry: 'US', extract: false });
  if (!phone?.isPossible()) return undefined;
  const number: string = phone.number;
  if (phone.countryCallingCode !== '1') return number;
  return check === 'length' || isPlanned(number) ? number : undefined;
}

function isPlanned(number: string): boolean {
  return AREA.test(number) && EXCHANGE.test(number);
}
