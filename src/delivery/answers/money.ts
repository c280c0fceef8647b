// A price as a buyer writes it to cents.

import type { PriceRule } from '../../domain/delivery/answer.ts';
import { type Cents, cents, parseDollars } from '../../domain/money.ts';

export type ReadPrice =
  | { readonly kind: 'price'; readonly priceCents: Cents }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' | 'over_ceiling' | 'under_minimum' };

/** What no lead costs: a mistake, or a number that means something else. */
const CEILING_CENTS = 100_000_000;

/**
 * Reads the text at a price's path. More decimals than two only where they are zeros: half a cent
 * is nobody's price. A price is never made up, rounded or turned round.
 */
export function readPrice(text: string | undefined, rule: PriceRule): ReadPrice {
  if (text === undefined) {
    const { fallbackCents } = rule;
    return fallbackCents === undefined
      ? { kind: 'none' }
      : { kind: 'price', priceCents: fallbackCents };
  }
  const stripped = rule.strip ? text.replace(rule.strip, '').trim() : text;
  const written = stripped.replace(/(\.\d\d)0{1,8}$/, '$1');
  if (Number(written.replaceAll(/[$,\s]/g, '')) > ceilingOf(rule)) return { kind: 'over_ceiling' };
  const amount = parseDollars(written);
  if (amount === undefined) return { kind: 'unreadable' };
  const isWhole = rule.unit === 'dollars' || amount % 100 === 0;
  if (!isWhole) return { kind: 'unreadable' };
  const priceCents = rule.unit === 'dollars' ? amount : cents(amount / 100);
  if (priceCents < (rule.minCents ?? 0)) return { kind: 'under_minimum' };
  return { kind: 'price', priceCents };
}

function ceilingOf({ unit }: PriceRule): number {
  return unit === 'dollars' ? CEILING_CENTS / 100 : CEILING_CENTS;
}
