// Money is integer cents, and this file holds the only ways to make them.

declare const unit: unique symbol;

/** A whole number of cents, never negative, safely inside a double. */
export type Cents = number & { readonly [unit]: 'cents' };

/** Vouches for a number. Throws on fractions, negatives and numbers past 2^53: those are bugs. */
export function cents(amount: number): Cents {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new Error(`not cents: ${amount}`);
  return amount as Cents;
}

export const ZERO = cents(0);

/** The highest of some amounts; 0 of none. */
export function highest(...amounts: readonly Cents[]): Cents {
  return amounts.reduce((most, amount) => (amount > most ? amount : most), ZERO);
}

// Digits with optional groups of three, then at most two decimals. A decimal comma is refused
// rather than read as a thousand: "12,50" must never become $1,250.
const DECIMAL = /^\$?\s?(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,2}))?$/;

/** Dollars as a buyer writes them ("14.8", "$1,200.00") to cents; undefined when unclear. */
export function parseDollars(text: string): Cents | undefined {
  const match = DECIMAL.exec(text.trim());
  if (!match?.[1]) return undefined;
  const whole = Number(match[1].replaceAll(',', ''));
  return cents(whole * 100 + Number((match[2] ?? '').padEnd(2, '0')));
}

/** Cents as operators read them: `$14.80`, `$1,200.00`. Negative amounts read `-$3.00`. */
export function dollars(amount: number): string {
  const whole = Math.floor(Math.abs(amount) / 100);
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = String(Math.abs(amount) % 100).padStart(2, '0');
  return `${amount < 0 ? '-' : ''}$${grouped}.${rest}`;
}

/** A share of an amount in basis points (1/100 %), rounded down: the house keeps the fraction. */
export function shareOf(amount: Cents, basisPoints: number): Cents {
  return cents(Number((BigInt(amount) * BigInt(basisPoints)) / 10_000n));
}
