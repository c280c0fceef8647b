// Whom nobody may contact: lists of values that refuse a lead. A value is compared by its normal
// form, of which only a hash is kept.

import type { CampaignId } from '../ids.ts';
import type { Lead } from '../lead.ts';
import type { Vertical } from '../world/world.ts';
import { rangesOf } from './ip.ts';

/** What is listed: `domain` is that of an e-mail address, `ip` also a range of them. */
export const SUPPRESSION_KINDS = ['phone', 'email', 'domain', 'zip', 'ip', 'name_address'] as const;
export type SuppressionKind = (typeof SUPPRESSION_KINDS)[number];

/** A value in its normal form: the person is in here, so it is hashed before it is kept. */
export interface ListedValue {
  readonly kind: SuppressionKind;
  readonly value: string;
}

/** A list on which a value stands. */
export interface Listing {
  readonly list: string;
  readonly kind: SuppressionKind;
}

/** Where a list holds: in one campaign, or everywhere. */
export type ListScope = CampaignId | null;

/** Fields that hold the first line of an address, best first. */
const ADDRESS_FIELDS = ['address', 'street', 'street_address', 'address1', 'address_1'];

/** Everything about a lead that may stand on a list. An empty field stands on none. */
export function listableValues(
  { fields, consent }: Pick<Lead, 'fields' | 'consent'>,
  { fields: types }: Pick<Vertical, 'fields'>,
): ListedValue[] {
  const found: ListedValue[] = [];
  let zip = '';
  for (const [name, { type }] of Object.entries(types)) {
    const value = String(fields[name] ?? '');
    if (value === '') continue;
    if (type === 'phone') found.push({ kind: 'phone', value });
    if (type === 'email') {
      found.push({ kind: 'email', value });
      found.push({ kind: 'domain', value: value.slice(value.lastIndexOf('@') + 1) });
    }
    if (type === 'zip') {
      found.push({ kind: 'zip', value });
      zip ||= value;
    }
    if (type === 'ip')
      for (const range of rangesOf(value)) found.push({ kind: 'ip', value: range });
  }
  for (const value of rangesOf(consent?.ip ?? '')) found.push({ kind: 'ip', value });
  const text = (name: string) => String(fields[name] ?? '');
  const address = ADDRESS_FIELDS.map(text).find((line) => line !== '') ?? '';
  const who = nameAndAddress([text('first_name'), text('last_name'), address, zip]);
  if (who !== undefined) found.push({ kind: 'name_address', value: who });
  return found;
}

/** First name, last name, first line of the address, ZIP. */
export type NameAndAddress = readonly [first: string, last: string, address: string, zip: string];

/** `ann|lee|12 main st|78704`: lower case, without punctuation. Undefined where a part is empty. */
export function nameAndAddress(parts: NameAndAddress): string | undefined {
  const [first, last, address, zip] = parts;
  const normal = [first, last, address].map((part) =>
    part
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  );
  const five = /^\d{5}/.exec(zip.trim())?.[0] ?? '';
  const all = [...normal, five];
  return all.includes('') ? undefined : all.join('|');
}
