// The only place where the key of an outside service meets its request.

import type { LookupRequest } from '../../lookups/adapter.ts';
import type { OutgoingRequest } from '../../delivery/adapter.ts';

/** The request as it is sent; undefined if it needs a key and there is none. */
export function withSecret(
  { secret: place, method, url, headers, body }: LookupRequest,
  secret: string | undefined | null,
): OutgoingRequest | undefined {
  const sent = (more: Readonly<Record<string, string>>, to = url): OutgoingRequest => ({
    ...{ method, url: to, headers: { ...headers, ...more } },
    body: method === 'GET' ? null : (body ?? ''),
  });
  if (!place) return sent({});
  if (!secret) return undefined;
  switch (place.in) {
    case 'basic': {
      const pair = place.user === undefined ? secret : `${place.user}:${secret}`;
      return sent({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    }
    case 'bearer':
      return sent({ authorization: `Bearer ${secret}` });
    case 'header':
      return sent({ [place.name]: secret });
    case 'query': {
      const to = new URL(url);
      to.searchParams.set(place.name, secret);
      return sent({}, to.href);
    }
  }
}
