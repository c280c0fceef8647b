// `sluice key`: a new key, shown once, and the hash that goes into the world.

import { createHash, randomBytes } from 'node:crypto';

/** A key of 256 random bits and its hash; only the hash is ever stored. */
export function makeKey(kind: 'source' | 'operator'): { key: string; sha256: string } {
  const key = `${kind === 'source' ? 'sk' : 'ok'}_live_${randomBytes(32).toString('base64url')}`;
  return { key, sha256: createHash('sha256').update(key).digest('hex') };
}
