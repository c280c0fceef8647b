// Liquid, tamed: texts of operators that are filled in with a lead. There are no files, no clock,
// no chance and no way out of the values that are given; size and time are limited. What is printed
// into JSON or XML is escaped for it, unless the last filter is `json`, which writes a whole value.

import { Liquid, type Template } from 'liquidjs';

import { TRANSFORMS } from '../../domain/delivery/request.ts';
import type { FieldValue } from '../../domain/world/world.ts';
import { xmlEscaped } from '../xml-text.ts';
import { type Moment, transformed } from './transforms.ts';

/** What the text becomes part of. */
export type Inside = 'text' | 'json' | 'xml';

/** What a text may name. */
export interface Scope {
  readonly values: Readonly<Record<string, unknown>>;
  readonly moment: Moment;
}

export type Rendered =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly says: string };

const MOST_CHARACTERS = 100_000;
const MOST_MEMORY = 1_000_000;
// An honest text takes less than a millisecond. More than a pause of a busy process, so that none
// is taken for a loop, which would cost a sale.
const RENDER_LIMIT_MS = 200;

// Those that look at nothing but their value. The others read the clock, draw lots or run text.
const FILTERS = new Set([
  ...['abs', 'at_least', 'at_most', 'ceil', 'divided_by', 'floor', 'minus', 'plus', 'modulo'],
  ...['times', 'round', 'append', 'prepend', 'upcase', 'downcase', 'capitalize', 'strip', 'lstrip'],
  ...['rstrip', 'remove', 'remove_first', 'replace', 'replace_first', 'slice', 'split', 'join'],
  ...['first', 'last', 'size', 'truncate', 'strip_newlines', 'url_encode', 'base64_encode'],
  ...['default', 'compact', 'concat', 'uniq', 'sort', 'reverse'],
]);
const TAGS = new Set([
  ...['assign', 'capture', 'case', 'comment', 'for', 'if', 'unless', 'break', 'continue', 'echo'],
  ...['raw', '#'],
]);

const ENGINES: Readonly<Record<Inside, Liquid>> = {
  text: createEngine((value) => plain(value)),
  json: createEngine((value) => JSON.stringify(plain(value)).slice(1, -1)),
  xml: createEngine((value) => xmlEscaped(plain(value))),
};

function createEngine(escape: (value: unknown) => string): Liquid {
  const engine = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: MOST_CHARACTERS,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MOST_MEMORY,
    relativeReference: false,
    templates: {},
    outputEscape: escape,
  });
  for (const name of Object.keys(engine.filters)) {
    if (!FILTERS.has(name)) delete engine.filters[name];
  }
  for (const name of Object.keys(engine.tags)) {
    if (!TAGS.has(name)) delete engine.tags[name];
  }
  engine.registerFilter('json', {
    raw: true,
    handler: (value: unknown) => (value === undefined ? '' : JSON.stringify(value)),
  });
  for (const name of TRANSFORMS) {
    engine.registerFilter(name, function (value: unknown) {
      const moment = this.context.getSync(['moment']) as Moment;
      return isFieldValue(value) ? transformed(value, [name], moment) : value;
    });
  }
  return engine;
}

/** Why the text is no template; undefined where it is one. Never quotes more than a name. */
export function faultOfTemplate(liquid: string, inside: Inside): string | undefined {
  try {
    ENGINES[inside].parse(liquid);
    return undefined;
  } catch (error) {
    return error instanceof Error ? firstLine(error.message) : 'cannot be read';
  }
}

/** The names that a text asks for, as paths: `lead.phone` is `['lead', 'phone']`. */
export function namesIn(liquid: string, inside: Inside): string[][] {
  const engine = ENGINES[inside];
  return engine
    .globalVariableSegmentsSync(engine.parse(liquid))
    .map((segments) => segments.filter((part) => typeof part === 'string'));
}

/** The text filled in. What it names and nobody knows is empty. */
export function render(liquid: string, inside: Inside, { values, moment }: Scope): Rendered {
  const engine = ENGINES[inside];
  try {
    const text: unknown = engine.renderSync(parsed(liquid, inside), { ...values, moment });
    return { kind: 'text', text: String(text) };
  } catch (error) {
    return { kind: 'failed', says: error instanceof Error ? limitOf(error.message) : 'failed' };
  }
}

/** Parsing costs more than rendering; a world has some hundreds of texts. */
const MOST_KEPT = 2_000;
const kept = new Map<string, Template[]>();

function parsed(liquid: string, inside: Inside): Template[] {
  const key = `${inside} ${liquid}`;
  const known = kept.get(key);
  if (known) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const fresh = ENGINES[inside].parse(liquid);
  kept.set(key, fresh);
  return fresh;
}

function isFieldValue(value: unknown): value is FieldValue {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function plain(value: unknown): string {
  if (value === undefined || value === null) return '';
  return isFieldValue(value) ? String(value) : JSON.stringify(value);
}

/** A message may quote what was rendered: only the kind of the fault is told. */
function limitOf(message: string): string {
  const limit = /(memory alloc|template render|parse length) limit exceeded/.exec(message);
  return limit ? `the template went over its limit: ${limit[1]}` : 'the template failed';
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 200);
}
