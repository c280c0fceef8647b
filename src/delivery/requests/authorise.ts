// How a request says who we are. Secrets are handed in; this file never looks for one.

import { createHmac } from 'node:crypto';

import type { Auth, Hmac, HeaderValue, RequestSettings } from '../../domain/delivery/request.ts';
import type { OutgoingRequest, Secrets } from '../adapter.ts';

/** Under this key stands the token of an OAuth 2 service, which is fetched with the secret. */
export const TOKEN = 'token';

/** The references whose secrets a request holds. */
export function secretRefsOf({ auth, headers, body }: RequestSettings): string[] {
  const inHeaders = Object.values<HeaderValue>(headers).flatMap((value) =>
    'secret' in value ? [value.secret] : [],
  );
  const mappings = body.kind === 'mapping' ? body.mappings : [];
  const inBody = mappings.flatMap(({ from }) => (from.kind === 'secret' ? [from.secret] : []));
  const ofAuth = auth.kind === 'none' ? [] : [auth.secret];
  return [...new Set([...ofAuth, ...inHeaders, ...inBody])];
}

/** The request with its proof. Throws if a secret was not handed in, a bug of the caller. */
export function authorised(
  request: OutgoingRequest,
  auth: Auth,
  { secrets, nowMs }: { readonly secrets: Secrets; readonly nowMs: number },
): OutgoingRequest {
  switch (auth.kind) {
    case 'none':
      return request;
    case 'basic': {
      const pair = basicPair(auth.user, secretFor(auth.secret, secrets));
      return withHeader(request, 'authorization', `Basic ${pair}`);
    }
    case 'bearer':
      return withHeader(request, 'authorization', `Bearer ${secretFor(auth.secret, secrets)}`);
    case 'oauth2':
      return withHeader(request, 'authorization', `Bearer ${secretFor(TOKEN, secrets)}`);
    case 'header':
      return withHeader(request, auth.name, `${auth.prefix}${secretFor(auth.secret, secrets)}`);
    case 'query': {
      const url = new URL(request.url);
      url.searchParams.append(auth.name, secretFor(auth.secret, secrets));
      return { ...request, url: url.href };
    }
    case 'hmac':
      return signed(request, auth, { secret: secretFor(auth.secret, secrets), nowMs });
  }
}

/** User and password as a header carries them. */
export function basicPair(user: string, password = ''): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

function signed(
  request: OutgoingRequest,
  { algorithm, encoding, header, prefix, timestampHeader }: Hmac,
  { secret, nowMs }: { readonly secret: string; readonly nowMs: number },
): OutgoingRequest {
  const content = request.body ?? new URL(request.url).search.slice(1);
  const seconds = String(Math.floor(nowMs / 1_000));
  const text = timestampHeader === null ? content : `${seconds}.${content}`;
  const signature = createHmac(algorithm, secret).update(text).digest(encoding);
  const proven = withHeader(request, header, `${prefix}${signature}`);
  return timestampHeader === null ? proven : withHeader(proven, timestampHeader, seconds);
}

function withHeader(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  const headers = { ...request.headers, [name.toLowerCase()]: headerText(value) };
  return { ...request, headers };
}

/** One line, and beyond Latin as the bytes of UTF-8. What would begin a new header is a space. */
export function headerText(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return /^[\u0020-\u007e]*$/.test(line) ? line : Buffer.from(line, 'utf8').toString('latin1');
}

function secretFor(reference: string, secrets: Secrets): string {
  const secret = secrets.get(reference);
  if (secret === undefined) throw new Error(`secret ${reference} was not handed in`);
  return secret;
}
