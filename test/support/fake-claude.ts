// The Messages API as far as Sluice uses it: a real HTTP server that checks the key and the
// request, and answers as it is told, truths, lies and silence included. It keeps what it was
// asked.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const CLAUDE_KEY = 'sk-ant-test-key';

/** What the next calls are answered with. */
export type ClaudeBehaviour =
  /** A grade as the model writes it, possibly out of bounds. */
  | { readonly says: 'grade'; readonly grade: unknown; readonly afterMs?: number }
  /** This text instead of a grade. */
  | { readonly says: 'text'; readonly text: string; readonly stop?: string }
  | { readonly says: 'refusal' }
  /** A body that is no message at all. */
  | { readonly says: 'body'; readonly body: string; readonly type?: string }
  | {
      readonly says: 'error';
      readonly status: number;
      readonly type: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Never answers. */
  | { readonly says: 'nothing' }
  /** Sends the head, and never the body. */
  | { readonly says: 'half' }
  | { readonly says: 'hangs_up' }
  | { readonly says: 'redirect'; readonly to: string };

export interface AskedClaude {
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly max_tokens: number;
    readonly system: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly output_config: {
      readonly format: { readonly type: string; readonly schema: unknown };
    };
  };
}

export interface FakeClaude {
  readonly url: string;
  /** `host:port`. */
  readonly address: string;
  readonly asked: AskedClaude[];
  become(behaviour: ClaudeBehaviour): void;
  close(): Promise<void>;
}

export const GOOD_GRADE = { adjustment: 4, flags: [], reason: 'a clear and specific need' };
/** What every answer of the fake costs. */
export const TOKENS_EACH = 900 + 60;

/** Starts it on a free port; it grades every lead +4 until told otherwise. */
export async function startFakeClaude(): Promise<FakeClaude> {
  const asked: AskedClaude[] = [];
  let behaviour: ClaudeBehaviour = { says: 'grade', grade: GOOD_GRADE };
  let calls = 0;
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      calls += 1;
      const { authorization } = req.headers;
      res.setHeader('request-id', `req_${calls}`);
      const now = behaviour;
      if (req.method !== 'POST' || req.url !== '/v1/messages') {
        return sendError(res, 404, ['not_found_error', `no ${req.url ?? ''}`]);
      }
      if (authorization !== `Bearer ${CLAUDE_KEY}`) {
        return sendError(res, 401, ['authentication_error', 'invalid bearer token']);
      }
      asked.push({
        authorization,
        body: JSON.parse(Buffer.concat(parts).toString()) as AskedClaude['body'],
      });
      answer(res, now);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${address}`,
    ...{ address, asked },
    become: (next) => void (behaviour = next),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function answer(res: ServerResponse, now: ClaudeBehaviour): void {
  switch (now.says) {
    case 'grade': {
      const send = () => sendMessage(res, JSON.stringify(now.grade), 'end_turn');
      if (now.afterMs === undefined) return send();
      return void setTimeout(send, now.afterMs);
    }
    case 'text':
      return sendMessage(res, now.text, now.stop ?? 'end_turn');
    case 'refusal':
      return sendMessage(res, '', 'refusal');
    case 'body':
      res.setHeader('content-type', now.type ?? 'application/json');
      return void res.end(now.body);
    case 'error':
      for (const [name, value] of Object.entries(now.headers ?? {})) res.setHeader(name, value);
      return sendError(res, now.status, [now.type, now.message]);
    case 'nothing':
      return;
    case 'half':
      res.writeHead(200, { 'content-type': 'application/json' });
      return void res.write('{"id":');
    case 'hangs_up':
      return void res.destroy();
    case 'redirect':
      return void res.writeHead(307, { location: now.to }).end();
  }
}

function sendMessage(res: ServerResponse, text: string, stop: string): void {
  const message = {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-5-5' },
    content: text === '' ? [] : [{ type: 'text', text }],
    ...{ stop_reason: stop, stop_sequence: null },
    ...(stop === 'refusal' && { stop_details: { category: 'other', explanation: 'no' } }),
    usage: { input_tokens: 900, output_tokens: 60 },
  };
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify(message));
}

function sendError(
  res: ServerResponse,
  status: number,
  [type, message]: readonly [type: string, message: string],
): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' }));
}
