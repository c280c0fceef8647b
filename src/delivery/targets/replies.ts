// How targets read what came back. What they say of it is kept and shown, so nothing is quoted from
// a receiver but codes and the names of fields: its sentences may hold the person it was told of.

import { retryAfterMs } from '../../domain/delivering/retry.ts';
import type { IncomingReply, OutgoingRequest, Reply } from '../adapter.ts';
import type { DeliveryReply, TargetHost, Token } from './target.ts';

/** What a receiver asked for is obeyed up to here. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;
const CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/;

type NotDelivered = Exclude<DeliveryReply, { kind: 'delivered' }>;
type Kind<K> = Extract<DeliveryReply, { kind: K }>;

export const done = (proof: string): Kind<'delivered'> => ({ kind: 'delivered', proof });
export const fail = (detail: string): Kind<'failed'> => ({ kind: 'failed', detail });
/** No other lead would get in either, until a person has mended it. */
export const stop = (detail: string): Kind<'failed'> => ({ kind: 'failed', detail, stop: true });
export const unclear = (detail: string): Kind<'unclear'> => ({ kind: 'unclear', detail });
export function retry(detail: string, afterMs?: number): Kind<'retry'> {
  return { kind: 'retry', detail, ...(afterMs !== undefined && { afterMs }) };
}

type NoAnswer = Exclude<Reply, { kind: 'answer' }>;

/** No answer came: it is tried again, unless it may have arrived and a second one would harm. */
export function unanswered(came: NoAnswer, repeat: 'harmless' | 'harms'): DeliveryReply {
  const detail = `${came.reason} ${came.detail}`.trim();
  return came.kind === 'lost' && repeat === 'harms' ? unclear(detail) : retry(detail);
}

/**
 * What a status says that is no success, whoever answers. `detail` begins with the status and names
 * what is known beside it.
 */
export function refused(
  reply: IncomingReply,
  host: Pick<TargetHost, 'nowMs'>,
  { more = [], repeat = 'harmless' }: Said = {},
): NotDelivered {
  const { status } = reply;
  const detail = [`HTTP ${status}`, ...more].join(' ');
  const afterMs = askedPauseMs(reply, host.nowMs);
  if (status === 408 || status === 425 || status === 429) return retry(detail, afterMs);
  // 503 says that it did nothing; the others may come from a gateway after the receiver did.
  if (status >= 500 && status !== 503 && repeat === 'harms') return unclear(detail);
  if (status >= 500) return retry(detail, afterMs);
  if ([401, 403, 404, 405, 410].includes(status)) return stop(detail);
  return fail(detail);
}

interface Said {
  readonly more?: readonly string[];
  /** Whether a second one of what may have been done would harm. */
  readonly repeat?: 'harmless' | 'harms';
}

/** The pause of `Retry-After`, in seconds or as a date; at most a day. */
export function askedPauseMs({ headers }: IncomingReply, nowMs: number): number | undefined {
  const ms = retryAfterMs(headers?.['retry-after'], nowMs);
  return ms === undefined ? undefined : Math.min(ms, LONGEST_PAUSE_MS);
}

/** The body as JSON; undefined where it is none, which fits no schema. */
export function jsonOf({ body }: IncomingReply): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // An answer like any other that cannot be read; the caller says so.
    return undefined;
  }
}

/** A receiver's word, if it is a code such as DUPLICATE_VALUE or 21211. */
export function codesOf(...values: readonly unknown[]): string[] {
  return values.flatMap((value) => {
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && CODE.test(text) ? [text] : [];
  });
}

/** Which of the names stand in the receiver's words: the fields that it complains of. */
export function namesIn(words: string, names: readonly string[]): string[] {
  return names.filter((name) => new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(words));
}

/** No token was to be had; `reply` is what the push comes to. */
export class NoToken extends Error {
  readonly reply: DeliveryReply;
  constructor(reply: DeliveryReply) {
    super('no token');
    this.reply = reply;
  }
}

/** Fetches a token. Throws `NoToken` unless the answer is a 200 that `read` finds one in. */
export async function fetchToken(
  host: TargetHost,
  request: OutgoingRequest,
  read: (document: unknown) => Token | undefined,
): Promise<Token> {
  const came = await host.call(request);
  if (came.kind !== 'answer') throw new NoToken(unanswered(came, 'harmless'));
  const { reply } = came;
  const document = jsonOf(reply);
  const token = reply.status === 200 ? read(document) : undefined;
  if (token) return token;
  const { error } = (document ?? {}) as { error?: unknown };
  const more = ['for a token', ...codesOf(error)];
  if (reply.status === 200) throw new NoToken(retry(['HTTP 200', ...more, 'none in it'].join(' ')));
  const said = refused(reply, host, { more });
  // Whoever refuses a token refuses it for every lead.
  throw new NoToken(said.kind === 'failed' ? { ...said, stop: true } : said);
}

/** What a push comes to for which no token was to be had. Other failures go on. */
export function withoutToken(failure: unknown): DeliveryReply {
  if (failure instanceof NoToken) return failure.reply;
  throw failure;
}

/** A POST of JSON. */
export function jsonRequest(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): OutgoingRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** A POST of a form. */
export function formRequest(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): OutgoingRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  };
}
