// A value for a suppression list, in the normal form by which leads are looked up: what a lead's
// field comes to is what stands on the list.

import { normalRange, RANGE_SIZES } from '../../domain/suppression/ip.ts';
import { nameAndAddress, type SuppressionKind } from '../../domain/suppression/suppression.ts';
import type { FieldType } from '../../domain/world/world.ts';
import { normaliseValue, WANTED } from '../values.ts';

/** What each kind asks for, in words that fit after "is not". */
export const WANTED_LISTED: Readonly<Record<SuppressionKind, string>> = {
  phone: WANTED.phone,
  email: WANTED.email,
  domain: 'a domain such as example.com',
  zip: WANTED.zip,
  ip: `an IP address or range (${RANGE_SIZES})`,
  name_address: 'first name, last name, address and ZIP, none of them empty',
};

/** How many values of a row make one entry. */
export const CELLS: Readonly<Record<SuppressionKind, number>> = {
  ...{ phone: 1, email: 1, domain: 1, zip: 1, ip: 1 },
  name_address: 4,
};

/** The normal form of the cells of an entry; undefined where they do not hold what is asked for. */
export function normalListed(kind: SuppressionKind, cells: readonly string[]): string | undefined {
  const [text = '', ...rest] = cells;
  switch (kind) {
    case 'phone':
    case 'email':
    case 'zip':
      return asField(kind, text);
    case 'domain':
      return asDomain(text);
    case 'ip':
      return normalRange(text.trim());
    case 'name_address': {
      const [last = '', address = '', zip = ''] = rest;
      return nameAndAddress([text, last, address, zip]);
    }
  }
}

/** A SHA-256 as hex digits, lower case; undefined for anything else. */
export function asSha256(text: string): string | undefined {
  const digits = text.trim().toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}

function asField(type: FieldType, text: string): string | undefined {
  const field = { type, required: false, personal: true, choices: [] };
  const value = normaliseValue(field, text);
  return typeof value === 'string' ? value : undefined;
}

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$/;

function asDomain(text: string): string | undefined {
  const name = text.trim().toLowerCase().replace(/^@/, '');
  return name.length <= 253 && DOMAIN.test(name) ? name : undefined;
}
