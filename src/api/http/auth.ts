// Who is calling: the source, operator or buyer whose key came as a bearer token. Keys are compared
// by their SHA-256; the installation never knows them.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

import type { BuyerId, SourceId } from '../../domain/ids.ts';
import type { KeyHash, World } from '../../domain/world/world.ts';
import type { LoadedWorld } from '../../intake/submission.ts';
import { Problem } from '../problems.ts';

export interface SourceCaller {
  readonly kind: 'source';
  readonly id: SourceId;
}
export interface OperatorCaller {
  readonly kind: 'operator';
  readonly id: string;
}
/** A buyer reports what became of the leads it bought, and reads nothing. */
export interface BuyerCaller {
  readonly kind: 'buyer';
  readonly id: BuyerId;
}
export type Caller = SourceCaller | OperatorCaller;
export type KeyHolder = Caller | BuyerCaller;

/** Finds the caller of a request, or throws the same problem for no key and for a wrong one. */
export type Authenticate = (req: Request) => KeyHolder;

/** Whether a key is one of those that are known by their hashes. */
export function isOneOf(keys: readonly KeyHash[], key: string): boolean {
  const hash = createHash('sha256').update(key).digest();
  return keys.some(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash));
}

type Keyring = ReadonlyMap<string, { readonly hash: Buffer; readonly caller: KeyHolder }>;

/** Keys are those of the world in force: a revoked one fails with the next version. */
export function createAuthenticate(currentWorld: () => LoadedWorld): Authenticate {
  let known: { readonly world: World; readonly keyring: Keyring } | undefined;
  return (req) => {
    const { world } = currentWorld();
    if (known?.world !== world) known = { world, keyring: keyringOf(world) };
    const caller = findCaller(known.keyring, req.get('authorization'));
    if (caller) return caller;
    throw new Problem('key_missing_or_wrong', {
      detail: 'Send the header "Authorization: Bearer" with your key.',
      headers: { 'WWW-Authenticate': 'Bearer realm="sluice"' },
    });
  };
}

const NO_HASH = Buffer.alloc(32);

function findCaller(keyring: Keyring, authorization = ''): KeyHolder | undefined {
  const key = /^Bearer +(\S{1,512}) *$/i.exec(authorization)?.[1] ?? '';
  const hash = createHash('sha256').update(key).digest();
  const entry = keyring.get(hash.toString('hex'));
  // The map finds by a hash that nobody can steer; the comparison takes one time for all.
  return timingSafeEqual(hash, entry?.hash ?? NO_HASH) ? entry?.caller : undefined;
}

function keyringOf({ sources, operators, buyers }: World): Keyring {
  const keyring = new Map<string, { hash: Buffer; caller: KeyHolder }>();
  const add = (keys: readonly KeyHash[], caller: KeyHolder) => {
    for (const { sha256 } of keys) {
      keyring.set(sha256, { hash: Buffer.from(sha256, 'hex'), caller });
    }
  };
  for (const [id, { keys }] of Object.entries(sources)) add(keys, { kind: 'source', id });
  for (const [id, { keys = [] }] of Object.entries(buyers)) add(keys, { kind: 'buyer', id });
  for (const [id, { keys }] of Object.entries(operators)) add(keys, { kind: 'operator', id });
  return keyring;
}
