// What is odd about a lead that is complete and readable.

import { domainOf, type IsDisposable, isRole, meantDomain } from '../../domain/fields/email.ts';
import { factFieldsOf } from '../../domain/facts.ts';
import type { Lead } from '../../domain/lead.ts';
import { type Hint, type HintCode, HINTS } from '../../domain/validation/hints.ts';
import type { Vertical } from '../../domain/world/world.ts';
import { stateOfZip } from '../places/states.ts';

/** What is noticed, in the order of the vertical's fields; the zip last. */
export function findHints(
  { fields }: Pick<Lead, 'fields'>,
  vertical: Pick<Vertical, 'fields'>,
  isDisposable: IsDisposable,
): Hint[] {
  const textOf = (name: string | undefined): string => {
    const value = name !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const emails = Object.keys(vertical.fields).filter(
    (name) => vertical.fields[name]?.type === 'email' && textOf(name) !== '',
  );
  const { zip, state } = factFieldsOf(vertical.fields);
  return [
    ...emails.flatMap((name) => emailHints(name, textOf(name), isDisposable)),
    ...(zip === undefined ? [] : zipHints(zip, textOf(zip), textOf(state))),
  ];
}

function emailHints(field: string, email: string, isDisposable: IsDisposable): Hint[] {
  const domain = domainOf(email);
  const meant = meantDomain(domain);
  return [
    ...(isDisposable(domain) ? [hint(field, 'email_disposable')] : []),
    ...(isRole(email) ? [hint(field, 'email_role')] : []),
    ...(meant === undefined ? [] : [{ ...hint(field, 'email_typo'), says: `is ${meant} meant?` }]),
  ];
}

function zipHints(field: string, zip: string, told: string): Hint[] {
  if (zip === '') return [];
  const state = stateOfZip(zip);
  if (state === undefined) return [hint(field, 'zip_unknown')];
  return told === '' || told === state ? [] : [hint(field, 'zip_not_in_state')];
}

function hint(field: string, code: HintCode): Hint {
  return { field, code, says: HINTS[code] };
}
