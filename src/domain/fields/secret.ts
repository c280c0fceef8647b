// Fields that nobody reads here: they are kept for the buyer's post, and shown as stars.

import type { Field, FieldType, FieldValue } from '../world/world.ts';

/** Never in a ping, a filter's value or anything that is shown, whatever the world says. */
export function isSecret({ type }: { readonly type: FieldType }): boolean {
  return type === 'ssn';
}

const STARS = '*********';

/** Values as operators read them. Where the fields are not known, nine digits are hidden too. */
export function masked(
  values: Readonly<Record<string, FieldValue>>,
  fields: Readonly<Record<string, Field>> | undefined,
): Readonly<Record<string, FieldValue>> {
  const isMasked = (name: string, value: FieldValue) => {
    if (fields === undefined) return /^\d{9}$/.test(String(value));
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field !== undefined && isSecret(field);
  };
  const shown = Object.entries(values).map(([name, value]) => {
    return [name, isMasked(name, value) ? STARS : value] as const;
  });
  return Object.fromEntries(shown);
}
