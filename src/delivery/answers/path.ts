// Finds values in an answer, in one syntax for JSON, XML and text.

import { RE2JS } from 're2js';

import { parsePath, type ValuePath } from '../../domain/world/value-path.ts';
import type { ReadableAnswer } from './parse.ts';

/** What stands at a path, as far as it is there; never more than `MOST_FOUND`. */
export type Finder = (answer: Pick<ReadableAnswer, 'body' | 'root'>) => readonly unknown[];

const MOST_FOUND = 1_000;

/** Compiles a path; undefined where it cannot be read. */
export function compilePath(text: string): Finder | undefined {
  const [, pattern] = /^\/(.+)\/$/s.exec(text.trim()) ?? [];
  if (pattern !== undefined) return patternFinder(pattern);
  const paths: ValuePath[] = [];
  for (const one of text.split('|')) {
    const path = readPath(one.trim());
    if (path === undefined) return undefined;
    paths.push(path);
  }
  return ({ root }) => {
    for (const path of paths) {
      const found = valuesAt(root, path);
      if (found.some(isThere)) return found;
    }
    return [];
  };
}

/** A list at the top may be entered at once: `[0].status`. */
function readPath(text: string): ValuePath | undefined {
  return parsePath(text.startsWith('[') ? `$${text}` : text);
}

function patternFinder(pattern: string): Finder | undefined {
  const compiled = compilePattern(pattern);
  if (compiled === undefined) return undefined;
  return ({ body }) => {
    const matcher = compiled.matcher(body);
    if (!matcher.find()) return [];
    const group = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
    return [group];
  };
}

/** A user's pattern, without regard to case, in linear time; undefined if it is none. */
export function compilePattern(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  } catch {
    // Refused where a world is saved; here it finds nothing.
    return undefined;
  }
}

/** The texts at a path; numbers and booleans as they are written, nothing for null and blank. */
export function textsOf(values: readonly unknown[]): string[] {
  return values.flatMap((value) => {
    const text = textOf(value);
    return text === undefined ? [] : [text];
  });
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null) {
    // An XML element with attributes.
    return Object.hasOwn(value, '#text')
      ? textOf((value as { '#text': unknown })['#text'])
      : undefined;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

function isThere(value: unknown): boolean {
  return typeof value === 'object' ? value !== null : textOf(value) !== undefined;
}

function valuesAt(root: unknown, path: ValuePath): readonly unknown[] {
  let values: readonly unknown[] = [root];
  // `$` alone is the whole answer.
  if (path.length === 1 && path[0] === '$') return values;
  for (const step of path) {
    values = values.flatMap((value) => stepInto(value, step)).slice(0, MOST_FOUND);
    if (values.length === 0) return values;
  }
  return values;
}

function stepInto(value: unknown, step: string | number): readonly unknown[] {
  if (value === null || value === undefined) return [];
  // XML has no lists: one leg is a leg, and only two are a list of them.
  if (typeof value !== 'object') return step === '*' || step === 0 ? [value] : [];
  if (step === '*') return Object.values(value).slice(0, MOST_FOUND);
  if (!Array.isArray(value)) {
    if (Object.hasOwn(value, step)) return [(value as Record<string, unknown>)[step]];
    return step === 0 ? [value] : [];
  }
  const list: readonly unknown[] = value;
  if (/^\d+$/.test(String(step))) return list.slice(Number(step), Number(step) + 1);
  return list
    .slice(0, MOST_FOUND)
    .flatMap((each) => (Array.isArray(each) ? [] : stepInto(each, step)));
}
