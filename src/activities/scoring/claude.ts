// Asks Claude for a grade, in one call that is never repeated, and tells what came of it: a
// grade, or why there is none and whether to go on asking. Nothing of the answer is believed but
// its shape.

import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { Agent, fetch as send } from 'undici';
import type { FallbackReason } from '../../domain/reasons.ts';
import type { Redacted } from '../../domain/scoring/redacted.ts';
import { createConnector, type GuardSettings } from '../guard.ts';
import { pauseOf } from './breaker.ts';
import { GRADE_SCHEMA, GRADE_TAKEN, leadMessage, SYSTEM } from './prompt.ts';
import type { z } from 'zod';

/** What a call came to. `tokens`: used and paid for. */
export type Answered = { readonly requestId: string | null; readonly tokens: number } & (
  | { readonly kind: 'graded'; readonly said: z.output<typeof GRADE_TAKEN> }
  | { readonly kind: 'declined'; readonly fallback: 'refused' | 'malformed' }
  | {
      readonly kind: 'failed';
      readonly fallback: FallbackReason;
      /** Only a person can mend it. */
      readonly forGood?: true;
      /** The API asked to be left alone for so long. */
      readonly pauseMs?: number;
    }
);

export interface Claude {
  readonly model: string;
  ask(lead: Redacted): Promise<Answered>;
  close(): Promise<void>;
}

export interface ClaudeSettings {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly outbound: GuardSettings;
}

/** A late grade is stored; what takes longer than this is given up. */
export const CALL_MS = 4_000;
const MAX_TOKENS = 600;
const MAX_ANSWER_BYTES = 256 * 1024;

/** Opens the client. Call it with a key only: without one the SDK looks for others on the disk. */
export function createClaude({ apiKey, baseUrl, model, outbound }: ClaudeSettings): Claude {
  const { hostname, port, protocol } = new URL(baseUrl);
  const place = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
  const agent = new Agent({
    connections: 32,
    maxResponseSize: MAX_ANSWER_BYTES,
    // The address is the operator's own, from the environment: it may be private.
    connect: createConnector({
      ...outbound,
      allowPrivate: new Set([...outbound.allowPrivate, place]),
    }),
  });
  const guarded = (url: unknown, init: object) =>
    // A redirect would take the key and the lead to another host.
    send(url as string, { ...init, dispatcher: agent, redirect: 'error' });
  const client = new Anthropic({
    ...{ apiKey, baseURL: baseUrl, timeout: CALL_MS, maxRetries: 0, logLevel: 'off' },
    // The SDK means the fetch of the browser; the one of undici differs in types only.
    fetch: guarded as unknown as typeof fetch,
  });
  return {
    model,
    close: () => agent.destroy(),
    async ask(lead) {
      try {
        const message = await client.messages.create(
          {
            model,
            max_tokens: MAX_TOKENS,
            system: SYSTEM,
            messages: [{ role: 'user', content: leadMessage(lead) }],
            output_config: { format: zodOutputFormat(GRADE_SCHEMA) },
          },
          // The headers may come in time and the body never.
          { signal: AbortSignal.timeout(CALL_MS) },
        );
        return readMessage(message);
      } catch (cause) {
        return { ...failureOf(cause), tokens: 0 };
      }
    },
  };
}

type Message = Anthropic.Message & { readonly _request_id?: string | null };

function readMessage(message: Message): Answered {
  // Servers lie: nothing is taken for granted of a body that was only declared to be a message.
  const { usage, stop_reason: stop, content, _request_id: requestId = null } = message;
  const counts = [
    usage?.input_tokens,
    usage?.output_tokens,
    usage?.cache_creation_input_tokens,
    usage?.cache_read_input_tokens,
  ];
  const tokens = counts.reduce<number>((sum, count) => sum + toCount(count), 0);
  const known = { requestId, tokens };
  if (stop === 'refusal') return { ...known, kind: 'declined', fallback: 'refused' };
  const text = Array.isArray(content)
    ? content.map((block) => (block?.type === 'text' ? block.text : '')).join('')
    : '';
  const said = stop === 'end_turn' ? GRADE_TAKEN.safeParse(parseJson(text)) : undefined;
  if (!said?.success) return { ...known, kind: 'declined', fallback: 'malformed' };
  return { ...known, kind: 'graded', said: said.data };
}

function toCount(count: unknown): number {
  return typeof count === 'number' && Number.isFinite(count) && count > 0 ? count : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON fits no schema: the caller says so.
    return undefined;
  }
}

const BILLING = /credit|billing|spend|usage limit|quota/i;

type Failure = Omit<Extract<Answered, { kind: 'failed' }>, 'tokens'>;

function failureOf(cause: unknown): Failure {
  const kind = 'failed';
  if (cause instanceof Anthropic.APIUserAbortError) {
    return { kind, fallback: 'timed_out', requestId: null };
  }
  if (cause instanceof Anthropic.APIConnectionTimeoutError) {
    return { kind, fallback: 'timed_out', requestId: null };
  }
  if (!(cause instanceof Anthropic.APIError) || cause.status === undefined) {
    return { kind, fallback: isTimeOut(cause) ? 'timed_out' : 'unreachable', requestId: null };
  }
  const { status, message, headers, requestID } = cause;
  const requestId = requestID ?? null;
  const type: unknown = cause.type;
  const isBilling = status === 402 || type === 'billing_error' || BILLING.test(message);
  if (status === 402 || (status === 400 && isBilling)) {
    return { kind, fallback: 'no_credit', forGood: true, requestId };
  }
  if (status === 401 || status === 403) {
    return { kind, fallback: 'not_authorised', forGood: true, requestId };
  }
  // The model of the configuration is not there.
  if (status === 404) return { kind, fallback: 'api_error', forGood: true, requestId };
  const pauseMs = pauseOf(headers?.get('retry-after'));
  if (status === 429) return { kind, fallback: 'rate_limited', requestId, ...pauseMs };
  if (status === 503 || status === 529)
    return { kind, fallback: 'overloaded', requestId, ...pauseMs };
  return { kind, fallback: 'api_error', requestId };
}

function isTimeOut(cause: unknown): boolean {
  return cause instanceof Error && /^(TimeoutError|AbortError)$/.test(cause.name);
}
