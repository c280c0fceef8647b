// The HTTP API as commands call it: as the operator, unless a source's key is told.

import { request } from 'undici';
import { Problem, problemBody } from '../api/problems.ts';
import type { Config } from '../config.ts';
import { CommandError, findRunning } from './running.ts';

/** How a command reaches the API: a running server, or what the environment names. */
export interface Caller {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** The key of a source, for what is done in its name; the operator's unless told. */
  readonly sourceKey?: string;
}

/** Nothing was done, or nobody knows: what is safe to repeat may be sent again. */
export class Unavailable extends CommandError {}

/** Gets a path of the API as an operator and returns its JSON. Throws `CommandError`. */
export async function getJson<T>(path: string, caller: Caller): Promise<T> {
  return (await call(path, caller)).json() as Promise<T>;
}

/** Posts JSON to a path of the API as an operator and returns the answer's. */
export async function postJson<T>(path: string, body: unknown, caller: Caller): Promise<T> {
  return (await call(path, caller, { body: JSON.stringify(body) })).json() as Promise<T>;
}

/** Posts a document to a path of the API as an operator and returns the answer as it comes. */
export async function postDocument(
  path: string,
  document: { readonly body: string | Uint8Array; readonly type: string },
  caller: Caller,
): Promise<AsyncIterable<Uint8Array>> {
  return call(path, caller, document);
}

/** The same, read as JSON. */
export async function postText<T>(
  path: string,
  text: { readonly body: Uint8Array; readonly type: string },
  caller: Caller,
): Promise<T> {
  return (await call(path, caller, text)).json() as Promise<T>;
}

/** Deletes what is at a path of the API, as an operator, and returns the answer's JSON. */
export async function deleteJson<T>(path: string, caller: Caller): Promise<T> {
  return (await call(path, caller, { method: 'DELETE' })).json() as Promise<T>;
}

/** The body of a 200; anything else is thrown as `CommandError`, with what the problem says. */
async function call(
  path: string,
  { config, env, sourceKey }: Caller,
  posted?: {
    readonly body?: string | Uint8Array;
    readonly type?: string;
    readonly method?: 'DELETE';
  },
) {
  const { url, operatorKey } = await findRunning(config, env);
  const base = url ?? `http://127.0.0.1:${config.port}`;
  const key = sourceKey ?? operatorKey;
  if (!key) {
    throw new CommandError('no operator key is known', 'Set SLUICE_OPERATOR_KEY to one.');
  }
  const body = posted?.body;
  const authorization = `Bearer ${key}`;
  const reply = await request(`${base}${path}`, {
    headers: {
      authorization,
      ...(body !== undefined && { 'content-type': posted?.type ?? 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body }),
    ...(posted?.method && { method: posted.method }),
  }).catch((cause: unknown) => {
    const hint = 'Is it running? `npm start` starts it; SLUICE_URL names another address.';
    throw Object.assign(new Unavailable(`no answer from ${base}`, hint), { cause });
  });
  if (reply.statusCode === 200) return reply.body;
  const Kind = reply.statusCode === 503 ? Unavailable : CommandError;
  throw new Kind(
    `${base} answered HTTP ${reply.statusCode}: ${textOf(await reply.body.text())}`,
    hintFor(reply.statusCode, sourceKey ? 'source' : 'operator'),
  );
}

interface ProblemBody {
  readonly detail?: string;
  readonly title?: string;
  readonly errors?: readonly { field: string; says: string; fix?: string }[];
}

/** What the API would refuse, done here: its problem becomes what a command says. */
export async function asCommandError<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const body = problemBody(error, '');
    throw new CommandError(describeProblem(body), hintFor(body.status, 'operator'));
  }
}

function describeProblem({ detail, title, errors = [] }: ProblemBody): string {
  const lines = errors.map(({ field, says, fix }) => `${field}: ${says}${fix ? `; ${fix}` : ''}`);
  return [detail ?? title, ...lines].join('\n  ');
}

function textOf(body: string): string {
  try {
    const problem = JSON.parse(body) as ProblemBody;
    return describeProblem({ ...problem, title: problem.title ?? body });
  } catch {
    // Not a problem document: shown as it came.
    return body.slice(0, 300);
  }
}

function hintFor(status: number, by: 'source' | 'operator'): string {
  if (status === 401) {
    return `The ${by} key is not one of this installation: SLUICE_${by.toUpperCase()}_KEY.`;
  }
  if (status === 404) return 'Check the id; `curl /v1/leads` lists the newest leads.';
  if (status === 422) return 'Correct what is named above.';
  if (status === 409) return 'Wait a moment, and ask again.';
  return 'The log of `sluice serve` says more.';
}

/** True when the address answers 200. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const reply = await request(url, { headersTimeout: 2_000 });
    await reply.body.dump();
    return reply.statusCode === 200;
  } catch {
    // Not up yet is what the caller asks about.
    return false;
  }
}
