// Numbers and ranges of them as people and forms write them.

import { rangeText, type Span, spanOf } from '../../domain/fields/range.ts';

// Sign and currency sign in either order, thousands in groups of three, then up to three words of
// unit. "2,5" is refused rather than read as 25.
const NUMBER = /^([-+]?)\$?([-+]?)(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})?(\.\d{1,10})?(.*)$/;
const UNIT = /^(?: ?%| ?\/ ?[a-z]+|(?: [a-z.]+){1,3})?$/i;
// "10 k" is not 10, and "5 or more" is not 5.
const CHANGES_MEANING =
  /\b(?:k|m|mm|bn|hundred|thousand|million|billion|or|and|to|plus|more|less)\b/i;

export function parseNumber(text: string): number | undefined {
  const inBrackets = /^\((.*)\)$/.exec(text)?.[1];
  const [, first = '', second = '', whole = '', decimals = '', unit = ''] =
    NUMBER.exec((inBrackets ?? text).replace(/\$ /, '$')) ?? [];
  if (!whole && !decimals) return undefined;
  if ((first && second) || (inBrackets && (first || second))) return undefined;
  if (!UNIT.test(unit) || CHANGES_MEANING.test(unit)) return undefined;
  const amount = Number(whole.replaceAll(',', '') + decimals);
  const negative = inBrackets !== undefined || first === '-' || second === '-';
  return negative && amount !== 0 ? -amount : amount;
}

const AMOUNT =
  String.raw`\$? ?(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(\.\d{1,10})?` +
  String.raw`(?: ?(k|m|thousand|million)\b)?(?: ?%)?`;
const BETWEEN = new RegExp(
  `^(?:between |from )?${AMOUNT} ?(?:-|\u2013|\u2014| to | and ) ?${AMOUNT}(.*)$`,
  'i',
);
const FROM = new RegExp(
  `^(?:over|above|more than|greater than|at least|from|>=?|\u2265) ?${AMOUNT}(.*)$`,
  'i',
);
const UP_TO = new RegExp(
  `^(?:under|below|less than|up to|at most|no more than|<=?|\u2264) ?${AMOUNT}(.*)$`,
  'i',
);
const OPEN_END = new RegExp(
  `^${AMOUNT} ?(?:\\+|(?:plus|(?:or|and) (?:more|over|above|up|greater))\\b)(.*)$`,
  'i',
);
const OPEN_BEGINNING = new RegExp(`^${AMOUNT} (?:or|and) (?:less|under|below|fewer)\\b(.*)$`, 'i');
const ONE = new RegExp(`^${AMOUNT}(.*)$`, 'i');

/**
 * The normal form of a range: `5000-10000`, `50000+`, `7`. `k` and `m` are thousands and millions;
 * what is under or over an amount goes up to it or from it on; a range without a beginning begins
 * at 0. Undefined for what would have to be guessed: `50-75k`, `10-5`, `-5`.
 */
export function parseRange(text: string): string | undefined {
  const span = findSpan(text);
  return span && spanOf(rangeText(span)) && rangeText(span);
}

function findSpan(text: string): Span | undefined {
  const two = BETWEEN.exec(text);
  if (two) {
    const [, ...parts] = two;
    if (!isUnit(parts[6])) return undefined;
    const [min, max] = [amountOf(parts.slice(0, 3)), amountOf(parts.slice(3, 6))];
    // "50-75k" is 50 to 75,000 to some and 50,000 to 75,000 to others.
    const isVague = parts[5] !== undefined && parts[2] === undefined && min !== 0 && min < 1_000;
    return isVague ? undefined : { min, max };
  }
  const least = amountIn(FROM.exec(text) ?? OPEN_END.exec(text));
  if (least !== undefined) return { min: least };
  const most = amountIn(UP_TO.exec(text) ?? OPEN_BEGINNING.exec(text));
  if (most !== undefined) return { min: 0, max: most };
  const one = amountIn(ONE.exec(text));
  return one === undefined ? undefined : { min: one, max: one };
}

function amountIn(found: RegExpExecArray | null): number | undefined {
  if (!found) return undefined;
  const [, ...parts] = found;
  return isUnit(parts[3]) ? amountOf(parts) : undefined;
}

const POWERS: Readonly<Record<string, string>> = {
  k: 'e3',
  thousand: 'e3',
  m: 'e6',
  million: 'e6',
};

/** As one text, since 1.1 times 1000 is not 1100. */
function amountOf([whole = '', decimals = '', scale = '']: readonly (
  string | undefined
)[]): number {
  return Number(`${whole.replaceAll(',', '')}${decimals}${POWERS[scale.toLowerCase()] ?? ''}`);
}

function isUnit(rest = ''): boolean {
  return UNIT.test(rest) && !CHANGES_MEANING.test(rest);
}
