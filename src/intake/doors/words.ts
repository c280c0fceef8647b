// What many formats say alike: amounts, and what is wrong in one sentence.

import type { LeadOutcome } from '../../domain/lead.ts';
import { sentenceOf } from '../../domain/reasons.ts';
import type { Refused } from './door.ts';

/** Cents as a number of dollars, for JSON: 1250 is 12.5. */
export function dollarNumber(cents: number): number {
  return cents / 100;
}

/** Cents as text with two decimals: 1250 is `12.50`. */
export function dollarText(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** What is wrong, field by field, in one line. Never a value of the request. */
export function problemText(wrong: Refused | (LeadOutcome & { kind: 'rejected' })): string {
  const [says, problems] =
    wrong.kind === 'refused'
      ? [wrong.says, wrong.errors]
      : [sentenceOf(wrong.reason), wrong.problems ?? []];
  return [says, ...problems.map((each) => `${each.field}: ${each.says}`)].join('; ');
}
