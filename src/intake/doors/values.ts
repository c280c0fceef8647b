// The values of a request in whichever type it was posted: query, form, JSON or XML, as one object.

import { XMLParser, XMLValidator } from 'fast-xml-parser';

import { parseJsonExactly } from '../../domain/fields/json-numbers.ts';
import { toPlain } from '../plain-values.ts';
import type { DoorRequest } from './door.ts';

export type Values =
  | {
      readonly kind: 'values';
      readonly values: Readonly<Record<string, unknown>>;
      /** Paths of names that were not kept. */
      readonly dropped: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly why: Unreadable; readonly says: string };

export type Unreadable =
  'method' | 'no_type' | 'odd_type' | 'malformed_json' | 'malformed' | 'not_a_lead';

type BodyType = 'form' | 'json' | 'xml';

const TYPES: ReadonlyMap<string, BodyType> = new Map([
  ['application/x-www-form-urlencoded', 'form'],
  ['application/json', 'json'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
]);

/** How a format differs from the others in what it takes. */
export interface ValueRules {
  readonly types: readonly BodyType[];
  /** A form without a Content-Type is read all the same. */
  readonly typeOptional?: boolean;
  /** What the body is, whatever its Content-Type says. */
  readonly as?: BodyType | undefined;
  /** A JSON list is the value of this name. */
  readonly listAs?: string;
}

/** The parts of a request that hold values. */
type Sent = Pick<DoorRequest, 'method' | 'query' | 'header' | 'body'>;

/**
 * The values of the query and of the body; where both have a name, the body's. A name that comes
 * several times in a form is a list. Never throws.
 */
export function readValues(request: Sent, rules: ValueRules): Values {
  // Whoever looks at an address with HEAD or OPTIONS does not hand over a lead.
  if (request.method !== 'GET' && request.method !== 'POST') {
    return unreadable('method', 'send it by GET or POST');
  }
  const query = formValues(request.query);
  const body = readBody(request, rules);
  if (body.kind === 'unreadable') return body;
  const plain = toPlain({ ...query, ...body.values });
  if (plain.kind === 'plain')
    return { kind: 'values', values: plain.value, dropped: plain.dropped };
  return unreadable('malformed', `${plain.says}: ${plain.fix}`);
}

type Body = { readonly kind: 'body'; readonly values: object } | (Values & { kind: 'unreadable' });

function readBody(request: Sent, { types, typeOptional, as, listAs }: ValueRules): Body {
  if (request.body.length === 0) return { kind: 'body', values: {} };
  const sent = (request.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const type = as ?? (sent === '' && typeOptional ? 'form' : TYPES.get(sent));
  if (sent === '' && !type) return unreadable('no_type', 'the Content-Type header is missing');
  if (!type || !types.includes(type)) {
    return unreadable('odd_type', 'that Content-Type is not taken here');
  }
  const text = textOf(request.body);
  if (text === undefined) return unreadable('malformed', 'the body is not UTF-8');
  if (type === 'form') return { kind: 'body', values: formValues(text) };
  return type === 'json' ? jsonValues(text, listAs) : xmlValues(text);
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The names and values of a query or a form. */
export function formValues(text: string): Record<string, unknown> {
  return gathered(new URLSearchParams(text));
}

/** Values by name; a name that comes several times is a list. */
export function gathered(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const values = new Map<string, unknown[]>();
  for (const [name, value] of entries) {
    const before = values.get(name);
    // Added to, not copied: one name may come a hundred thousand times.
    if (before) before.push(value);
    else values.set(name, [value]);
  }
  const each = [...values].map(([name, all]) => [name, all.length > 1 ? all.flat() : all[0]]);
  return Object.fromEntries(each) as Record<string, unknown>;
}

function jsonValues(text: string, listAs?: string): Body {
  try {
    // Raw tabs in texts are common, and between them they are blanks like any other.
    const parsed = parseJsonExactly(text.replaceAll('\t', ' '));
    return objectOf(listAs !== undefined && Array.isArray(parsed) ? { [listAs]: parsed } : parsed);
  } catch {
    return unreadable('malformed_json', 'the body cannot be parsed as JSON');
  }
}

function objectOf(parsed: unknown): Body {
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return { kind: 'body', values: parsed };
  }
  return unreadable('not_a_lead', 'one object is wanted');
}

const xml = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Text stays text: a zip keeps its zeros.
  parseTagValue: false,
});

function xmlValues(text: string): Body {
  // What a document type may define grows without bound; no lead needs one.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return unreadable('malformed', 'a DOCTYPE is not taken');
  try {
    if (XMLValidator.validate(text) === true) {
      const roots = Object.values(xml.parse(text) as Record<string, unknown>);
      if (roots.length === 1) return objectOf(roots[0] === '' ? {} : roots[0]);
    }
  } catch {
    // Said below: the parser's own words may quote the person.
  }
  return unreadable('malformed', 'the body cannot be parsed as XML');
}

function unreadable(why: Unreadable, says: string): Values & { kind: 'unreadable' } {
  return { kind: 'unreadable', why, says };
}

/** A value that controls the request, as text: the first where it came twice; blank is absent. */
export function controlOf(values: Readonly<Record<string, unknown>>, name: string) {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const text = typeof first === 'string' || typeof first === 'number' ? String(first).trim() : '';
  return text === '' ? undefined : text;
}

/** The values but for those that control the request. */
export function without(
  values: Readonly<Record<string, unknown>>,
  controls: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !controls.has(name)));
}
