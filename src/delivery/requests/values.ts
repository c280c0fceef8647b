// What the mappings of a request come to: each place with its value, or nothing where a lead has
// none.

import type { Mapping, Origin, Place } from '../../domain/delivery/request.ts';
import type { Cents } from '../../domain/money.ts';
import type { FieldValue } from '../../domain/world/world.ts';
import type { Parcel, Secrets } from '../adapter.ts';
import { render, type Scope } from './template.ts';
import { type Moment, transformed } from './transforms.ts';

/** Everything that a request may be made from. */
export interface Material {
  readonly parcel: Parcel;
  readonly terms: Terms;
  readonly secrets: Secrets;
  readonly moment: Moment;
}

/** What was agreed before the request, as far as it was. */
export interface Terms {
  readonly priceCents?: Cents;
  readonly bidId?: string | undefined;
  readonly captures?: Readonly<Record<string, string>> | undefined;
  readonly reference?: string | null;
}

/** A place of the request and what stands there. */
export interface Placed {
  readonly to: Place;
  readonly value: FieldValue;
}

export type Mapped =
  | { readonly kind: 'placed'; readonly placed: readonly Placed[] }
  | { readonly kind: 'failed'; readonly says: string };

/** The values in the order of the mappings. */
export function placedValues(mappings: readonly Mapping[], material: Material): Mapped {
  const placed: Placed[] = [];
  const scope = scopeOf(material);
  for (const { to, from, as, map, omitIfEmpty } of mappings) {
    const found = valueOf(from, material, scope);
    if (found.kind === 'failed') return { kind: 'failed', says: `${to.name}: ${found.says}` };
    if (found.value === undefined) continue;
    const value = translated(transformed(found.value, as, material.moment), map);
    if (omitIfEmpty && String(value).trim() === '') continue;
    placed.push({ to, value });
  }
  return { kind: 'placed', placed };
}

/** What templates may name: the lead's fields as `lead`, facts by name, captures as `captured`. */
export function scopeOf({ parcel, terms, moment }: Material): Scope {
  const facts = factsOf(parcel, terms, moment);
  return { values: { lead: parcel.fields, captured: terms.captures ?? {}, ...facts }, moment };
}

type Found =
  | { readonly kind: 'value'; readonly value: FieldValue | undefined }
  | { readonly kind: 'failed'; readonly says: string };

function valueOf(from: Origin, { parcel, terms, secrets, moment }: Material, scope: Scope): Found {
  const value = (found: FieldValue | undefined): Found => ({ kind: 'value', value: found });
  switch (from.kind) {
    case 'field':
      return value(ownOf(parcel.fields, from.field));
    case 'value':
      return value(from.value);
    case 'fact':
      return value(factsOf(parcel, terms, moment)[from.fact]);
    case 'captured':
      return value(ownOf(terms.captures ?? {}, from.name));
    case 'secret':
      return value(secrets.get(from.secret));
    case 'template': {
      const rendered = render(from.liquid, 'text', scope);
      return rendered.kind === 'text' ? value(rendered.text) : rendered;
    }
  }
}

function factsOf(parcel: Parcel, terms: Terms, { nowMs }: Moment) {
  const { leadId, contractId, campaign, member, round, isTest } = parcel;
  const { priceCents, bidId, reference } = terms;
  return {
    lead_id: leadId,
    contract: contractId,
    campaign,
    member,
    round,
    price_cents: priceCents,
    price_dollars: priceCents === undefined ? undefined : (priceCents / 100).toFixed(2),
    bid_id: bidId,
    reference: reference ?? undefined,
    test: isTest === true,
    sent_at: new Date(nowMs).toISOString(),
  };
}

function translated(value: FieldValue, map: Mapping['map']): FieldValue {
  if (map === null) return value;
  return ownOf(map, String(value)) ?? ownOf(map, '*') ?? value;
}

function ownOf<T>(from: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}
