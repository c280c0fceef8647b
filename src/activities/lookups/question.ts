// What an outside service is asked about a lead.

import { factFieldsOf } from '../../domain/facts.ts';
import type { Lead } from '../../domain/lead.ts';
import type { Lookup } from '../../domain/world/lookup.ts';
import type { Field } from '../../domain/world/world.ts';
import type { LookupQuestion, Subject } from '../../lookups/adapter.ts';
import { lookupAdapterOf } from '../../lookups/adapters.ts';

type Fields = Readonly<Record<string, Field>>;

/** A lead and the fields of its vertical. */
export interface Told {
  readonly lead: Lead;
  readonly fields: Fields;
}

/** The question; undefined where the lead holds nothing to ask about. */
export function questionOf(lookup: Lookup, of: Told): LookupQuestion | undefined {
  const { subject, matches } = lookupAdapterOf(lookup.service);
  const value = valueOf(subject, lookup.field, of);
  if (value === undefined) return undefined;
  const [phone, email] = [phoneOf(of), valueOf('email', null, of)];
  const person = { ...(phone !== undefined && { phone }), ...(email !== undefined && { email }) };
  return { value, ...(matches && person) };
}

/** The phone that the fact `phone_type` is about. */
export function phoneOf(of: Told): string | undefined {
  return valueOf('phone', null, of);
}

function valueOf(
  subject: Subject,
  field: string | null,
  { lead, fields }: Told,
): string | undefined {
  const { consent } = lead;
  const text = textOf(lead, field ?? nameFor(subject, fields));
  if (text !== undefined || field !== null) return text;
  if (subject === 'trustedform') return consent?.trustedform_url || undefined;
  return subject === 'jornaya' ? consent?.jornaya_id || undefined : undefined;
}

function nameFor(subject: Subject, fields: Fields): string | undefined {
  if (subject === 'phone') return factFieldsOf(fields).phone;
  if (subject !== 'email') return undefined;
  const names = Object.keys(fields).filter((name) => fields[name]?.type === 'email');
  return names.includes('email') ? 'email' : names.length === 1 ? names[0] : undefined;
}

function textOf({ fields }: Lead, name: string | undefined): string | undefined {
  const value = name === undefined ? '' : String(fields[name] ?? '');
  return value === '' ? undefined : value;
}
