// What filters may ask about: the lead's fields and the facts derived from the lead. What costs
// something is derived when the first filter asks, and once for all contracts of a lead.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

import { DAY_MS } from '../domain/calendar.ts';
import {
  ageOn,
  type DerivedFact,
  type FactFields,
  FLAG_OF,
  type LeadFact,
} from '../domain/facts.ts';
import { emailTypeOf } from '../domain/fields/email.ts';
import type { Lead } from '../domain/lead.ts';
import type { FieldType, FieldValue } from '../domain/world/world.ts';
import { isDisposable } from './leads/disposable.ts';
import { stateOfZip } from './places/states.ts';
import { zoneOf } from './places/zones.ts';
import { wallAt, weekdayOf } from './zones.ts';

/** Facts by name. Asking again for the same fact costs a look-up. */
export interface Facts {
  get(name: string): FieldValue | undefined;
  has(name: string): boolean;
}

/** What a lead is worth and when it is routed. */
export interface Moment {
  readonly score: number;
  readonly atMs: number;
}

/**
 * The facts by which a lead is routed: its fields, and what `from` says is derived. Empty text is
 * no fact: it is left out, like a field that was not given.
 */
export function routingFacts(lead: Lead, moment: Moment, from: FactFields): Facts {
  const known = new Map<string, FieldValue | undefined>();
  for (const [name, value] of Object.entries(lead.fields)) {
    if (value !== '') known.set(name, value);
  }
  known.set('score', moment.score);
  known.set('source', lead.sourceId);
  if (lead.subSource) known.set('sub_source', lead.subSource);
  const flags = lead.flags ?? [];
  known.set('flagged', flags.length > 0);

  const textOf = (field: string | undefined): string | undefined => {
    const value = field === undefined ? undefined : known.get(field);
    return typeof value === 'string' ? value : undefined;
  };
  const zoneHere = once(() => zoneOf({ zip: textOf(from.zip), state: textOf(from.state) }));
  const derive: Readonly<Record<DerivedFact, () => FieldValue | undefined>> = {
    age: () => ageAt(from.birth.map(textOf), moment.atMs),
    state: () => stateOfZip(textOf(from.zip) ?? ''),
    local_hour: () => hourIn(zoneHere(), moment.atMs),
    local_weekday: () => weekdayIn(zoneHere(), moment.atMs),
    email_type: () => emailTypeIn(textOf(from.email)),
    zip_in_state: () => isInState(textOf(from.zip), textOf(from.state)),
    // Who was asked about the line knows more than the numbering plan.
    phone_type: () => lead.lineType ?? lineTypeOf(textOf(from.phone)),
  };

  function get(name: string): FieldValue | undefined {
    if (name.startsWith(FLAG_OF)) return flags.includes(name.slice(FLAG_OF.length));
    if (known.has(name) || !from.derived.has(name)) return known.get(name);
    const derived = derive[name as DerivedFact](); // `derived` holds no other names.
    known.set(name, derived);
    return derived;
  }
  return { get, has: (name) => get(name) !== undefined };
}

function once<Value>(find: () => Value): () => Value {
  let found: { readonly value: Value } | undefined;
  return () => (found ??= { value: find() }).value;
}

function ageAt(births: readonly (string | undefined)[], atMs: number): number | undefined {
  const born = births.find((date) => date !== undefined);
  return born === undefined ? undefined : ageOn(born, atMs);
}

const HOUR_MS = 3_600_000;

function hourIn(timeZone: string | undefined, atMs: number): number | undefined {
  if (timeZone === undefined) return undefined;
  const hours = Math.floor(wallAt(timeZone, atMs) / HOUR_MS);
  return ((hours % 24) + 24) % 24; // Before 1970 hours count backwards.
}

/** By the number that `weekdayOf` gives, less one. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function weekdayIn(timeZone: string | undefined, atMs: number): string | undefined {
  if (timeZone === undefined) return undefined;
  return WEEKDAYS[weekdayOf(Math.floor(wallAt(timeZone, atMs) / DAY_MS)) - 1];
}

const LINE_TYPES = {
  FIXED_LINE_OR_MOBILE: 'landline_or_mobile',
  FIXED_LINE: 'landline',
  MOBILE: 'mobile',
  TOLL_FREE: 'toll_free',
  VOIP: 'voip',
  PREMIUM_RATE: 'premium_rate',
  SHARED_COST: 'shared_cost',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'company',
  VOICEMAIL: 'voicemail',
} as const;

/** What `phone_type` may be. */
export const PHONE_TYPES: readonly string[] = Object.values(LINE_TYPES);

/** By the numbering plan alone, which gives landlines and mobiles of North America one range. */
function lineTypeOf(phone: string | undefined): string | undefined {
  if (phone === undefined) return undefined;
  const type = parsePhoneNumberFromString(phone, { extract: false })?.getType();
  return type === undefined ? undefined : LINE_TYPES[type];
}

function emailTypeIn(email: string | undefined): string | undefined {
  return email === undefined ? undefined : emailTypeOf(email, isDisposable);
}

/** Undefined where either is missing, or nobody has the zip. */
function isInState(zip: string | undefined, state: string | undefined): boolean | undefined {
  const ofZip = zip === undefined ? undefined : stateOfZip(zip);
  return ofZip === undefined || state === undefined ? undefined : ofZip === state;
}

/** The type of each fact that is no field. */
export const FACT_TYPES: Readonly<Record<DerivedFact | LeadFact, FieldType>> = {
  age: 'number',
  state: 'state',
  local_hour: 'number',
  local_weekday: 'choice',
  phone_type: 'choice',
  email_type: 'choice',
  zip_in_state: 'boolean',
  score: 'number',
  source: 'choice',
  sub_source: 'text',
  flagged: 'boolean',
};
