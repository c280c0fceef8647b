// The proof that a person agreed to be contacted, and what a campaign requires of it.

import { MINUTE_MS } from '../calendar.ts';
import { minutesText } from '../duplicates.ts';
import type { FieldProblem } from '../lead.ts';

/** What a source may send along as proof. */
export const CONSENT_PARTS = ['text', 'at', 'ip', 'trustedform_url', 'jornaya_id'] as const;
type ConsentPart = (typeof CONSENT_PARTS)[number];
export type Consent = { readonly [Part in ConsentPart]?: string | undefined };

/** What a campaign may require: a part, or one of the two certificates. */
export const CONSENT_DEMANDS = [...CONSENT_PARTS, 'certificate'] as const;
export type ConsentDemand = (typeof CONSENT_DEMANDS)[number];

export interface ConsentRule {
  readonly required: readonly ConsentDemand[];
  /** How old it may be when the lead is received; null = any age. */
  readonly maxAgeMinutes: number | null;
}

/** Clocks of sources go wrong: so far ahead of ours a consent is still one of now. */
const CLOCKS_APART_MS = 5 * MINUTE_MS;

/**
 * What keeps a consent from being the one that is required, in the order in which it is required.
 * None of it tells a value.
 */
export function consentFaults(
  rule: ConsentRule,
  { consent, receivedAtMs }: { readonly consent: Consent | null; readonly receivedAtMs: number },
): FieldProblem[] {
  const required = new Set<ConsentDemand>(rule.required);
  // What has no date cannot be young enough.
  if (rule.maxAgeMinutes !== null) required.add('at');
  const missing = [...required].filter((demand) => !has(consent, demand)).map(missingOf);
  const outdated = consent?.at ? ageFault(rule, Date.parse(consent.at), receivedAtMs) : undefined;
  return outdated === undefined
    ? missing
    : [...missing, { field: 'consent.at', reason: 'consent_outdated', says: outdated }];
}

function has(consent: Consent | null, demand: ConsentDemand): boolean {
  if (demand === 'certificate')
    return has(consent, 'trustedform_url') || has(consent, 'jornaya_id');
  return (consent?.[demand] ?? '').trim() !== '';
}

function missingOf(demand: ConsentDemand): FieldProblem {
  const [part, says] =
    demand === 'certificate'
      ? ['trustedform_url', 'missing, and so is consent.jornaya_id: one of them is required']
      : [demand, 'missing'];
  return { field: `consent.${part}`, reason: 'consent_missing', says };
}

function ageFault(rule: ConsentRule, givenAtMs: number, receivedAtMs: number): string | undefined {
  if (givenAtMs > receivedAtMs + CLOCKS_APART_MS) return 'later than the lead';
  const { maxAgeMinutes } = rule;
  if (maxAgeMinutes === null) return undefined;
  if (receivedAtMs - givenAtMs <= maxAgeMinutes * MINUTE_MS) return undefined;
  return `older than ${minutesText(maxAgeMinutes)}`;
}
