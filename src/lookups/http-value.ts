// Services that answer a plain HTTP question with JSON in which one word decides: most verifiers of
// e-mail addresses, most lists of litigators and people who must not be called. Address, words and
// the place of the verdict are settings, so that such a service needs no code.

import { z } from 'zod';

import { parsePath, valueAt } from '../domain/world/value-path.ts';
import {
  bad,
  type BoundLookup,
  clear,
  jsonOf,
  lookupAdapter,
  type LookupQuestion,
  unsure,
} from './adapter.ts';

const path = z
  .string()
  .refine((text) => parsePath(text) !== undefined, 'wants a path such as $.data.items[0].value');
const word = z
  .union([z.string().trim().toLowerCase().max(100), z.number(), z.boolean()])
  .transform(String);
const words = z.array(word).max(100);
const named = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'wants a name of letters and digits');

/** What may stand in braces in an address or a body. */
const PLACES = {
  email: ({ value }: LookupQuestion) => value,
  e164: ({ value }: LookupQuestion) => value,
  digits: ({ value }: LookupQuestion) => value.replace(/\D/g, ''),
  ten_digits: ({ value }: LookupQuestion) => value.replace(/\D/g, '').slice(-10),
} as const;
type Place = keyof typeof PLACES;
const OF_SUBJECT = { email: ['email'], phone: ['e164', 'digits', 'ten_digits'] } as const;
const BRACES = /\{(\w+)\}/g;

const auth = z
  .strictObject({
    in: z.enum(['query', 'header', 'basic', 'bearer']).describe('Where the secret goes.'),
    name: named.optional().describe('Of the header or the parameter.'),
  })
  .refine(
    ({ in: at, name }) => (at === 'query' || at === 'header') === (name !== undefined),
    'query and header want a name, basic and bearer have none',
  );

function optionsFor(subject: 'email' | 'phone') {
  const template = (most: number) =>
    z
      .string()
      .max(most)
      .refine(
        (text) => placesIn(text).every((name) => OF_SUBJECT[subject].some((one) => one === name)),
        `may hold ${OF_SUBJECT[subject].map((name) => `{${name}}`).join(', ')} only`,
      );
  return z
    .strictObject({
      url: template(1_000)
        .refine(isUrl, 'wants an http or https URL, braces behind the host only')
        .describe('What is asked, with the value in braces.'),
      form: template(1_000)
        .optional()
        .describe('Given: it is a POST with this body of a form, with the value in braces.'),
      headers: z.record(named, z.string().max(500)).default({}).describe('Sent as they stand.'),
      auth: auth.optional().describe('How the secret is sent. Left out: none is.'),
      usable: z
        .strictObject({
          path: path.describe('Where it stands.'),
          is: word.describe('What has to stand there.'),
        })
        .optional()
        .describe('What an answer has to say before anything in it counts.'),
      verdict: path.describe('Where the word stands that decides.'),
      clear: words.min(1).describe('The words that speak for it.'),
      bad: words.min(1).describe('The words that speak against it.'),
      unsure: words.default([]).describe('The words by which the service does not know.'),
    })
    .refine(
      ({ url, form = '' }) => placesIn(url + form).length > 0,
      'wants the value in braces, in url or form',
    );
}

const WITHOUT = { email: 'a@example.com', e164: '+1', digits: '1', ten_digits: '1' };

function isUrl(text: string): boolean {
  const filled = text.replace(BRACES, (_, name: string) => WITHOUT[name as Place] ?? '');
  if (!URL.canParse(filled) || text.indexOf('{') < text.indexOf('/', 8)) {
    return URL.canParse(filled) && !text.includes('{') && /^https?:/.test(text);
  }
  const { protocol, username } = new URL(filled);
  return /^https?:$/.test(protocol) && username === '';
}

function placesIn(text: string): string[] {
  return [...text.matchAll(BRACES)].map(([, name = '']) => name);
}

type Options = z.output<ReturnType<typeof optionsFor>>;

function bind(given: Options): BoundLookup {
  const { url, form, headers, auth: secret, usable, verdict } = given;
  return {
    build(question) {
      const fill = (text: string) =>
        text.replace(BRACES, (_, name: Place) => encodeURIComponent(PLACES[name](question)));
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      return {
        method: form === undefined ? 'GET' : 'POST',
        url: fill(url),
        headers: { accept: 'application/json', ...headers, ...(form !== undefined && type) },
        body: form === undefined ? null : fill(form),
        ...(secret && { secret: placeOf(secret) }),
      };
    },

    read(reply) {
      if (reply.status < 200 || reply.status >= 300) return undefined;
      const document = jsonOf(reply);
      if (usable && textAt(document, usable.path) !== usable.is) return undefined;
      const said = textAt(document, verdict);
      if (said === undefined) return undefined;
      // Only words of the settings are told on: they name nobody.
      if (given.bad.includes(said)) return bad(`it says ${said}`);
      if (given.clear.includes(said)) return clear(`it says ${said}`);
      return given.unsure.includes(said) ? unsure(`it says ${said}`) : undefined;
    },
  };
}

function placeOf({ in: at, name = '' }: NonNullable<Options['auth']>) {
  return at === 'query' || at === 'header' ? { in: at, name } : { in: at };
}

/** A plain value in lower case; undefined where none stands. */
function textAt(document: unknown, at: string): string | undefined {
  const value = valueAt(document, parsePath(at) ?? []);
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain ? String(value).trim().toLowerCase() : undefined;
}

export const emailOverHttp = lookupAdapter(
  { subject: 'email', refusal: 'email_unverified' },
  optionsFor('email'),
  bind,
);

export const scrubOverHttp = lookupAdapter(
  { subject: 'phone', refusal: 'listed_elsewhere' },
  optionsFor('phone'),
  bind,
);
