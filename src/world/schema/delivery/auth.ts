// How a request says who we are, as operators write it. A secret never stands in a world: only
// where it is found.

import { z } from 'zod';

import type { Auth } from '../../../domain/delivery/request.ts';
import { secretRef } from '../../../delivery/secret-ref.ts';
import { settings, url } from '../settings.ts';

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

function kind<Name extends Auth['kind']>(name: Name, says: string) {
  return z.literal(name).describe(says);
}

/** One way to say who we are. */
export const auth = z.discriminatedUnion('kind', [
  settings({ kind: kind('none', 'Nothing says who we are.') }),
  settings({
    kind: kind('basic', 'User and password.'),
    user: z
      .string()
      .max(200)
      .regex(/^[^:]*$/, 'wants no colon')
      .describe('Our name there; without a colon.'),
    secret,
  }),
  settings({ kind: kind('bearer', 'A bearer token.'), secret }),
  settings({
    kind: kind('header', 'The secret in a header.'),
    name: header.describe('Of the header.'),
    prefix,
    secret,
  }),
  settings({
    kind: kind('query', 'The secret in the address.'),
    name: z.string().min(1).max(100).describe('Of the parameter.'),
    secret,
  }),
  settings({
    kind: kind('hmac', 'A signature.'),
    secret,
    header: header.describe('Carries the signature of the body; of the query if there is none.'),
    prefix,
    algorithm: z
      .enum(['sha1', 'sha256', 'sha512'])
      .default('sha256')
      .describe('The hash of the HMAC.'),
    encoding: z.enum(['hex', 'base64']).default('hex').describe('How it is written.'),
    timestamp_header: header
      .nullable()
      .default(null)
      .describe('Carries Unix seconds; signed is then seconds.body.'),
  }),
  settings({
    kind: kind('oauth2', 'Client credentials, as OAuth 2 has them.'),
    token_url: url.describe('Where client credentials are changed into a token.'),
    client_id: z.string().min(1).max(500).describe('Our id there.'),
    secret,
    scope: z.string().max(1_000).nullable().default(null).describe('What is asked for.'),
    audience: z.string().max(1_000).nullable().default(null).describe('Some want it.'),
    client_in: z.enum(['body', 'basic']).default('body').describe('Where id and secret stand.'),
  }),
]) satisfies z.ZodType<Auth, unknown>;
