// What a CRM posts about a lead that it bought: form, JSON or XML, read by the paths of its buyer,
// in the words of its buyer. Pure.

import { type Cents, cents, parseDollars, ZERO } from '../domain/money.ts';
import { FEEDBACK_KINDS, type FeedbackKind } from '../domain/scoring/feedback.ts';
import type { FeedbackHook, FeedbackPart } from '../domain/world/feedback-hook.ts';
import { parsePath, valueAt } from '../domain/world/value-path.ts';
import type { DoorRequest } from './doors/door.ts';
import { readValues } from './doors/values.ts';

export type FeedbackMessage =
  | {
      readonly kind: 'report';
      readonly id: string | null;
      readonly lead: string;
      readonly what: FeedbackKind;
      readonly valueCents: Cents | null;
      readonly at: string | null;
      readonly reason: string | null;
    }
  /** It says something of the lead that is no news here, such as an early stage of the deal. */
  | { readonly kind: 'passed_over'; readonly word: string }
  | { readonly kind: 'unreadable'; readonly says: string }
  | { readonly kind: 'wrong'; readonly part: FeedbackPart; readonly says: string };

const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;
const MOST_CENTS = 100_000_000_000;

/** Never throws. */
export function readFeedback(
  request: DoorRequest,
  { paths, words }: Pick<FeedbackHook, 'paths' | 'words'>,
): FeedbackMessage {
  const found = readValues(request, { types: ['json', 'form', 'xml'] });
  if (found.kind === 'unreadable') return found;
  const part = (name: FeedbackPart) => textAt(found.values, paths[name]);
  const lead = part('lead');
  if (lead === null) return wrong('lead', 'is missing: the id of the lead here');
  const word = part('what');
  if (word === null) return wrong('what', 'is missing: what became of the lead');
  const lower = word.toLowerCase();
  const what = Object.hasOwn(words, lower)
    ? words[lower]
    : FEEDBACK_KINDS.find((kind) => kind === lower);
  if (!what) return { kind: 'passed_over', word: word.slice(0, 100) };
  const at = timeOf(part('at'));
  if (at === undefined) return wrong('at', 'is no time with its offset, and no Unix time');
  const valueCents = centsOf(part('value'), part('value_cents'));
  if (valueCents === undefined) return wrong('value', 'is no sum of dollars, or no whole cents');
  const reason = part('reason')?.slice(0, 500) ?? null;
  return { kind: 'report', id: part('id'), lead, what, valueCents, at, reason };
}

function wrong(part: FeedbackPart, says: string): FeedbackMessage {
  return { kind: 'wrong', part, says };
}

function textAt(values: object, path: string | undefined): string | null {
  const value = path === undefined ? undefined : valueAt(values, parsePath(path) ?? []);
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}

/** CRMs send ISO times, or seconds or milliseconds since 1970. */
function timeOf(text: string | null): string | null | undefined {
  if (text === null) return null;
  if (ZONED.test(text)) return Number.isNaN(Date.parse(text)) ? undefined : text;
  if (!/^\d{10}(\d{3})?$/.test(text)) return undefined;
  return new Date(Number(text) * (text.length === 10 ? 1_000 : 1)).toISOString();
}

function centsOf(inDollars: string | null, inCents: string | null): Cents | null | undefined {
  if (inCents === null && inDollars === null) return null;
  const value = inCents !== null ? wholeCents(inCents) : dealDollars(inDollars ?? '');
  return value !== undefined && value <= MOST_CENTS ? value : undefined;
}

/** The value of a deal in whole cents, from its digits; undefined for anything else. */
export function wholeCents(text: string): Cents | undefined {
  return /^\d{1,12}$/.test(text) ? cents(Number(text)) : undefined;
}

/** The value of a deal in dollars: that of one that brought nothing may have any zeros. */
export function dealDollars(text: string): Cents | undefined {
  return /^\$?0+(\.0+)?$/.test(text) ? ZERO : parseDollars(text);
}
