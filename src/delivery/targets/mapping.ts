// What stands in which field of the receiver: a field of the lead, a fact of the sale, or always
// the same. A field that the lead does not have is left out: nothing is made up, and no null sent.

import { z } from 'zod';

import type { FieldValue } from '../../domain/world/world.ts';
import type { NamedField } from './kind.ts';
import type { Push } from './target.ts';

/** What is known of every push beside the lead's fields. */
export const FACTS = {
  lead_id: ({ parcel }: Push) => parcel.leadId,
  delivery_id: ({ id }: Push) => id,
  campaign: ({ parcel }: Push) => parcel.campaign,
  contract: ({ parcel }: Push) => parcel.contractId,
  member: ({ parcel }: Push) => parcel.member,
  price: ({ sale }: Push) => (sale.priceCents / 100).toFixed(2),
  price_cents: ({ sale }: Push) => sale.priceCents,
  reference: ({ sale }: Push) => sale.reference ?? undefined,
} as const satisfies Readonly<Record<string, (push: Push) => FieldValue | undefined>>;
export type Fact = keyof typeof FACTS;
export const FACT_NAMES = Object.keys(FACTS) as Fact[];

const fieldName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

/** Where a value comes from. */
export const source = z
  .union(
    [
      fieldName,
      z.strictObject({ fact: z.enum(FACT_NAMES).describe('What is known of the sale.') }),
      z.strictObject({
        value: z
          .union([z.string().min(1).max(1_000), z.number(), z.boolean()])
          .describe('Always this.'),
      }),
    ],
    {
      error:
        'wants the name of a field, { fact: … } with ' +
        `${FACT_NAMES.join(', ')}, or { value: … } for what is always the same`,
    },
  )
  .describe('A field of the lead; or { fact: lead_id }; or { value: what is always the same }.');
export type Source = z.output<typeof source>;

/** Sources by the receiver's names. */
export function mappingOf<Name extends z.ZodType<string, string>>(name: Name) {
  return z
    .record(name, source)
    .refine((map) => Object.keys(map).length <= 200, 'at most 200 of them')
    .describe('What stands in which field of the receiver: its name: our field.');
}

/** The value of a source; undefined where the lead has none. */
export function valueOf(from: Source, push: Push): FieldValue | undefined {
  if (typeof from !== 'string') return 'fact' in from ? FACTS[from.fact](push) : from.value;
  const { fields } = push.parcel;
  return Object.hasOwn(fields, from) ? fields[from] : undefined;
}

/** What there is, by the receiver's names, in the order of the mapping. */
export function mapped(
  mapping: Readonly<Record<string, Source>>,
  push: Push,
): Record<string, FieldValue> {
  const entries = Object.entries(mapping).flatMap(([name, from]) => {
    const value = valueOf(from, push);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** The same as text, for forms. */
export function mappedText(
  mapping: Readonly<Record<string, Source>>,
  push: Push,
): Record<string, string> {
  const entries = Object.entries(mapped(mapping, push));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** The fields of the vertical that sources name, by where they stand. */
export function fieldsOf(
  sources: Readonly<Record<string, Source>> | readonly Source[],
  at: string,
): NamedField[] {
  const isList = Array.isArray(sources);
  return Object.entries(sources).flatMap(([key, from]: [string, Source]) =>
    typeof from === 'string' ? [{ path: [at, isList ? Number(key) : key], field: from }] : [],
  );
}
