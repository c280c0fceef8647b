// The parts of which the operations of the OpenAPI document are made.

import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import { PROBLEMS, type ProblemCode } from '../problems.ts';
import { leadAnswer, pendingAnswer } from './lead.ts';
import { problem } from './report.ts';

export type Operation = Omit<RouteConfig, 'method' | 'path'>;

export const OPERATOR = [{ operatorKey: [] }];
export const SOURCE = [{ sourceKey: [] }];
export const BUYER = [{ buyerKey: [] }, { operatorKey: [] }];

/** JSON of this shape, as a body or an answer. */
export function json<T extends z.ZodType>(schema: T) {
  return { content: { 'application/json': { schema } } };
}

/** What a source is answered when its lead is stored. */
export const outcomeOrLater = {
  200: { description: 'The outcome', ...json(leadAnswer) },
  202: {
    description: 'Stored; no outcome yet',
    headers: z.object({ Location: z.string().meta({ description: 'Where to read it' }) }),
    ...json(pendingAnswer),
  },
};

/** The same operation with what a campaign may have its refused leads answered with. */
export function withRefusals(responses: Operation['responses']): Operation['responses'] {
  const chosen = [400, 409, 422].map((status) => {
    const other = responses[status];
    const known = other && '$ref' in other ? undefined : other;
    const says = 'a refused lead, where its campaign answers those with this status';
    const description = known === undefined ? says : `${known.description}; ${says}`;
    const content = { ...known?.content, 'application/json': { schema: leadAnswer } };
    return [status, { ...known, description, content }] as const;
  });
  return { ...responses, ...Object.fromEntries(chosen) };
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

/**
 * An operation with what any of them may answer: to an address or a body that cannot be read, and
 * while PostgreSQL is away. Where a body is taken, one must come.
 */
export function withCommonAnswers(path: string, operation: Operation): Operation {
  const { request, responses } = operation;
  const body = request?.body;
  const codes: readonly ProblemCode[] = [
    'malformed_request',
    ...(body ? (['body_too_large', 'unsupported_body_type'] as const) : []),
    ...(path.startsWith('/v1/') ? (['unavailable'] as const) : []),
  ];
  return {
    ...operation,
    ...(body && { request: { ...request, body: { required: true, ...body } } }),
    responses: merged(responses, codes),
  };
}

function merged(declared: Operation['responses'], codes: readonly ProblemCode[]) {
  const all: Record<string, unknown> = { ...declared };
  for (const code of codes) {
    const [status] = PROBLEMS[code];
    const before = all[status] as { readonly description: string } | undefined;
    const [added] = Object.values(problems(code)) as { readonly description: string }[];
    if (!before || !added) all[status] = added;
    else if (!before.description.includes(`${code}: `)) {
      all[status] = { ...before, description: `${before.description}; ${added.description}` };
    }
  }
  return all as Operation['responses'];
}
