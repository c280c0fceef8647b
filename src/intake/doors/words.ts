// What many formats say alike: amounts, and what is wrong in one sentence.

import type { LeadOutcome } from '../../domain/lead.ts';
import { type Cents, parseDollars } from '../../domain/money.ts';
import { sentenceOf } from '../../domain/reasons.ts';
import { refused, type Refused } from './door.ts';

/** Cents as a number of dollars, for JSON: 1250 is 12.5. */
export function dollarNumber(cents: number): number {
  return cents / 100;
}

/** Cents as text with two decimals: 1250 is `12.50`. */
export function dollarText(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** What is wrong, then field by field. Never a value of the request. */
export function problemLines(wrong: Refused | (LeadOutcome & { kind: 'rejected' })): string[] {
  const [says, problems] =
    wrong.kind === 'refused'
      ? [wrong.says, wrong.errors]
      : [sentenceOf(wrong.reason), wrong.problems ?? []];
  return [says, ...problems.map((each) => `${each.field}: ${each.says}`)];
}

/** The same in one line. */
export function problemText(wrong: Parameters<typeof problemLines>[0]): string {
  return problemLines(wrong).join('; ');
}

/** The most that can be asked for, as in a submission of our own. */
const MAX_ASKING_CENTS = 100_000_000;

/** The least payout that a client names; absent and nothing are the same. */
export function askingOf(field: string, text: string | undefined): Cents | Refused | undefined {
  if (text === undefined || /^-|^\$?[0.]+$/.test(text)) return undefined;
  const asked = parseDollars(text);
  if (asked !== undefined && asked <= MAX_ASKING_CENTS) return asked;
  const fix = 'such as 12.50, at most 1,000,000';
  const wrong = { field, says: 'not an amount in dollars', fix };
  return refused('invalid', 'the least price is not readable', [wrong]);
}
