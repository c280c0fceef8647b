// The one catalogue of what a client can be told instead of an answer, sent as
// application/problem+json (RFC 9457), and the last handler, which turns anything thrown into one.
// Codes are public and never renamed.

import type { NextFunction, Request, Response } from 'express';

import { isAway } from '../db/pool.ts';
import type { ShapeError } from '../intake/shape.ts';
import { noteRefusal } from './http/refusals.ts';

export const PROBLEMS = {
  malformed_request: [400, 'The request cannot be read'],
  malformed_json: [400, 'The body is not JSON'],
  key_missing_or_wrong: [401, 'A valid key is needed'],
  source_key_required: [403, 'This needs the key of a source'],
  signature_wrong: [403, 'It is not signed by whom it should come from'],
  operator_key_required: [403, 'This needs the key of an operator'],
  ping_of_another_source: [403, 'The ping was another source’s'],
  source_paused: [403, 'This source is paused'],
  campaign_not_allowed: [403, 'This source may not submit to that campaign'],
  no_such_route: [404, 'There is nothing at this address'],
  no_such_lead: [404, 'There is no such lead'],
  no_such_attempt: [404, 'There is no such attempt'],
  no_such_endpoint: [404, 'No contract has or had such a delivery'],
  no_such_version: [404, 'There is no such version'],
  no_such_entry: [404, 'The configuration has no such entry'],
  not_on_list: [404, 'There is no such suppression list, or the value does not stand there'],
  method_not_allowed: [405, 'This address does not take that method'],
  not_in_doubt: [409, 'The attempt is neither in doubt nor in conflict'],
  not_settled: [409, 'It cannot be settled that way now; nothing was changed'],
  not_waiting: [409, 'The lead does not wait for anything'],
  ping_used: [409, 'The ping has had its post'],
  deposit_id_reused: [409, 'The id names another deposit; nothing was changed'],
  feedback_id_reused: [409, 'The id names another report; nothing was changed'],
  not_sold: [409, 'The lead was not sold, so there is nothing to report'],
  what_if_running: [409, 'Another what-if is running; ask again when it is done'],
  list_holds_elsewhere: [409, 'The suppression list holds elsewhere; nothing was changed'],
  still_referred_to: [409, 'Other parts of the configuration name it; nothing was changed'],
  ping_expired: [410, 'The ping is over: ping again'],
  changed_meanwhile: [412, 'It is not as you know it any more; nothing was changed'],
  body_too_large: [413, 'The body is too large'],
  unsupported_body_type: [415, 'The body is of a type that is not taken here'],
  invalid_request: [422, 'The request does not have the right shape'],
  ping_forged: [422, 'The ping id was not handed out here'],
  ping_contradicted: [422, 'The post says something else than its ping'],
  unknown_campaign: [422, 'There is no such campaign'],
  idempotency_key_reused: [422, 'The idempotency key was used with another body'],
  invalid_world: [422, 'The configuration has errors; nothing was changed'],
  too_many_requests: [429, 'Too many requests; slow down'],
  internal_error: [500, 'Something went wrong here'],
  unavailable: [503, 'Not available at the moment'],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type ProblemCode = keyof typeof PROBLEMS;

interface ProblemDetails {
  /** One sentence about this request; never quotes a value of the body. */
  readonly detail?: string;
  readonly errors?: readonly ShapeError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the client did wrong, or cannot have now; throw it from a route. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** The body of a problem, in a fixed order of keys. */
export function problemBody({ code, details }: Problem, requestId: string) {
  const [status, title] = PROBLEMS[code];
  return {
    type: `urn:sluice:problem:${code}`,
    title,
    status,
    code,
    ...(details.detail !== undefined && { detail: details.detail }),
    ...(details.errors && { errors: details.errors }),
    request_id: requestId,
  };
}

/** The last handler: sends the problem, and leaves a fault of ours to the log (`res.locals`). */
export function sendProblem(thrown: unknown, req: Request, res: Response, next: NextFunction) {
  const problem = toProblem(thrown);
  if (PROBLEMS[problem.code][0] >= 500) res.locals['fault'] = faultOf(thrown);
  noteRefusal(res, problem.code);
  // Half an answer cannot be taken back: Express closes the connection, and the client sees it.
  if (res.headersSent) return next(thrown);
  const body = problemBody(problem, String(req.id));
  res.status(body.status).set(problem.details.headers ?? {});
  res.type('application/problem+json').send(JSON.stringify(body));
}

/** PostgreSQL is back within seconds or not for a while; clients back off by themselves. */
const RETRY_AFTER_S = '2';

/** What a client is told of anything thrown. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (isAway(thrown)) {
    const detail = 'Nothing was done; send the request again.';
    return new Problem('unavailable', { detail, headers: { 'Retry-After': RETRY_AFTER_S } });
  }
  // Express and its body reader mark the client's faults with a status.
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  if (status === 413) return new Problem('body_too_large');
  if (status === 415) {
    return new Problem('unsupported_body_type', { detail: 'That encoding is not taken here.' });
  }
  const clients = typeof status === 'number' && status >= 400 && status < 500;
  return new Problem(clients ? 'malformed_request' : 'internal_error');
}

/** A fault for the log: what and where, without the values that a message may quote. */
export function faultOf(thrown: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(thrown instanceof Error)) return { name: typeof thrown };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  // Class 22 of SQLSTATE, and JSON.parse, quote the value that they could not read.
  const quotes = code?.startsWith('22') === true || thrown instanceof SyntaxError;
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: thrown.name,
    ...(code !== undefined && { code }),
    ...(!quotes && { message: thrown.message }),
    at: frames.slice(0, 8).map((line) => line.trim()),
    ...(thrown.cause !== undefined && depth < 3 && { cause: faultOf(thrown.cause, depth + 1) }),
  };
}
