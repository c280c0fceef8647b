// Signatures of Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): a receiver that knows
// the secret can tell that a message is ours, is whole, and is not an old one sent again.

import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const [LEAST_BYTES, MOST_BYTES] = [24, 64];

/** A secret that no signature can be made with. Its message never holds the secret. */
export class UnusableSecret extends Error {}

/**
 * The value of `webhook-signature`: one `v1,<base64>` for each secret, in their order, with a space
 * between them, so that a receiver takes the message with the old secret and with the new one. `id`
 * is the same on each try and holds no dot; `timestampS` are the unix seconds of this try.
 *
 * Throws `UnusableSecret` for a secret that is not `whsec_` and the base64 of 24 to 64 bytes.
 */
export function signWebhook(message: {
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
  readonly secrets: readonly string[];
}): string {
  const { id, timestampS, body, secrets } = message;
  // With a dot in the id, two messages could have one signed text.
  if (id.includes('.')) throw new Error(`the id of a webhook holds no dot: ${id}`);
  const keys = secrets.map(keyOf);
  if (keys.length === 0) throw new UnusableSecret('no secret to sign with');
  const signed = `${id}.${timestampS}.${body}`;
  return keys
    .map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    .join(' ');
}

function keyOf(secret: string): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(BASE64.test(encoded) ? encoded : '', 'base64');
  if (key.length >= LEAST_BYTES && key.length <= MOST_BYTES) return key;
  throw new UnusableSecret(
    `a webhook secret wants ${PREFIX} and the base64 of ${LEAST_BYTES} to ${MOST_BYTES} bytes`,
  );
}
