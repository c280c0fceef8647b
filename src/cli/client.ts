// The operator's side of the HTTP API, for commands that read.

import { request } from 'undici';
import type { Config } from '../config.ts';
import { CommandError, findRunning } from './running.ts';

/** Gets a path of the API as an operator and returns its JSON. Throws `CommandError`. */
export async function getJson<T>(
  path: string,
  { config, env }: { config: Config; env: NodeJS.ProcessEnv },
): Promise<T> {
  const { url, operatorKey } = await findRunning(config, env);
  const base = url ?? `http://127.0.0.1:${config.port}`;
  if (!operatorKey) {
    throw new CommandError('no operator key is known', 'Set SLUICE_OPERATOR_KEY to one.');
  }
  const reply = await request(`${base}${path}`, {
    headers: { authorization: `Bearer ${operatorKey}` },
  }).catch((cause: unknown) => {
    const hint = 'Is it running? `npm start` starts it; SLUICE_URL names another address.';
    throw Object.assign(new CommandError(`no answer from ${base}`, hint), { cause });
  });
  const text = await reply.body.text();
  if (reply.statusCode === 200) return JSON.parse(text) as T;
  throw new CommandError(
    `${base} answered HTTP ${reply.statusCode}: ${textOf(text)}`,
    hintFor(reply.statusCode),
  );
}

function textOf(body: string): string {
  try {
    const { detail, title } = JSON.parse(body) as { detail?: string; title?: string };
    return detail ?? title ?? body;
  } catch {
    // Not a problem document: shown as it came.
    return body.slice(0, 300);
  }
}

function hintFor(status: number): string {
  if (status === 401)
    return 'The operator key is not one of this installation: SLUICE_OPERATOR_KEY.';
  if (status === 404) return 'Check the id; `curl /v1/leads` lists the newest leads.';
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
