// What a builder of requests is given: secrets that it names, a token where the receiver wants
// one, the moment. The only place where secrets meet requests; what comes back is read without,
// since receivers echo what they were sent.

import type { Given } from '../delivery/adapter.ts';
import { adapterOf } from '../delivery/adapters.ts';
import { basicPair, TOKEN } from '../delivery/requests/authorise.ts';
import { fetchToken, tokenKeyOf } from '../delivery/requests/oauth.ts';
import type { OAuth2 } from '../domain/delivery/request.ts';
import { scrub } from '../domain/scrub.ts';
import type { Step } from '../domain/world/contract.ts';
import type { ActivityDeps } from './deps.ts';

/** What one request needs, or why it must not be made. */
export type Prepared =
  | {
      readonly kind: 'ready';
      readonly given: Given;
      /** The receiver's words without the secrets that it was told. */
      clean(text: string): string;
      /** Hears the status of the answer: a token that was refused is not used again. */
      answered(status: number): void;
    }
  | {
      readonly kind: 'withheld';
      readonly reason: 'secret_missing' | 'token_refused';
      readonly detail: string;
    };

type Deps = Pick<ActivityDeps, 'send' | 'readSecret' | 'tokens' | 'now'> &
  Partial<Pick<ActivityDeps, 'calls'>>;

/** Gathers what the step's request needs, within its time. */
export async function prepare(
  deps: Deps,
  { step, timeZone }: { readonly step: Step; readonly timeZone: string },
): Promise<Prepared> {
  const secrets = new Map<string, string>();
  for (const reference of adapterOf(step).secretRefs(step)) {
    const secret = await deps.readSecret(reference);
    if (!secret) return { kind: 'withheld', reason: 'secret_missing', detail: reference };
    secrets.set(reference, secret);
  }
  const auth = step.adapter === 'http' ? step.request.auth : undefined;
  const oauth = auth?.kind === 'oauth2' ? auth : undefined;
  if (oauth) {
    const token = await tokenFor(deps, oauth, { secrets, timeoutMs: step.timeoutMs });
    if (token.kind === 'none') {
      return { kind: 'withheld', reason: 'token_refused', detail: token.says };
    }
    secrets.set(TOKEN, token.token);
  }
  const told = [...secrets.values()];
  if (auth?.kind === 'basic') told.push(basicPair(auth.user, secrets.get(auth.secret)));
  return {
    kind: 'ready',
    given: { secrets, nowMs: deps.now(), timeZone, publicUrl: deps.calls?.publicUrl },
    clean: (text) => withoutSecrets(text, told),
    answered: (status) => {
      if (status === 401 && oauth) deps.tokens.drop(tokenKeyOf(oauth));
    },
  };
}

/** Other people's words without any of the secrets, however a request or an answer spells them. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const spelled = [...secrets].flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ]);
  return scrub(
    text,
    spelled.toSorted((a, b) => b.length - a.length),
  );
}

type TokenOrNone = { kind: 'token'; token: string } | { kind: 'none'; says: string };

async function tokenFor(
  { send, tokens, now }: Deps,
  auth: OAuth2,
  { secrets, timeoutMs }: { secrets: ReadonlyMap<string, string>; timeoutMs: number },
): Promise<TokenOrNone> {
  const secret = secrets.get(auth.secret) ?? '';
  const call = (request: Parameters<typeof send>[0]) => send(request, { timeoutMs });
  const fetch = () => fetchToken(auth, secret, { nowMs: now(), call });
  const fetching = tokens.of(tokenKeyOf(auth), fetch).then(
    (token): TokenOrNone => ({ kind: 'token', token }),
    (failure: unknown): TokenOrNone => {
      const says = failure instanceof Error ? failure.message : 'no token';
      return { kind: 'none', says: withoutSecrets(says, [secret]) };
    },
  );
  // Another request, with more patience, may have asked for it.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TokenOrNone>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'none', says: 'no token in time' }), timeoutMs);
  });
  return Promise.race([fetching, late]).finally(() => clearTimeout(timer));
}
