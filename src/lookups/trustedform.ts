// TrustedForm certificate API 4.0. The certificate is asked at its own address, which a lead
// brings: so only an address of the documented form is called, whatever a lead says. A check that
// failed is an answer with 200; a certificate that is not there, or no more, is 404 or 410.

import { z } from 'zod';

import type { Finding } from '../domain/lookups/finding.ts';
import {
  bad,
  baseUrl,
  clear,
  jsonOf,
  lookupAdapter,
  type LookupQuestion,
  type LookupReply,
  type LookupRequest,
  unsure,
  wordOf,
} from './adapter.ts';

const HOST = 'https://cert.trustedform.com';
const CERTIFICATE = /^(?:[-_A-Za-z0-9]{40}|[-_A-Za-z0-9]{80}|0\.[-_.A-Za-z0-9]{1,200})$/;

const options = z.strictObject({
  url: baseUrl.default(HOST).describe('Where certificates are asked for.'),
  max_age_minutes: z
    .int()
    .min(1)
    .max(90 * 24 * 60)
    .nullable()
    .default(null)
    .describe('An older certificate is bad. null: any age; asking for it may cost more.'),
  retain: z
    .boolean()
    .default(false)
    .describe('Retains the certificate once the lead is sold; else TrustedForm forgets it.'),
});

const outcome = z.object({
  outcome: z.enum(['success', 'failure', 'error']),
  reason: z.unknown().optional(),
  match_lead: z
    .object({ result: z.object({ success: z.boolean() }).nullish().catch(null) })
    .nullish()
    .catch(null),
  insights: z
    .object({ properties: z.object({ age_seconds: z.number() }).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** The certificate's own name, from the first address of what a form sent; or undefined. */
export function certificateOf(text: string): string | undefined {
  const first = text.split(',', 1)[0]?.trim().replace(/\/+$/, '') ?? '';
  const name = /^https?:\/\/cert\.trustedform\.com\/(.+)$/i.exec(first)?.[1];
  return name !== undefined && CERTIFICATE.test(name) ? name : undefined;
}

export const trustedform = lookupAdapter(
  { subject: 'trustedform', refusal: 'consent_unverified', matches: true },
  options,
  ({ url, max_age_minutes: maxAge, retain }) => ({
    build: (question) =>
      request(url, question, maxAge === null ? {} : { insights: { properties: ['age_seconds'] } }),

    read(reply) {
      if (reply.status === 404 || reply.status === 410) return bad('no such certificate any more');
      const said = outcome.safeParse(jsonOf(reply));
      if (!said.success) return undefined;
      const { outcome: came, reason, match_lead: match, insights } = said.data;
      const why = wordOf(reason);
      const because = why === undefined ? '' : `: ${why}`;
      if (came === 'error') return unsure(`the certificate could not be checked${because}`);
      if (reply.status !== 200) return undefined;
      if (came === 'failure') return bad(`the certificate failed${because}`);
      if (match?.result?.success === false) return bad('the certificate is of another person');
      if (maxAge === null) return clear('the certificate matches');
      const age = insights?.properties?.age_seconds;
      if (age === undefined) return unsure('the age of the certificate is not known');
      return age > maxAge * 60
        ? bad(`the certificate is older than ${maxAge} minutes`)
        : clear('the certificate matches');
    },

    ...(retain && {
      retain: {
        build: (question, { leadId, sourceId }) =>
          request(url, question, { retain: { reference: leadId, vendor: sourceId } }),
        read: readRetained,
      },
    }),
  }),
);

function request(
  url: string,
  { value, phone, email }: LookupQuestion,
  more: object,
): LookupRequest | Finding {
  const name = certificateOf(value);
  if (name === undefined) return bad('not the address of a certificate');
  if (phone === undefined && email === undefined) return unsure('no phone or e-mail to match');
  return {
    method: 'POST',
    url: `${url}/${name}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'api-version': '4.0',
    },
    // Whatever is asked of a certificate, the person has to be matched with it.
    body: JSON.stringify({ match_lead: { email, phone: nationalOf(phone) }, ...more }),
    secret: { in: 'basic', user: 'X' },
  };
}

const retained = z.object({
  outcome: z.enum(['success', 'failure', 'error']),
  retain: z.object({ results: z.object({ expires_at: z.iso.datetime() }) }).nullish(),
});

function readRetained(reply: LookupReply): Finding | undefined {
  if (reply.status === 404 || reply.status === 410) return bad('no such certificate any more');
  const said = retained.safeParse(jsonOf(reply));
  if (!said.success) return undefined;
  const until = said.data.retain?.results.expires_at;
  if (until !== undefined) return clear(`retained until ${until}`);
  if (said.data.outcome === 'failure') return bad('it was not retained');
  return said.data.outcome === 'error' ? unsure('it could not be retained') : undefined;
}

/** As forms hold it: ten digits of an American number. */
function nationalOf(phone: string | undefined): string | undefined {
  return phone?.replace(/^\+1(?=\d{10}$)/, '');
}
