// What one receiver is told of a lead, and its words without the person.

import type { Parcel } from '../delivery/adapter.ts';
import { memberOf } from '../domain/ids.ts';
import { scrub } from '../domain/scrub.ts';
import type { Step } from '../domain/world/contract.ts';
import type { FieldValue, Vertical } from '../domain/world/world.ts';
import type { Case } from './cases.ts';

/** Fetches a secret by its reference, at the moment of use. Undefined when it is not set. */
export type ReadSecret = (reference: string) => Promise<string | undefined>;

/**
 * The fields that a step may carry: those it lists, and without a list all for a post and none that
 * is personal for a ping, so that a buyer that loses has learned nobody's name.
 */
export function carriedBy(
  step: Pick<Step, 'fields'>,
  kinds: Vertical['fields'],
  of: { readonly fields: Case['lead']['fields']; readonly withPerson: boolean },
): Record<string, FieldValue> {
  const names =
    step.fields ?? Object.keys(kinds).filter((name) => of.withPerson || !kinds[name]?.personal);
  const fields: Record<string, FieldValue> = {};
  for (const name of names) {
    const value = of.fields[name];
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

/** What a step tells one receiver of a lead. */
export function parcelFor(
  { lead, loaded, campaign }: Case,
  step: Pick<Step, 'fields'>,
  to: { readonly contractId: string; readonly round: number; readonly withPerson: boolean },
): Parcel {
  const kinds = loaded.world.verticals[campaign.vertical]?.fields ?? {};
  const { contractId, round, withPerson } = to;
  const fields = carriedBy(step, kinds, { fields: lead.fields, withPerson });
  const member = memberOf(contractId);
  const about = { leadId: lead.id, campaign: lead.campaignId, contractId, round, fields };
  return {
    ...about,
    ...(member !== undefined && { member }),
    ...(lead.test && { isTest: true as const }),
  };
}

/** A receiver's words about a lead, without the person that it was told of. */
export function withoutPerson(text: string, { lead, loaded, campaign }: Case): string {
  const kinds = loaded.world.verticals[campaign.vertical]?.fields ?? {};
  const personal = Object.entries(lead.fields).filter(([name]) => kinds[name]?.personal);
  // Longest first: without the name in it, the rest of an e-mail address would be left.
  const values = personal.map(([, value]) => value);
  return scrub(
    text,
    values.toSorted((a, b) => String(b).length - String(a).length),
  );
}
