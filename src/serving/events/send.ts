// One try to hand an event to a webhook, as Standard Webhooks 1.0.0 has it.

import type { Send } from '../../activities/http.ts';
import type { ReadSecret } from '../../activities/parcel.ts';
import { signWebhook, UnusableSecret } from '../../delivery/signing/standard-webhooks.ts';
import { retryAfterMs } from '../../domain/delivering/retry.ts';
import { eventBody, type KeptEvent } from '../../domain/events/event.ts';
import type { HeldWebhook } from '../../domain/events/webhook.ts';

export type Tried =
  | { readonly kind: 'taken' }
  | {
      readonly kind: 'failed';
      /** What happened, without a word of the receiver's. */
      readonly detail: string;
      /** How long it asks not to be tried. */
      readonly askedMs?: number | undefined;
      /** It says that it wants nothing more. */
      readonly isGone?: boolean;
    };

const GONE = 410;

/**
 * Sends an event once. Signed with every secret of the webhook, read now, so that a receiver may
 * change from one to the next at any moment. Only a 2xx is success: a redirect is none.
 */
export async function sendEvent(
  {
    send,
    readSecret,
    nowMs,
  }: {
    readonly send: Send;
    readonly readSecret: ReadSecret;
    readonly nowMs: number;
  },
  event: KeptEvent,
  webhook: HeldWebhook,
): Promise<Tried> {
  const secrets = await readAll(readSecret, webhook.secrets);
  if ('missing' in secrets) return failed(`the secret ${secrets.missing} is not set`);
  const body = JSON.stringify(eventBody(event, webhook.party));
  const timestampS = Math.floor(nowMs / 1_000);
  const signature = sign({ id: event.id, timestampS, body, secrets: secrets.found });
  if (typeof signature !== 'string') return failed(signature.message);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Sluice',
    'webhook-id': event.id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': signature,
  };
  const { timeoutMs, url } = webhook;
  const came = await send({ method: 'POST', url, headers, body }, { timeoutMs });
  if (came.kind !== 'answer') {
    return failed([came.kind === 'lost' ? 'no answer' : 'not sent', came.reason].join(': '));
  }
  const { status, headers: answered } = came.reply;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const askedMs = retryAfterMs(answered?.['retry-after'], nowMs);
  return { ...failed(`HTTP ${status}`), askedMs, isGone: status === GONE };
}

function failed(detail: string): Tried & { kind: 'failed' } {
  return { kind: 'failed', detail };
}

function sign(message: Parameters<typeof signWebhook>[0]): string | UnusableSecret {
  try {
    return signWebhook(message);
  } catch (error) {
    if (error instanceof UnusableSecret) return error;
    throw error;
  }
}

async function readAll(
  read: ReadSecret,
  references: readonly string[],
): Promise<{ readonly found: readonly string[] } | { readonly missing: string }> {
  const found: string[] = [];
  for (const reference of references) {
    const secret = await read(reference);
    if (!secret) return { missing: reference };
    found.push(secret);
  }
  return { found };
}
