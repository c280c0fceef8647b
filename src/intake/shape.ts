// A request against its zod schema: true types, or every error with its path and what to do.

import type { z } from 'zod';

/** One thing wrong with the shape of a request. `says` and `fix` never quote the value. */
export interface ShapeError {
  /** Where: `campaign`, `fields.phone`, `consent.at`. */
  readonly field: string;
  readonly says: string;
  readonly fix?: string;
}

export type Shaped<T> =
  | { readonly kind: 'right'; readonly value: T }
  | { readonly kind: 'wrong'; readonly errors: readonly ShapeError[] };

// Enough to correct a request at once; a hostile body of a thousand unknown keys gets no more.
const MAX_ERRORS = 50;

/** Parses by an object schema; descriptions in its metadata become the advice in `fix`. */
export function parseShape<T extends z.ZodObject>(schema: T, input: unknown): Shaped<z.output<T>> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { kind: 'right', value: parsed.data };
  const errors = parsed.error.issues.flatMap((issue) => toErrors(schema, issue));
  return { kind: 'wrong', errors: errors.slice(0, MAX_ERRORS) };
}

function toErrors(schema: z.ZodObject, issue: z.core.$ZodIssue): ShapeError[] {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? Object.keys(schema.shape) : [];
    const fix = known.length > 0 ? `known here: ${known.join(', ')}` : 'leave it out';
    return issue.keys.map((key) => ({
      field: field ? `${field}.${key}` : key,
      says: 'not a known name',
      fix,
    }));
  }
  const top = String(issue.path[0] ?? '');
  const of = Object.hasOwn(schema.shape, top) ? schema.shape[top] : undefined;
  const fix = describe(of);
  return [{ field: field || 'body', says: wordsOf(issue.message), ...(fix ? { fix } : {}) }];
}

function describe(schema: z.core.$ZodType | undefined): string | undefined {
  return schema && 'description' in schema && typeof schema.description === 'string'
    ? schema.description
    : undefined;
}

function wordsOf(message: string): string {
  const words = message.replace(/^(Invalid input|Invalid option|Too (?:big|small)): /, '');
  return words.charAt(0).toLowerCase() + words.slice(1);
}
