// When two leads are one person: by lists of fields, all of which agree.

import type { BuyerId, ContractId, LeadId } from './ids.ts';
import type { Lead } from './lead.ts';

/** Two leads are one person when all fields of any list agree, within the window. */
export interface PersonRule {
  readonly by: readonly (readonly string[])[];
  readonly withinDays: number;
}

/** One list of fields that make a person, and their values in one lead. */
export interface PersonKey {
  readonly fields: readonly string[];
  readonly values: readonly string[];
}

/** The keys of which the lead has every field: an empty field is like nobody's. */
export function personKeys(by: PersonRule['by'], fields: Lead['fields']): PersonKey[] {
  return by
    .map((names) => ({
      fields: names,
      values: names.map((name) => String(fields[name] ?? '').toLowerCase()),
    }))
    .filter(({ values }) => values.every((value) => value !== ''));
}

/** Has this buyer had this person? Asked of one contract by one key of one rule. */
export interface RepeatQuestion {
  /** The contract that is to be offered the lead. */
  readonly contractId: ContractId;
  readonly buyer: BuyerId;
  /** The contract through which the buyer had the person; null = through any of its contracts. */
  readonly through: ContractId | null;
  readonly key: PersonKey;
  readonly withinDays: number;
}

/** An earlier lead of the same person that the buyer has, or may have. */
export interface SeenBefore {
  readonly leadId: LeadId;
  /** When it was about to be sent. */
  readonly atMs: number;
  /** The fields that agree. */
  readonly fields: readonly string[];
  readonly withinDays: number;
}

/** One list of fields by which a buyer's earlier leads must be found again. */
export interface KeptPersons extends Pick<RepeatQuestion, 'buyer' | 'through'> {
  readonly fields: readonly string[];
  readonly withinDays: number;
}
