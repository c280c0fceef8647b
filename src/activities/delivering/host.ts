// What targets are given: guarded calls within the time of one push and the limits of their host,
// secrets, and tokens that are kept in this process until they end. Remembers what the last answer
// said about when to come back, and every secret that was handed out, which no record may show.

import type { OutgoingRequest, Reply } from '../../delivery/adapter.ts';
import {
  type DeliveryReply,
  type MailReply,
  SecretMissing,
  type TargetHost,
  type Token,
} from '../../delivery/targets/target.ts';
import type { HostLimits } from '../../domain/delivering/endpoint.ts';
import type { ActivityDeps } from '../deps.ts';
import { askedPauseMs } from '../../delivery/targets/replies.ts';
import type { Lanes } from './lanes.ts';
import { withoutSecrets } from '../prepare.ts';

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

/** What the calls of a push have told beside their answers. */
export interface Seen {
  /** The last answer asked for a pause. */
  readonly askedMs: number | undefined;
  /** It said that there was too much, or none came in time. */
  readonly isSlow: boolean;
}

/** What a call that carried a lead came to, where the target did not say that it has arrived. */
export type Sent =
  | Extract<Reply, { kind: 'not_sent' | 'lost' }>
  /** The receiver said no. */
  | { readonly kind: 'refused' }
  /** It said something else. */
  | { readonly kind: 'answered' };

/** A target's host, and what is known when the target has done its work. */
export interface PushHost {
  readonly host: TargetHost;
  seen(): Seen;
  /**
   * What its calls came to, those for tokens aside: the last one, or one that was lost. Undefined:
   * there was none.
   */
  sent(): Sent | undefined;
  /** The text without any secret that the target was given. */
  withoutSecrets(text: string): string;
}

type HostDeps = Pick<ActivityDeps, 'send' | 'carriers' | 'readSecret' | 'tokens' | 'now'> & {
  readonly lanes: Lanes;
};

interface PushTerms {
  readonly timeoutMs: number;
  readonly timeZone: string;
  readonly limits: HostLimits;
}

/** The host of one push that may take so long, all its calls together; waits do not count. */
export function hostOf(
  { send, carriers, readSecret, now, tokens, lanes }: HostDeps,
  { timeoutMs, timeZone, limits }: PushTerms,
): PushHost {
  let endsAtMs = now() + timeoutMs;
  let seen: Seen = { askedMs: undefined, isSlow: false };
  let sent: Sent | undefined;
  let isForToken = false;
  const secrets = new Set<string>();
  const keep = (secret: string): string => {
    secrets.add(secret);
    return secret;
  };

  function note(one: Sent): void {
    if (sent?.kind !== 'lost') sent = one;
  }

  /** Goes when the place has room, within what is left of the time. */
  async function inLane<T>(place: string, go: (leftMs: number) => Promise<T>): Promise<T> {
    const cameAtMs = now();
    const leave = await lanes.enter(place, limits);
    endsAtMs += now() - cameAtMs;
    try {
      return await go(Math.max(0, endsAtMs - now()));
    } finally {
      leave();
    }
  }

  async function call(request: OutgoingRequest): Promise<Reply> {
    const reply = await inLane(hostIn(request.url), (leftMs) => within(request, leftMs));
    seen = seenIn(reply, now());
    if (!isForToken) note(sentBy(reply));
    return reply;
  }

  async function within(request: OutgoingRequest, leftMs: number): Promise<Reply> {
    if (leftMs > 0) return send(request, { timeoutMs: leftMs });
    return { kind: 'not_sent', reason: 'late', detail: 'the time of the push was over', ms: 0 };
  }

  const host: TargetHost = {
    ...{ nowMs: now(), timeZone },
    call,
    mail: async (server, mail) => {
      const go = (timeoutMs: number) => carriers.mail({ server, timeoutMs }, mail);
      const reply = await inLane(hostIn(server), go);
      note(mailedBy(reply));
      return reply;
    },
    upload: (place, file) =>
      inLane(`${place.host}:${place.port}`, (timeoutMs) =>
        carriers.upload({ place, timeoutMs }, file),
      ),
    secret: async (reference) => {
      const secret = await readSecret(reference);
      if (!secret) throw new SecretMissing(reference);
      return keep(secret);
    },
    token: async (key, fetch) => {
      isForToken = true;
      return keep(await tokens.of(key, fetch).finally(() => (isForToken = false)));
    },
    dropToken: (key) => tokens.drop(key),
  };
  return {
    ...{ host, seen: () => seen, sent: () => sent },
    withoutSecrets: (text) => withoutSecrets(text, secrets),
  };
}

function hostIn(url: string): string {
  // What is no address is refused by the guard, with a reason.
  return URL.canParse(url) ? new URL(url).host : '';
}

function sentBy(reply: Reply): Sent {
  if (reply.kind !== 'answer') return reply;
  const { status } = reply.reply;
  return { kind: status >= 400 && status < 500 ? 'refused' : 'answered' };
}

function mailedBy(reply: MailReply): Sent {
  if (reply.kind === 'taken') return { kind: 'answered' };
  if (reply.kind === 'refused') return { kind: 'refused' };
  const { kind, detail } = reply;
  if (kind === 'lost') return { kind, reason: 'connection_lost', detail, ms: 0 };
  return { kind, reason: 'connection_failed', detail, ms: 0 };
}

/** Statuses by which a receiver says that it has too much to do. */
const SLOW_DOWN: ReadonlySet<number> = new Set([429, 502, 504]);

function seenIn(came: Reply, nowMs: number): Seen {
  if (came.kind !== 'answer') return { askedMs: undefined, isSlow: came.reason === 'late' };
  const { status } = came.reply;
  const isSlow = SLOW_DOWN.has(status);
  return { askedMs: askedPauseMs(came.reply, nowMs), isSlow };
}

/** A push whose secret is not set is tried again: it may be set by then. */
export function failedBySecret(failure: unknown): DeliveryReply {
  if (failure instanceof SecretMissing) return { kind: 'retry', detail: failure.message };
  throw failure;
}
