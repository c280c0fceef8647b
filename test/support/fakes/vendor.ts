// What the fakes of vendors have in common: a real HTTP server on a free port that keeps what it
// was asked, answers as is documented, and misbehaves as it is told.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happens to the next request that is no request for a token. */
export type Misbehaviour =
  | Answered
  /** Says nothing more. */
  | 'hangs_up'
  /** Does what it was asked, and then hangs up: nobody hears of it. */
  | 'does_and_hangs_up';

export interface Vendor {
  readonly url: string;
  /** `host:port`. */
  readonly address: string;
  readonly asked: Asked[];
  /** The next requests, in this order; then all is well. */
  will(...next: Misbehaviour[]): void;
  close(): Promise<void>;
}

/** Starts one. `isAside` are requests that no misbehaviour is meant for, such as for a token. */
export async function startVendor(
  well: (asked: Asked) => Answered | Promise<Answered>,
  isAside: (asked: Asked) => boolean = () => false,
): Promise<Vendor> {
  const asked: Asked[] = [];
  const next: Misbehaviour[] = [];
  async function meet(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const { method = '', url: path = '', headers } = req;
    const one = { method, path, headers, body: Buffer.concat(parts).toString() };
    asked.push(one);
    const told = isAside(one) ? undefined : next.shift();
    if (told === 'hangs_up') return void res.destroy();
    const answer = told === undefined || told === 'does_and_hangs_up' ? await well(one) : told;
    if (told === 'does_and_hangs_up') return void res.destroy();
    const { status, body, headers: more = {} } = answer;
    const isText = typeof body === 'string';
    res.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...more });
    res.end(isText || body === undefined ? body : JSON.stringify(body));
  }
  const server = createServer((req, res) => void meet(req, res).catch(() => res.destroy()));
  // A connection that it closes in the moment of the next request would look like a lost answer.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url: `http://${address}`, address, asked },
    will: (...told) => void next.push(...told),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A body of JSON with no null in it; undefined where it is anything else. */
export function jsonIn({ body, headers }: Asked): Record<string, unknown> | undefined {
  if (headers['content-type'] !== 'application/json' || /:null\b/.test(body)) return undefined;
  return JSON.parse(body) as Record<string, unknown>;
}

/** The fields of a form; undefined where the body is none. */
export function formIn({ body, headers }: Asked): Record<string, string> | undefined {
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return undefined;
  return Object.fromEntries(new URLSearchParams(body));
}
