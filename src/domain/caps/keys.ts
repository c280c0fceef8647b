// The keys of cap windows, as codes and as words. A key reads owner, name, fact, period, measure:
// `contract/apex_auto/state=TX/day/2026-11-24/leads`.

import type { BuyerId } from '../ids.ts';

/** What a buyer that pays ahead has used of its deposits and its credit. */
export function balanceKeyOf(buyerId: BuyerId): string {
  return `buyer/${buyerId}/balance/cents`;
}

/** Whether a window is a balance: its use may be below nothing, since deposits are. */
export function isBalanceKey(key: string): boolean {
  return /^buyer\/[^/]+\/balance\/cents$/.test(key);
}

/** Whether a window counts money, in cents; else it counts leads. */
export function isMoneyKey(key: string): boolean {
  return key.endsWith('/cents');
}

/** Whether what is left of a window is too little for a lead, or of money for `leastCents`. */
export function isTooLittle(key: string, left: number, leastCents = 1): boolean {
  return left < (isMoneyKey(key) ? Math.max(1, leastCents) : 1);
}

/** The same for every value of its fact: `contract/apex_auto/state=/day/2026-11-24/leads`. */
export function shapeOfKey(key: string): string {
  return key.replace(/=[^/]*/, '=');
}

/** Words that stand for periods and cannot name a cap. */
export const PERIOD_WORDS = ['hour', 'day', 'week', 'month', 'total', 'rolling', 'balance'];

/** A key for people: `contract apex_auto, state TX, leads in day 2026-11-24`. */
export function describeKey(key: string): string {
  const parts = key.split('/');
  const [kind = '', id = ''] = parts;
  const rest = parts.slice(2, -1);
  const measure = parts.at(-1) ?? '';
  const at = rest.findIndex((part) => PERIOD_WORDS.includes(part));
  const period = rest.slice(Math.max(0, at));
  const marks = rest.slice(0, Math.max(0, at)).map(describeMark);
  return [`${kind} ${id}`, ...marks, describePeriod(period, measure)].join(', ');
}

function describeMark(part: string): string {
  const [fact, value] = part.split('=');
  if (value === undefined) return part;
  return value === '' ? `without ${fact}` : `${fact} ${valueIn(value)}`;
}

/** The value of a fact as it was, from its part of a key; one that was cut stays as it stands. */
export function valueIn(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Cut in the middle of a letter that takes several bytes.
    return part;
  }
}

function describePeriod([per = '', first = '', day = '']: readonly string[], measure: string) {
  switch (per) {
    case 'balance':
      return 'balance';
    case 'total':
      return `${measure} in total`;
    case 'rolling':
      return `${measure} in any ${first}`;
    case 'week':
      return day ? `${measure} in the week from ${first} ${day}` : `${measure} in week ${first}`;
    default:
      return `${measure} in ${per} ${first}`;
  }
}
