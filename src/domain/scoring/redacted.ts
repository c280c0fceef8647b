// What a language model is shown of a lead: how the data looks, never who the person is. Names,
// phones, addresses and dates leave as lengths and patterns; free text that the world calls not
// personal leaves without the person's values.

import { ageOn, factFieldsOf } from '../facts.ts';
import { emailTypeOf, type IsDisposable } from '../fields/email.ts';
import type { Lead } from '../lead.ts';
import { NAME_FIELDS, nameFaults } from '../score.ts';
import { scrub } from '../scrub.ts';
import type { Field, FieldValue, Vertical } from '../world/world.ts';
import { stateOfPhone } from './area-codes.ts';

/** Plain JSON, the same for the same lead. */
export type Redacted = Readonly<Record<string, unknown>>;

export interface Redaction {
  readonly lead: Lead;
  readonly vertical: Vertical;
  /** The vertical's id: what the person asks for. */
  readonly kind: string;
  /** The state of the lead's zip, where both are known. */
  readonly stateOfZip: (zip: string) => string | undefined;
  readonly isDisposable: IsDisposable;
}

const MOST_TEXT = 500;

/** The lead for a model. */
export function redact(of: Redaction): Redacted {
  const { lead, vertical, kind } = of;
  const fields = Object.entries(vertical.fields);
  return {
    vertical: kind,
    fields: Object.fromEntries(
      fields.map(([name, field]) => [name, shapeOf(of, name, field)] as const),
    ),
    places: placesOf(of),
    behaviour: behaviourOf(lead),
    consent: consentOf(lead),
  };
}

function shapeOf({ lead, isDisposable }: Redaction, name: string, field: Field): unknown {
  const value = Object.hasOwn(lead.fields, name) ? lead.fields[name] : undefined;
  if (value === undefined || value === '') return 'missing';
  if (typeof value !== 'string') return field.personal ? 'given' : value;
  if (NAME_FIELDS.includes(name)) return { letters: value.length, odd: nameFaults([value]) };
  if (field.type === 'email')
    return { letters: value.length, domain: emailTypeOf(value, isDisposable) };
  if (field.type === 'date') return dateShape(value, lead.receivedAtMs);
  if (['phone', 'zip', 'ssn', 'ip', 'postal_code'].includes(field.type)) return 'given';
  if (field.type === 'choice' || field.type === 'state') return field.personal ? 'given' : value;
  if (field.personal) return { letters: value.length };
  return { text: withoutPerson(value, lead) };
}

/** Ages in tens: a date of birth tells who somebody is. */
function dateShape(date: string, atMs: number): unknown {
  const years = ageOn(date, atMs);
  return years === undefined ? 'given' : { years_ago: Math.floor(years / 10) * 10 };
}

function placesOf({ lead, vertical, stateOfZip }: Redaction) {
  const { zip, state, phone } = factFieldsOf(vertical.fields);
  const textOf = (name: string | undefined) => {
    const value = name === undefined ? undefined : lead.fields[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [stated, zipText, phoneText] = [textOf(state), textOf(zip), textOf(phone)];
  const ofZip = zipText === undefined ? undefined : stateOfZip(zipText);
  const home = stated ?? ofZip;
  const ofPhone = phoneText === undefined ? undefined : stateOfPhone(phoneText);
  return {
    zip_in_state: stated === undefined || ofZip === undefined ? 'unknown' : ofZip === stated,
    area_code_in_state: home === undefined || ofPhone === undefined ? 'unknown' : ofPhone === home,
  };
}

/** Numbers and yes-or-no facts of a closed list: names and texts of a source's own stay here. */
const BEHAVIOUR = [
  'form_seconds',
  'time_on_page_s',
  'seconds_on_page',
  'form_input_kpm',
  'form_input_wpm',
  'bot_detected',
  'honeypot',
] as const;

function behaviourOf({ behaviour }: Lead) {
  const known = BEHAVIOUR.flatMap((name) => {
    const value = Object.hasOwn(behaviour, name) ? behaviour[name] : undefined;
    return typeof value === 'number' || typeof value === 'boolean' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known);
}

function consentOf({ consent }: Lead): string {
  if (consent?.trustedform_url || consent?.jornaya_id) return 'certificate';
  return consent?.text ? 'text' : 'none';
}

// What identifies a person in text, whoever's it is: addresses of e-mail and web, long numbers.
const IDENTIFIERS = [/\S+@\S+/g, /https?:\/\/\S+|www\.\S+/gi, /\+?\d(?:[\s().-]{0,2}\d){4,}/g];

function withoutPerson(text: string, lead: Lead): string {
  const others: FieldValue[] = Object.values(lead.fields).filter((value) => value !== text);
  const words = others.flatMap((value) =>
    typeof value === 'string' ? [value, ...value.split(/\s+/)] : [],
  );
  const scrubbed = scrub(text.slice(0, 4 * MOST_TEXT), words);
  return IDENTIFIERS.reduce((left, pattern) => left.replace(pattern, '…'), scrubbed).slice(
    0,
    MOST_TEXT,
  );
}
