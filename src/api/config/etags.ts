// Entity tags (RFC 9110): by them a change is made only to what its author has seen.

import type { Request } from 'express';

import { digestOf } from '../../world/digest.ts';
import { Problem } from '../problems.ts';

/** The tag of the whole world is its version. */
export function worldTag(version: number): string {
  return `"${version}"`;
}

/** The tag of an entry is its content: changes elsewhere in the world leave it alone. */
export function entryTag(entry: unknown): string {
  return `"${digestOf(entry).slice(0, 16)}"`;
}

const TAGS = /^ *(?:W\/)?"[\x21\x23-\x7e]*"(?: *, *(?:W\/)?"[\x21\x23-\x7e]*")* *$/;

/**
 * Refuses a change by its `If-Match` or `If-None-Match: *`, if there is one. `tag` is that of what
 * is in force; undefined if nothing is.
 */
export function requireMatch(req: Request, tag: string | undefined): void {
  const wanted = req.get('if-match')?.trim();
  const matches = wanted === undefined || (tag !== undefined && names(wanted, tag));
  const isNew = req.get('if-none-match')?.trim() !== '*' || tag === undefined;
  if (matches && isNew) return;
  const detail = tag === undefined ? 'There is nothing there.' : 'Read it again, then decide.';
  throw new Problem('changed_meanwhile', {
    detail,
    headers: tag === undefined ? {} : { ETag: tag },
  });
}

function names(wanted: string, tag: string): boolean {
  if (wanted === '*') return true;
  if (!TAGS.test(wanted)) {
    const fix = 'send the ETag of an answer as it came, with its quotes, or *';
    throw new Problem('invalid_request', {
      errors: [{ field: 'if-match', says: 'is no entity tag', fix }],
    });
  }
  // A weak tag never matches: it does not say that nothing changed.
  return wanted.split(',').some((each) => each.trim() === tag);
}
