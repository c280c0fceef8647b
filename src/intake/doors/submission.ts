// From what a client told to a submission of ours: each value under the name by which the vertical
// knows it, proofs of consent and facts about the visit in their places. Nothing is dropped: what
// finds no place stays under the client's name.

import type { Vertical } from '../../domain/world/world.ts';
import type { Door } from '../../domain/world/door.ts';
import { consent as consentShape, type LeadSubmission } from '../submission.ts';
import { isBlank, looseName } from '../values.ts';
import type { Told } from './door.ts';

/** Names that stand for the same everywhere, by looseName; the first one that fits counts. */
const ALIASES: ReadonlyMap<string, readonly string[]> = byTarget({
  first_name: 'fname f_name firstname name_first given_name',
  last_name: 'lname l_name lastname surname name_last family_name',
  phone: `phone1 phone_1 phone_home phone_cell phone_work phone_number phonenumber primary_phone
    day_phone home_phone cell_phone mobile mobile_phone telephone tel work_phone_number`,
  email: 'email_address emailaddress mail e_mail work_email',
  zip: 'zip_code zipcode postal_code postcode postal zip5',
  state: 'region state_code province',
  city: 'town',
  address: 'address1 street street1 street_address address_line_1 addr1',
  date_of_birth: 'dob birth_date birthdate birthday date_birth',
  ssn: 'social_security social_security_number ssn_number',
  gender: 'sex',
});

/** Fields that other systems call so, the likeliest first. */
export function fieldsAlike(name: string): readonly string[] {
  return ALIASES.get(looseName(name)) ?? [];
}

const CONSENT: ReadonlyMap<string, readonly string[]> = byTarget({
  trustedform_url: `trustedform_cert_url xxTrustedFormCertUrl trusted_form_cert_id
    trustedform_cert trustedform trusted_form_cert_url trustedformcerturl`,
  jornaya_id: 'universal_leadid jornaya_leadid leadid_token jornaya_lead_id universal_lead_id',
  ip: 'ip_address ipaddress ip client_ip',
  text: 'tcpa_text consent_text tcpa_consent_text tcpa_disclosure',
  at: 'consent_at consent_time tcpa_timestamp optindate',
});

const BEHAVIOUR: ReadonlyMap<string, readonly string[]> = byTarget({
  landing_page_url: 'landing_page landingpage url optinurl page_url',
  user_agent: 'useragent',
  referrer: 'referer',
  time_on_page_s: 'seconds_on_page time_on_page',
  form_seconds: 'form_time',
  utm_source: '',
  utm_medium: '',
  utm_campaign: '',
  utm_term: '',
  utm_content: '',
  gclid: 'gcl_id',
  fbclid: '',
  msclkid: '',
});

function byTarget(names: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const [target, text] of Object.entries(names)) {
    for (const name of [target, ...text.split(/\s+/)].map(looseName)) {
      if (name !== '') targets.set(name, [...(targets.get(name) ?? []), target]);
    }
  }
  return targets;
}

/** The submission of a request for its door. */
export function toSubmission(told: Told, door: Door, vertical: Vertical): LeadSubmission {
  const sorted = sort(told.values, door, vertical);
  const { consent } = sorted;
  const behaviour = { ...sorted.behaviour, ...told.behaviour };
  return {
    campaign: door.campaign,
    fields: sorted.fields,
    ...(told.subSource !== undefined && { sub_source: told.subSource.slice(0, 200) }),
    ...(told.externalId !== undefined && { external_id: told.externalId.slice(0, 200) }),
    ...(Object.keys(consent).length > 0 && { consent }),
    ...(Object.keys(behaviour).length > 0 && { behaviour }),
    ...(told.test && { test: true }),
    ...(told.askingCents !== undefined && { asking_cents: told.askingCents }),
  };
}

interface Sorted {
  readonly fields: Record<string, unknown>;
  /** The names of the fields so far, by looseName. */
  readonly taken: Set<string>;
  readonly consent: NonNullable<LeadSubmission['consent']> & Record<string, unknown>;
  readonly behaviour: Record<string, string | number | boolean>;
}

function sort(values: Told['values'], door: Door, vertical: Vertical): Sorted {
  const sorted: Sorted = { fields: {}, taken: new Set(), consent: {}, behaviour: {} };
  const known = namesOf(vertical);
  const chosen = new Map(Object.entries(door.fields).map(([name, to]) => [looseName(name), to]));
  const later: [name: string, value: unknown][] = [];
  // Names that say exactly what they mean go first: an alias never takes their place.
  for (const [name, value] of Object.entries(values)) {
    const target = chosen.get(looseName(name)) ?? (known.has(looseName(name)) ? name : undefined);
    if (target === undefined) later.push([name, value]);
    else keep(sorted, target, value);
  }
  for (const [name, value] of later) place(sorted, { name, value, known });
  return sorted;
}

function place(
  sorted: Sorted,
  { name, value, known }: { name: string; value: unknown; known: ReadonlyMap<string, string> },
): void {
  const loose = looseName(name);
  const { taken } = sorted;
  const field = ALIASES.get(loose)?.find((target) => known.has(looseName(target)));
  if (field !== undefined && !taken.has(looseName(field)) && !isBlank(value)) {
    keep(sorted, known.get(looseName(field)) ?? field, value);
    return;
  }
  const [proof] = CONSENT.get(loose) ?? [];
  if (proof !== undefined && !(proof in sorted.consent) && isProof(proof, value)) {
    sorted.consent[proof] = value;
    return;
  }
  const [fact] = BEHAVIOUR.get(loose) ?? [];
  if (fact !== undefined && !(fact in sorted.behaviour) && isFact(value)) {
    sorted.behaviour[fact] = value;
    return;
  }
  if (isWholeName(loose) && typeof value === 'string' && !taken.has('firstname')) {
    for (const [half, text] of Object.entries(splitName(value, known))) keep(sorted, half, text);
  }
  keep(sorted, name, value);
}

function keep({ fields, taken }: Sorted, name: string, value: unknown): void {
  fields[name] = value;
  taken.add(looseName(name));
}

/** The vertical's names by their loose form. */
function namesOf({ fields }: Vertical): ReadonlyMap<string, string> {
  return new Map(Object.keys(fields).map((name) => [looseName(name), name]));
}

function isProof(name: string, value: unknown): boolean {
  const schema = consentShape.shape[name as keyof typeof consentShape.shape];
  return !isBlank(value) && schema.safeParse(value).success;
}

function isFact(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value !== '' && value.length <= 500;
  return typeof value === 'number' || typeof value === 'boolean';
}

const isWholeName = (loose: string) => loose === 'fullname' || loose === 'name';

/** `Mary Ann Lee` is Mary Ann, of the Lees; one word is a first name only. */
function splitName(whole: string, known: ReadonlyMap<string, string>): Record<string, string> {
  const [first, last] = [known.get('firstname'), known.get('lastname')];
  const words = whole.trim().split(/\s+/);
  if (first === undefined || words[0] === '') return {};
  if (last === undefined || words.length === 1) return { [first]: words.join(' ') };
  return { [first]: words.slice(0, -1).join(' '), [last]: words.at(-1) ?? '' };
}
