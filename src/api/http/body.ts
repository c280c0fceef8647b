// Reading a request's body: of a known type, bounded, UTF-8, and JSON that can be stored as it is.

import express from 'express';
import type { Request, RequestHandler } from 'express';

import { toPlain } from '../../intake/plain-values.ts';
import { Problem } from '../problems.ts';

/** How long what is left of a body that is too large is read off, so that its sender hears why. */
const LINGER_MS = 5_000;

/**
 * Reads the raw bytes of a body into `req.body`, whatever its type; `maxBytes` after inflation. One
 * that is larger is refused when that shows, not when it ends: it may never end.
 */
export function readBytes(maxBytes: number): RequestHandler {
  const read = express.raw({ type: () => true, limit: maxBytes });
  return (req, res, next) => {
    let isAnswered = false;
    const goOn = (error?: unknown): void => {
      if (isAnswered) return;
      isAnswered = true;
      next(error);
    };
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      req.off('data', count);
      const giveUp = setTimeout(() => void (req.complete || req.socket.destroy()), LINGER_MS);
      req.once('close', () => clearTimeout(giveUp));
      goOn(new Problem('body_too_large'));
    };
    req.on('data', count);
    read(req, res, goOn);
  };
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
  const plain = toPlain(parsed);
  if (plain.kind === 'plain') return plain;
  const { says, fix } = plain;
  throw new Problem('invalid_request', { errors: [{ field: 'body', says, fix }] });
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
