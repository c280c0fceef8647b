// What a person is by papers: gender and social security number.

import { GENDERS } from '../../domain/fields/gender.ts';

/** `male`, `female` or `other`, by the word or its first letter. */
export function parseGender(text: string): string | undefined {
  const word = text.toLowerCase().replace(/[^a-z]/g, '');
  return GENDERS.find((gender) => word === gender || word === gender[0]);
}

// Never issued: areas 000, 666, 900 to 999 (taxpayers' numbers), group 00, serial 0000.
const SSN = /^(?!000|666|9)(\d{3})([- .]?)(?!00)(\d\d)\2(?!0000)(\d{4})$/;

/** The nine digits of a number that may have been issued. */
export function parseSsn(text: string): string | undefined {
  const [, area, , group, serial] = SSN.exec(text) ?? [];
  return area === undefined ? undefined : `${area}${group}${serial}`;
}
