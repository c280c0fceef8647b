// Parses a part of a request, or throws the problem that names every error in it.

import type { z } from 'zod';

import { parseShape } from '../../intake/shape.ts';
import { Problem } from '../problems.ts';

/** The parsed value; throws `invalid_request`. */
export function expectShape<T extends z.ZodObject>(schema: T, input: unknown): z.output<T> {
  const shaped = parseShape(schema, input);
  if (shaped.kind === 'right') return shaped.value;
  throw new Problem('invalid_request', { errors: shaped.errors });
}
