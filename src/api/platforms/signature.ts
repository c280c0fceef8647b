// Signatures over the bytes of a body, compared in constant time.

import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Signature } from '../../domain/world/platform.ts';

/** True if both texts are the same; takes as long for each wrong one of its length. */
export function isSame(said: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(said), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** `sha256=` and the lower-case hex of the HMAC, as Meta sends it. */
export function hexSignature(secret: string, bytes: Uint8Array | string): string {
  return createHmac('sha256', secret).update(bytes).digest('hex');
}

const TIMED = /^t=(\d{1,20}),s=([A-Za-z0-9+/=]{1,200})$/;

/** Is this what the sender's secret makes of the body. */
export function isSigned(
  said: string | undefined,
  { body, secret, signature }: { body: Buffer; secret: string; signature: Signature },
): boolean {
  if (said === undefined) return false;
  const { algorithm, encoding, prefix, scheme } = signature;
  const hmac = createHmac(algorithm, secret);
  if (scheme === 'plain') {
    const wanted = prefix + hmac.update(body).digest(encoding);
    return isSame(encoding === 'hex' ? said.toLowerCase() : said, lower(wanted, encoding));
  }
  const [, seconds, given] = TIMED.exec(said) ?? [];
  if (seconds === undefined || given === undefined) return false;
  const wanted = hmac.update(`${seconds}.`).update(body).digest(encoding);
  return isSame(lower(given, encoding), wanted);
}

function lower(text: string, encoding: Signature['encoding']): string {
  return encoding === 'hex' ? text.toLowerCase() : text;
}
