// One request as it is, over connections that are kept; an answer that never comes is a failure.

import { Agent, type IncomingMessage, request } from 'node:http';

import type { Body } from './nasty.ts';

export interface Shot {
  readonly method: string;
  /** Path and query, as they go on the wire. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | undefined;
}

export interface Hit {
  readonly status: number;
  /** Media type, without parameters. */
  readonly type: string;
  readonly text: string;
  header(name: string): string | undefined;
}

/** The whole of an answer. */
export async function readHit(response: IncomingMessage): Promise<Hit> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const header = (name: string) => response.headers[name]?.toString();
  const type = header('content-type')?.split(';')[0] ?? '';
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode ?? 0, type, text, header };
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const PATIENCE_MS = 10_000;

export function shoot(url: string, { method, uri, headers, body }: Shot): Promise<Hit> {
  const { hostname, port } = new URL(url);
  const told = {
    ...(body?.type !== undefined && { 'Content-Type': body.type }),
    ...(body && { 'Content-Length': String(body.bytes.length) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const at = { agent, hostname, port, path: uri, method, headers: told };
    const outgoing = request({ ...at, timeout: PATIENCE_MS }, (response) => {
      void readHit(response).then(resolve, reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${uri}: no answer`)));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection just as it was taken again: not an answer of its own.
      const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET';
      if (isStale) resolve(shoot(url, { method, uri, headers, body }));
      else reject(error);
    });
    outgoing.end(body?.bytes);
  });
}
