// `sluice key`: a new key, shown once, and the hash that goes into the world.

import { createHash, randomBytes } from 'node:crypto';

const PREFIX = { source: 'sk', operator: 'ok', buyer: 'bk' } as const;
export type KeyOwner = keyof typeof PREFIX;

/** A key of 256 random bits and its hash; only the hash is ever stored. */
export function makeKey(kind: KeyOwner): { key: string; sha256: string } {
  const key = `${PREFIX[kind]}_live_${randomBytes(32).toString('base64url')}`;
  return { key, sha256: createHash('sha256').update(key).digest('hex') };
}
