// A set of zips as one bit for each of the 100,000 there can be: 12.5 KB however long the list, and
// a look-up that costs the same for 4 entries and for 40,000.

const ZIPS = 100_000;
const WORD_BITS = 32;

const ENTRY = /^(?:(\d{1,4})\*|(\d{5})(?:-(\d{5}|\d{4}))?)$/;

export class ZipSet {
  readonly #words = new Uint32Array(ZIPS / WORD_BITS);

  /**
   * The zips that entries name: one (`10001`, also as ZIP+4), a range with both its ends
   * (`78700-78799`), all with a beginning (`787*`). Throws on an entry that `zipFault` refuses.
   */
  static of(entries: readonly string[]): ZipSet {
    const set = new ZipSet();
    for (const entry of entries) {
      const [from, to] = spanOf(entry);
      for (let zip = from; zip <= to; zip += 1) set.#add(zip);
    }
    return set;
  }

  #add(zip: number): void {
    const word = Math.floor(zip / WORD_BITS);
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (zip % WORD_BITS));
  }

  /** Whether the set holds a zip. Of ZIP+4 the first five digits count; other text is in no set. */
  has(zip: string): boolean {
    const number = zipNumber(zip);
    if (number === undefined) return false;
    const word = this.#words[Math.floor(number / WORD_BITS)] ?? 0;
    return ((word >>> (number % WORD_BITS)) & 1) === 1;
  }

  /** All zips of the set, in order. */
  *[Symbol.iterator](): Generator<string> {
    for (let zip = 0; zip < ZIPS; zip += 1) {
      const text = String(zip).padStart(5, '0');
      if (this.has(text)) yield text;
    }
  }
}

/** The number of a zip of five digits or of ZIP+4; undefined for any other text. */
function zipNumber(text: string): number | undefined {
  if (text.length !== 5 && !(text.length === 10 && text[5] === '-')) return undefined;
  let number = 0;
  for (let index = 0; index < 5; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

function spanOf(entry: string): readonly [from: number, to: number] {
  const [, beginning, first = '', rest = ''] = ENTRY.exec(entry) ?? [];
  if (beginning !== undefined) {
    return [Number(beginning.padEnd(5, '0')), Number(beginning.padEnd(5, '9'))];
  }
  if (first === '') throw new Error('not an entry of a zip list');
  return [Number(first), Number(rest.length === 5 ? rest : first)];
}

/** What is wrong with an entry of a zip list, and what to write; undefined if nothing. */
export function zipFault(entry: string): { says: string; fix?: string } | undefined {
  const [match, , first = '', rest = ''] = ENTRY.exec(entry) ?? [];
  if (match === undefined) {
    const beginning = /^(\d{1,4})(?:[xX?%_]+|\*+)$/.exec(entry)?.[1];
    const says = 'is neither a zip, nor a range, nor a beginning';
    return { says, fix: beginning ? `write ${beginning}*` : 'such as 10001, 78700-78799 or 787*' };
  }
  if (rest.length === 5 && rest < first) {
    return { says: 'ends before it begins', fix: `write ${rest}-${first}` };
  }
  return undefined;
}
