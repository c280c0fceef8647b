// Jornaya LeadiD: is the token one of theirs (Authenticate); or, with `audit`, does it fit the lead
// (SingleQuery). What SingleQuery answers depends on the account: the place of its verdict and its
// words are settings.

import { z } from 'zod';

import { parsePath, valueAt } from '../domain/world/value-path.ts';
import { bad, baseUrl, clear, jsonOf, lookupAdapter, unsure } from './adapter.ts';

const TOKEN = /^[0-9A-Fa-f-]{36}$/;
const words = z.array(z.string().trim().toLowerCase().min(1).max(100)).max(50);

const audit = z.strictObject({
  provider: z.string().max(100).optional().describe('The code of the lead’s provider (lpc).'),
  verdict: z
    .string()
    .refine((text) => parsePath(text) !== undefined, 'wants a path such as $.audit.result')
    .describe('Where in the answer the word stands that decides.'),
  clear: words.min(1).describe('The words that speak for it.'),
  bad: words.min(1).describe('The words that speak against it.'),
  unsure: words.default([]).describe('The words by which the service does not know.'),
});

const options = z.strictObject({
  url: baseUrl.default('https://api.leadid.com').describe('Where the service is.'),
  account: z
    .string()
    .regex(/^[-\w]{1,100}$/, 'wants the code of an account')
    .describe('Your account code (lac).'),
  audit: audit
    .nullable()
    .default(null)
    .describe('Audits the token against phone and e-mail; its key is the secret. null: no audit.'),
});

const authenticated = z.object({
  authenticate: z.object({ authentic: z.union([z.literal(0), z.literal(1)]) }),
});

export const jornaya = lookupAdapter(
  { subject: 'jornaya', refusal: 'consent_unverified', matches: true },
  options,
  ({ url, account, audit: asked }) => ({
    build({ value, phone, email }) {
      if (!TOKEN.test(value)) return bad('not a token of 36 characters');
      const query = new URLSearchParams({ lac: account, id: value });
      const call = { method: 'GET', headers: { accept: 'application/json' }, body: null } as const;
      if (!asked) return { ...call, url: `${url}/Authenticate?${query}` };
      if (asked.provider !== undefined) query.set('lpc', asked.provider);
      const data = [
        ...(email === undefined ? [] : [`email;${email}`]),
        ...(phone === undefined ? [] : [`phone1;${phone.replace(/\D/g, '').slice(-10)}`]),
      ];
      query.set('data', data.join('|'));
      query.set('format', 'json');
      return { ...call, url: `${url}/SingleQuery?${query}`, secret: { in: 'query', name: 'lak' } };
    },

    read(reply) {
      if (reply.status !== 200) return undefined;
      const document = jsonOf(reply);
      if (!asked) {
        const said = authenticated.safeParse(document);
        if (!said.success) return undefined;
        return said.data.authenticate.authentic === 1
          ? clear('the token is authentic')
          : bad('the token is not authentic');
      }
      const value = valueAt(document, parsePath(asked.verdict) ?? []);
      const word = String(value ?? '').toLowerCase();
      if (asked.bad.includes(word)) return bad(`the audit says ${word}`);
      if (asked.clear.includes(word)) return clear(`the audit says ${word}`);
      return asked.unsure.includes(word) ? unsure(`the audit says ${word}`) : undefined;
    },
  }),
);
