// How a request says who we are, as operators write it. A secret never stands in a world: only
// where it is found.

import { z } from 'zod';

import type { Auth } from '../../../domain/delivery/request.ts';
import { secretRef, settings, url } from '../settings.ts';

/** A token of HTTP. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/** Those that belong to the connection; set by hand they would let one request look like two. */
const OURS = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade'],
  ...['te', 'trailer', 'expect', 'proxy-connection', 'proxy-authorization'],
]);

/** Why a request may not set a header; undefined where it may. */
export function headerFault(name: string, isSecret: boolean): string | undefined {
  const lower = name.toLowerCase();
  if (OURS.has(lower)) return 'belongs to the connection and cannot be set';
  if (lower === 'authorization' && !isSecret) return 'wants auth, or { secret: env:NAME }';
  return undefined;
}

const header = z
  .string()
  .regex(HEADER_NAME, 'is no name of a header')
  .superRefine((name, { addIssue }) => {
    const message = headerFault(name, true);
    if (message !== undefined) addIssue({ code: 'custom', message });
  });
const secret = secretRef.describe('Where the secret is found, env:NAME or file:/path.');
const prefix = z
  .string()
  .max(100)
  .regex(/^[\u0020-\u007e]*$/, 'wants plain signs')
  .default('')
  .describe('Stands before it.');

/** One way to say who we are. */
export const auth = z.discriminatedUnion('kind', [
  settings({ kind: z.literal('none') }),
  settings({
    kind: z.literal('basic'),
    user: z
      .string()
      .max(200)
      .regex(/^[^:]*$/),
    secret,
  }),
  settings({ kind: z.literal('bearer'), secret }),
  settings({ kind: z.literal('header'), name: header, prefix, secret }),
  settings({ kind: z.literal('query'), name: z.string().min(1).max(100), secret }),
  settings({
    kind: z.literal('hmac'),
    secret,
    header: header.describe('Carries the signature of the body; of the query if there is none.'),
    prefix,
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    timestamp_header: header
      .nullable()
      .default(null)
      .describe('Carries Unix seconds; signed is then seconds.body.'),
  }),
  settings({
    kind: z.literal('oauth2'),
    token_url: url.describe('Where client credentials are changed into a token.'),
    client_id: z.string().min(1).max(500),
    secret,
    scope: z.string().max(1_000).nullable().default(null),
    audience: z.string().max(1_000).nullable().default(null),
    client_in: z.enum(['body', 'basic']).default('body'),
  }),
]) satisfies z.ZodType<Auth, unknown>;
