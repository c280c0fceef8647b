// Parses a part of a request, or throws the problem that names every error in it.

import type { Request } from 'express';
import type { z } from 'zod';

import { parseShape, type ShapeError } from '../../intake/shape.ts';
import { Problem } from '../problems.ts';
import { bytesOf, parseJsonObject, requireType } from './body.ts';

/** The parsed value; throws `invalid_request`. */
export function expectShape<T extends z.ZodObject>(schema: T, input: unknown): z.output<T> {
  const shaped = parseShape(schema, input);
  if (shaped.kind === 'right') return shaped.value;
  throw new Problem('invalid_request', { errors: shaped.errors });
}

/** A JSON body of this shape; throws the problem of any other, and of names that are not kept. */
export function expectBody<T extends z.ZodObject>(schema: T, req: Request): z.output<T> {
  requireType(req, ['application/json']);
  const { value, dropped } = parseJsonObject(bytesOf(req));
  refuseNames(dropped);
  return expectShape(schema, value);
}

/** Throws `invalid_request` for the paths of names that reach an object's prototype. */
export function refuseNames(paths: readonly string[]): void {
  if (paths.length === 0) return;
  const errors = paths.map((field): ShapeError => ({
    field,
    says: 'not a name that is kept',
    fix: 'leave it out',
  }));
  throw new Problem('invalid_request', { errors });
}
