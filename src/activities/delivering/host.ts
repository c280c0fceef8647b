// What targets are given: guarded calls within the time of one push, secrets, and tokens that are
// kept in this process until they end.

import type { OutgoingRequest, Reply } from '../../delivery/adapter.ts';
import {
  type DeliveryReply,
  SecretMissing,
  type TargetHost,
  type Token,
} from '../../delivery/targets/target.ts';
import type { ActivityDeps } from '../deps.ts';

/** Not used in its last seconds: it must still be good when it arrives. */
const TOKEN_MARGIN_MS = 10_000;

/** The tokens of one process. */
export function createTokens(now: () => number) {
  const kept = new Map<string, Promise<Token>>();
  return {
    /** The token of the key; one fetch for all who ask meanwhile. A failed fetch is forgotten. */
    async of(key: string, fetch: () => Promise<Token>): Promise<string> {
      const known = await kept.get(key)?.catch(() => undefined);
      if (known && known.untilMs - TOKEN_MARGIN_MS > now()) return known.token;
      // Who waited beside us may have begun to fetch.
      const begun = kept.get(key);
      const isNew = begun !== undefined && (await begun.catch(() => known)) !== known;
      const fetching = isNew ? begun : fetch();
      kept.set(key, fetching);
      fetching.catch(() => kept.delete(key));
      return (await fetching).token;
    },
    drop: (key: string): void => void kept.delete(key),
  };
}

export type Tokens = ReturnType<typeof createTokens>;

/** The host of one push that may take so long, all its calls together. */
export function hostOf(
  deps: Pick<ActivityDeps, 'send' | 'carriers' | 'readSecret' | 'now'>,
  tokens: Tokens,
  timeoutMs: number,
): TargetHost {
  const { send, carriers, readSecret, now } = deps;
  const endsAtMs = now() + timeoutMs;
  const leftMs = () => Math.max(0, endsAtMs - now());
  return {
    nowMs: now(),
    call: async (request: OutgoingRequest): Promise<Reply> => {
      if (leftMs() > 0) return send(request, { timeoutMs: leftMs() });
      return { kind: 'not_sent', reason: 'late', detail: 'the time of the push was over', ms: 0 };
    },
    mail: (server, mail) => carriers.mail({ server, timeoutMs: leftMs() }, mail),
    upload: (place, file) => carriers.upload({ place, timeoutMs: leftMs() }, file),
    secret: async (reference) => {
      const secret = await readSecret(reference);
      if (!secret) throw new SecretMissing(reference);
      return secret;
    },
    token: (key, fetch) => tokens.of(key, fetch),
    dropToken: (key) => tokens.drop(key),
  };
}

/** A push whose secret is not set is tried again: it may be set by then. */
export function failedBySecret(failure: unknown): DeliveryReply {
  if (failure instanceof SecretMissing) return { kind: 'retry', detail: failure.message };
  throw failure;
}
