// The parts of which the operations of the OpenAPI document are made.

import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';

import { PROBLEMS, type ProblemCode } from '../problems.ts';
import { problem } from './report.ts';

export type Operation = Omit<RouteConfig, 'method' | 'path'>;

export const OPERATOR = [{ operatorKey: [] }];

/** JSON of this shape, as a body or an answer. */
export function json<T extends z.ZodType>(schema: T) {
  return { content: { 'application/json': { schema } } };
}

/** One response per status, naming the codes that come with it. */
export function problems(...codes: readonly ProblemCode[]): Operation['responses'] {
  const said = new Map<number, string[]>();
  for (const code of codes) {
    const [status, title] = PROBLEMS[code];
    said.set(status, [...(said.get(status) ?? []), `${code}: ${title}`]);
  }
  const content = { 'application/problem+json': { schema: problem } };
  const responses = [...said].map(([status, lines]) => {
    return [status, { description: lines.join('; '), content }] as const;
  });
  return Object.fromEntries(responses);
}
