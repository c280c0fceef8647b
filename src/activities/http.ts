// The only outbound HTTP client: pools per origin, one total time limit per call, a limit on the
// answer's size, no redirects followed, no private addresses.

import type { IncomingHttpHeaders } from 'node:http';
import { Agent, DecoratorHandler, type Dispatcher } from 'undici';
import type { OutgoingRequest, Reply } from '../delivery/adapter.ts';
import { AddressRefused, checkUrl, createConnector, type GuardSettings } from './guard.ts';

export type Send = (
  request: OutgoingRequest,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<Reply>;

const MAX_ANSWER_BYTES = 256 * 1024;

/** Tells when a request is about to be written: from then on, bytes may have left. */
class Begins extends DecoratorHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #begins: () => void;
  constructor(handler: Dispatcher.DispatchHandler, begins: () => void) {
    super(handler);
    this.#handler = handler;
    this.#begins = begins;
  }
  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#begins();
    this.#handler.onRequestStart?.(controller, context);
  }
}

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
    const limit = signal ?? AbortSignal.timeout(timeoutMs);
    let mayHaveLeft = false;
    const begins = () => (mayHaveLeft ||= !limit.aborted);
    const watched = agent.compose(
      (dispatch) => (options, handler) => dispatch(options, new Begins(handler, begins)),
    );
    const over = whenOver(limit);
    try {
      const url = new URL(request.url);
      checkUrl(url, settings);
      const answered = watched.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: { ...request.headers },
        body: request.body,
        signal: limit,
      });
      const read = answered.then(async ({ statusCode: status, headers, body }) => {
        return { reply: { status, body: await body.text(), headers: firstOfEach(headers) } };
      });
      // undici looks at the signal only once it has a connection, which may take seconds more. What
      // is over by then is never written.
      return { kind: 'answer', ...(await Promise.race([read, over.promise])), ms: ms() };
    } catch (cause) {
      return { ...(mayHaveLeft ? lost(cause) : notSent(cause)), ms: ms() };
    } finally {
      over.forget();
    }
  };
  return { send, close: () => agent.destroy() };
}

function firstOfEach(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const firsts = Object.entries(headers).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name, first] as const];
  });
  return Object.fromEntries(firsts);
}

/** Rejects with the signal's reason once it is aborted. */
function whenOver(signal: AbortSignal): { promise: Promise<never>; forget(): void } {
  let stop = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, forget: () => signal.removeEventListener('abort', stop) };
}

/** Refused, unreachable, no TLS, unsendable, or out of time while waiting for a connection. */
function notSent(cause: unknown): Omit<Reply & { kind: 'not_sent' }, 'ms'> {
  const kind = 'not_sent';
  if (cause instanceof AddressRefused) {
    return { kind, reason: 'address_refused', detail: cause.message };
  }
  if (isTimeOut(cause)) return { kind, reason: 'late', detail: 'no connection in time' };
  const code = codeOf(cause);
  return { kind, reason: 'connection_failed', detail: isTls(code) ? `tls ${code}` : code };
}

function lost(cause: unknown): Omit<Reply & { kind: 'lost' }, 'ms'> {
  const code = codeOf(cause);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return { kind: 'lost', reason: 'answer_too_large', detail: `over ${MAX_ANSWER_BYTES} bytes` };
  }
  if (isTimeOut(cause)) return { kind: 'lost', reason: 'late', detail: '' };
  return { kind: 'lost', reason: 'connection_lost', detail: code };
}

function isTimeOut(cause: unknown): boolean {
  return cause instanceof Error && /^(TimeoutError|AbortError)$/.test(cause.name);
}

/** A certificate that is not good, or no TLS at all: never tried again in plain text. */
function isTls(code: string): boolean {
  return /CERT|^ERR_(TLS|SSL)|^EPROTO$|UNABLE_TO_(GET|VERIFY|DECODE)/.test(code);
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
