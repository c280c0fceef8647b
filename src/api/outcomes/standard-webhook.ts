// Signatures by Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` and `webhook-signature`
// over `{id}.{timestamp}.{body}`.

import { createHmac } from 'node:crypto';

import { isSame } from '../platforms/signature.ts';

/** Clocks differ, and an old request is somebody else's copy of it. */
const TOLERANCE_MS = 5 * 60_000;

export interface SignedRequest {
  readonly id: string;
  /** Seconds since 1970, as sent. */
  readonly timestamp: string;
  /** One or several, each `v1,` and base64. */
  readonly signature: string;
  readonly body: Buffer;
}

/** Is one of the signatures what the secret makes of the request, and is it of now. */
export function isSignedNow(
  { id, timestamp, signature, body }: SignedRequest,
  secret: string,
  nowMs: number,
): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs - Number(timestamp) * 1000) > TOLERANCE_MS) return false;
  const coded = secret.startsWith('whsec_');
  const key = coded ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  const wanted = `v1,${hmac.digest('base64')}`;
  return signature
    .split(' ')
    .slice(0, 10)
    .some((said) => isSame(said, wanted));
}
