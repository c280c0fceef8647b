// A receiver of webhooks as a customer would write it: it verifies every message with the package
// `standardwebhooks` and keeps a journal, the witness of what really arrived.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { until } from './until.ts';

/** A secret that signatures can be made with. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const NEXT_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

export interface Received {
  /** The path, by which one receiver plays several. */
  readonly path: string;
  readonly id: string;
  /** Whether the signature of a secret is right. */
  readonly verified: boolean;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** What it was answered; 0 where it was left without an answer. */
  readonly status: number;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** Answers 204 until it is told otherwise. */
export async function startReceiver() {
  const journal: Received[] = [];
  const answers = new Map<string, Answer | 'hang'>();
  const secrets = new Map<string, string>();
  const server = createServer((req, res) => {
    void textOf(req).then((text) => {
      const path = req.url ?? '';
      const answer = answers.get(path) ?? { status: 204 };
      const status = answer === 'hang' ? 0 : answer.status;
      const read = verify(secrets.get(path) ?? SECRET, req, text);
      const id = String(req.headers['webhook-id']);
      journal.push({ path, id, headers: req.headers, text, status, ...read });
      if (answer !== 'hang') res.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = (path: string) => journal.filter((each) => each.path === path);
  return {
    address,
    urlOf: (path: string) => `http://${address}${path}`,
    at,
    taken: (path: string) => at(path).filter(({ status }) => status >= 200 && status < 300),
    /** From now on a path answers so. */
    answer: (path: string, answer: Answer | 'hang') => void answers.set(path, answer),
    /** From now on a path knows this secret only. */
    know: (path: string, secret: string) => void secrets.set(path, secret),
    until: (path: string, n: number, withinMs?: number) =>
      until(`${n} events at ${path}`, () => at(path).length >= n && at(path), withinMs),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function verify(secret: string, req: IncomingMessage, text: string) {
  const told = JSON.parse(text) as Pick<Received, 'type' | 'data'>;
  try {
    new Webhook(secret).verify(text, req.headers as Record<string, string>);
    return { ...told, verified: true };
  } catch {
    return { ...told, verified: false };
  }
}

async function textOf(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
