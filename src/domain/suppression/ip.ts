// Addresses and ranges of them, as text that can be hashed: a range is found by looking up, for an
// address, each range of a known size that holds it.

/** Sizes of ranges that are listed. Each costs a look-up for every address. */
const SIZES = {
  4: [32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16],
  6: [128, 64, 56, 48, 40, 32],
} as const;

/** In words, for whoever lists another one. */
export const RANGE_SIZES = 'IPv4 /16 to /32; IPv6 /32, /40, /48, /56, /64 or /128';

/**
 * The normal form of an address or a range: `203.0.113.7/32`, `2001:db8:0:0/64`. Undefined for
 * anything else, for ranges of other sizes, and for those that do not begin where they should.
 */
export function normalRange(text: string): string | undefined {
  const [, address = '', size] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bits = bitsOf(address);
  if (bits === undefined) return undefined;
  const sizes: readonly number[] = bits.length === 32 ? SIZES[4] : SIZES[6];
  const prefix = size === undefined ? bits.length : Number(size);
  if (!sizes.includes(prefix) || bits.slice(prefix).includes('1')) return undefined;
  return rangeText(bits, prefix);
}

/** Every range that holds this address, in its normal form; none for what is no address. */
export function rangesOf(address: string): string[] {
  const bits = bitsOf(address);
  if (bits === undefined) return [];
  const sizes: readonly number[] = bits.length === 32 ? SIZES[4] : SIZES[6];
  return sizes.map((size) => rangeText(bits, size));
}

function rangeText(bits: string, size: number): string {
  const kept = bits.slice(0, size).padEnd(bits.length, '0');
  const step = bits.length === 32 ? 8 : 16;
  const parts = kept.match(new RegExp(`.{${step}}`, 'g')) ?? [];
  const numbers = parts.map((part) => Number.parseInt(part, 2));
  const text =
    step === 8 ? numbers.join('.') : numbers.map((number) => number.toString(16)).join(':');
  return `${text}/${size}`;
}

/** An address as 32 or 128 digits 0 and 1; IPv4 written as IPv6 is IPv4. */
function bitsOf(address: string): string | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const four = bitsOfFour(mapped ?? address);
  return four ?? bitsOfSix(address);
}

function bitsOfFour(address: string): string | undefined {
  const parts = address.split('.');
  const isRight = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part));
  if (!isRight || parts.some((part) => Number(part) > 255)) return undefined;
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}

function bitsOfSix(address: string): string | undefined {
  const [head = '', tail, ...more] = address.split('::');
  const wordsOf = (text: string) => (text === '' ? [] : text.split(':'));
  const [left, right] = [wordsOf(head), wordsOf(tail ?? '')];
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const words = [...left, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...right];
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return words.map((word) => Number.parseInt(word, 16).toString(2).padStart(16, '0')).join('');
}
