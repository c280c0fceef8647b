// Takes the person out of other people's words. A buyer's reason may quote the name or phone number
// it was sent; histories are kept and shown, so what goes into them passes through here.

import type { FieldValue } from './world/world.ts';

/** Shorter values ("TX", "5") stand in ordinary words too: cutting them out would hide nothing. */
const LEAST_LENGTH = 3;

/**
 * The text without any of the values, in whatever case; runs of digits also without punctuation.
 */
export function scrub(text: string, values: readonly FieldValue[]): string {
  let clean = text;
  for (const value of values) {
    const whole = String(value);
    if (whole.length < LEAST_LENGTH) continue;
    clean = withoutDigits(without(clean, whole), whole);
  }
  return clean;
}

function without(text: string, value: string): string {
  // Nearly always: a pattern per value and answer would cost a millisecond per lead.
  if (!text.toLowerCase().includes(value.toLowerCase())) return text;
  const pattern = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(pattern, 'gi'), '…');
}

/** A phone number however it is written: `+15125550142` also as `(512) 555-0142`. */
function withoutDigits(text: string, value: string): string {
  const digits = value.replace(/\D/g, '').slice(-10);
  if (digits.length < 7 || !text.replace(/\D/g, '').includes(digits)) return text;
  return text.replace(new RegExp(digits.split('').join('\\D{0,2}'), 'g'), '…');
}
