// Reading a request's body: of a known type, bounded, UTF-8, and JSON that can be stored as it is.

import express from 'express';
import type { Request, RequestHandler } from 'express';

import { Problem } from '../problems.ts';

/** Deeper or larger JSON than any lead is refused before anything walks it. */
const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;

/** Reads the raw bytes of a body into `req.body`, whatever its type; `maxBytes` after inflation. */
export function readBytes(maxBytes: number): RequestHandler {
  return express.raw({ type: () => true, limit: maxBytes });
}

/** Refuses a body of another media type than these; parameters (`; charset=…`) do not matter. */
export function requireType(req: Request, types: readonly string[]): void {
  const sent = (req.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (types.includes(sent)) return;
  const said = sent === '' ? 'No Content-Type was sent.' : 'That Content-Type is not taken here.';
  throw new Problem('unsupported_body_type', {
    detail: `${said} Send ${types.join(' or ')}.`,
    headers: { Accept: types.join(', ') },
  });
}

/** The bytes that `readBytes` left; none if there was no body. */
export function bytesOf(req: Request): Buffer {
  return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
}

/** The body as text. Throws a problem if it is not UTF-8. */
export function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('malformed_request', { detail: 'The body is not UTF-8.' });
  }
}

/** A JSON object and the paths of names in it that were not kept. */
export interface SafeJson {
  readonly value: Readonly<Record<string, unknown>>;
  readonly dropped: readonly string[];
}

/** Parses a body that must be one JSON object. Throws a problem that never quotes the body. */
export function parseJsonObject(bytes: Buffer): SafeJson {
  const parsed = parse(textOf(bytes));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    const was = Array.isArray(parsed) ? 'a list' : parsed === null ? 'null' : typeof parsed;
    throw new Problem('invalid_request', {
      errors: [{ field: 'body', says: `${was} was sent`, fix: 'send one JSON object' }],
    });
  }
  const walk: Walk = { values: 0, dropped: [] };
  return { value: cleanObject(parsed, { path: '', depth: 1 }, walk), dropped: walk.dropped };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, and so the person.
    const detail = text.trim() === '' ? 'The body is empty.' : 'The body cannot be parsed as JSON.';
    throw new Problem('malformed_json', { detail });
  }
}

interface Walk {
  values: number;
  readonly dropped: string[];
}
interface Place {
  readonly path: string;
  readonly depth: number;
}

// Names that reach an object's prototype in code that copies by assignment.
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

function cleanObject(found: object, { path, depth }: Place, walk: Walk): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const [name, value] of Object.entries(found)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (UNSAFE.has(name)) walk.dropped.push(at);
    else kept.push([storable(name), clean(value, { path: at, depth: depth + 1 }, walk)]);
  }
  return Object.fromEntries(kept);
}

function clean(value: unknown, place: Place, walk: Walk): unknown {
  walk.values += 1;
  if (place.depth > MAX_DEPTH || walk.values > MAX_VALUES) {
    const says = place.depth > MAX_DEPTH ? 'nested too deeply' : 'too many values';
    const fix = `at most ${MAX_DEPTH} levels and ${MAX_VALUES} values`;
    throw new Problem('invalid_request', { errors: [{ field: 'body', says, fix }] });
  }
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) {
    return value.map((entry: unknown) => clean(entry, { ...place, depth: place.depth + 1 }, walk));
  }
  return typeof value === 'object' && value !== null ? cleanObject(value, place, walk) : value;
}

// PostgreSQL's jsonb takes neither; one such character must not lose the lead.
function storable(text: string): string {
  return text.replace(/\0/g, '').replace(/\p{Cs}/gu, '\ufffd');
}
