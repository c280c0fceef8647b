// The only outbound HTTP client: pools per origin, one total time limit per call, a limit on the
// answer's size, no redirects followed, no private addresses.

import { Agent } from 'undici';
import type { IncomingReply, OutgoingRequest } from '../delivery/adapter.ts';
import type { NoBidReason } from '../domain/reasons.ts';
import { AddressRefused, checkUrl, createConnector, type GuardSettings } from './guard.ts';

/** What a call came to. `not_sent`: not one byte left. `lost`: nobody knows what arrived. */
export type Reply =
  | { readonly kind: 'answer'; readonly reply: IncomingReply; readonly ms: number }
  | {
      readonly kind: 'not_sent';
      readonly reason: 'connection_failed' | 'address_refused';
      readonly detail: string;
      readonly ms: number;
    }
  | {
      readonly kind: 'lost';
      readonly reason: Extract<NoBidReason, 'late' | 'connection_lost' | 'answer_too_large'>;
      readonly detail: string;
      readonly ms: number;
    };

export type Send = (
  request: OutgoingRequest,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<Reply>;

const MAX_ANSWER_BYTES = 256 * 1024;
// Codes that undici and the system give before a connection stands.
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

// A certificate that is not accepted ends the handshake: the request was never written.
const BAD_CERTIFICATE = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Opens the client; `close` waits for nothing and ends its connections. */
export function createHttp(settings: GuardSettings): { send: Send; close(): Promise<void> } {
  const agent = new Agent({
    connections: 64,
    // The total limit below is the one that counts: these do not stop a dripping body.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: MAX_ANSWER_BYTES,
    connect: createConnector(settings),
  });
  const send: Send = async (request, { timeoutMs, signal }) => {
    const begunAt = performance.now();
    const ms = () => Math.round(performance.now() - begunAt);
    try {
      const url = new URL(request.url);
      checkUrl(url, settings);
      const { statusCode, body } = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: { ...request.headers },
        body: request.body,
        signal: signal ?? AbortSignal.timeout(timeoutMs),
      });
      const reply = { status: statusCode, body: await body.text() };
      return { kind: 'answer', reply, ms: ms() };
    } catch (cause) {
      return { ...classify(cause), ms: ms() };
    }
  };
  return { send, close: () => agent.destroy() };
}

type Failure = Omit<Reply & { kind: 'not_sent' }, 'ms'> | Omit<Reply & { kind: 'lost' }, 'ms'>;

function classify(cause: unknown): Failure {
  const code = codeOf(cause);
  if (cause instanceof AddressRefused) {
    return { kind: 'not_sent', reason: 'address_refused', detail: cause.message };
  }
  if (NOT_CONNECTED.has(code) || BAD_CERTIFICATE.test(code)) {
    return { kind: 'not_sent', reason: 'connection_failed', detail: code };
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return { kind: 'lost', reason: 'answer_too_large', detail: `over ${MAX_ANSWER_BYTES} bytes` };
  }
  const timedOut = cause instanceof Error && /^(TimeoutError|AbortError)$/.test(cause.name);
  if (timedOut) return { kind: 'lost', reason: 'late', detail: '' };
  return { kind: 'lost', reason: 'connection_lost', detail: code };
}

function codeOf(cause: unknown): string {
  if (cause instanceof AddressRefused) return cause.code;
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
