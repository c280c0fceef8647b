// OAuth 2 client credentials (RFC 6749 §4.4): what is asked of a token service, and its answer.

import type { OAuth2 } from '../../domain/delivery/request.ts';
import type { IncomingReply, OutgoingRequest, Reply } from '../adapter.ts';
import { FORM_TYPE, formText } from './formats.ts';

/** A service that names no end is asked again after so long, or when a token is refused. */
const UNNAMED_S = 3_600;
const MOST_S = 86_400;

/** What tokens of these settings are kept under. */
export function tokenKeyOf({ tokenUrl, clientId, secret, scope, audience }: OAuth2): string {
  return JSON.stringify([tokenUrl, clientId, secret, scope, audience]);
}

/** A token from the service. Throws where it gives none; the message quotes no secret. */
export async function fetchToken(
  auth: OAuth2,
  secret: string,
  host: { readonly nowMs: number; call(request: OutgoingRequest): Promise<Reply> },
): Promise<{ readonly token: string; readonly untilMs: number }> {
  const came = await host.call(tokenRequest(auth, secret));
  if (came.kind !== 'answer') throw new Error(`no token: ${came.reason}`);
  const { status } = came.reply;
  const token = status >= 200 && status <= 299 ? readToken(came.reply) : undefined;
  if (!token) throw new Error(`no token: HTTP ${status}`);
  return { token: token.token, untilMs: host.nowMs + token.seconds * 1_000 };
}

function tokenRequest(auth: OAuth2, secret: string): OutgoingRequest {
  const { tokenUrl, clientId, scope, audience, clientIn } = auth;
  const inBody: [string, string][] =
    clientIn === 'body'
      ? [
          ['client_id', clientId],
          ['client_secret', secret],
        ]
      : [];
  const pairs: [string, string][] = [['grant_type', 'client_credentials'], ...inBody];
  if (scope !== null) pairs.push(['scope', scope]);
  if (audience !== null) pairs.push(['audience', audience]);
  const client = [clientId, secret].map(encodeURIComponent).join(':');
  const basic = { authorization: `Basic ${Buffer.from(client).toString('base64')}` };
  const headers = { 'content-type': FORM_TYPE, accept: 'application/json' };
  return {
    ...{ method: 'POST', url: tokenUrl },
    headers: clientIn === 'basic' ? { ...headers, ...basic } : headers,
    body: formText(pairs),
  };
}

function readToken({ body }: IncomingReply): { token: string; seconds: number } | undefined {
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    // An answer without a token, like any other; the caller says so.
    return undefined;
  }
  const { access_token: token, expires_in: named } = (said ?? {}) as Record<string, unknown>;
  // A token goes into a header: what would not go there whole is none.
  if (typeof token !== 'string' || !/^[!-~]{1,8000}$/.test(token)) return undefined;
  const seconds = Number(named ?? UNNAMED_S);
  return { token, seconds: seconds > 0 ? Math.min(seconds, MOST_S) : UNNAMED_S };
}
