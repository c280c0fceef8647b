// HubSpot contacts, written by their e-mail address: a repeat changes the contact that is there.

import { z } from 'zod';

import type { Reply } from '../../adapter.ts';
import { secretRef } from '../../secret-ref.ts';
import { baseUrl, targetKind, vendorName } from '../kind.ts';
import { fieldsOf, mappedText, mappingOf } from '../mapping.ts';
import {
  codesOf,
  done,
  fail,
  jsonOf,
  jsonRequest,
  namesIn,
  refused,
  retry,
  unanswered,
} from '../replies.ts';
import type { DeliveryReply, TargetHost } from '../target.ts';

const PATHS = { dated: '/crm/objects/2026-03/contacts', v3: '/crm/v3/objects/contacts' } as const;
const TEN_SECONDS_MS = 10_000;
const HOUR_MS = 3_600_000;
/** Somebody else writes the same contact at this moment. */
const PASSING = [409, 423];

const options = z.strictObject({
  base_url: baseUrl.default('https://api.hubapi.com').describe('Where the API is.'),
  token: secretRef.describe('Where the token of the private app is found.'),
  api_style: z
    .enum(['dated', 'v3'])
    .default('dated')
    .describe('dated: /crm/objects/2026-03; v3: /crm/v3/objects, the older one.'),
  fields: mappingOf(vendorName).refine(
    (map) => Object.hasOwn(map, 'email'),
    'wants email: contacts are found by it',
  ),
});

export const hubspot = targetKind(options, {
  fieldsIn: ({ fields }) => fieldsOf(fields, 'fields'),
  deliver:
    ({ base_url: base, token, api_style: style, fields }) =>
    async (push, host) => {
      const properties = mappedText(fields, push);
      const { email } = properties;
      if (email === undefined) return fail('the lead has no email');
      const input = {
        ...{ idProperty: 'email', id: email },
        objectWriteTraceId: push.id,
        properties,
      };
      const authorization = `Bearer ${await host.secret(token)}`;
      const url = `${base}${PATHS[style]}/batch/upsert`;
      const came = await host.call(jsonRequest(url, { inputs: [input] }, { authorization }));
      return read(came, host, Object.keys(properties));
    },
});

const written = z.object({
  results: z.array(z.object({ id: z.unknown(), new: z.unknown().optional() })).min(1),
});
const refusal = z.object({
  category: z.unknown().optional(),
  policyName: z.unknown().optional(),
  errors: z
    .array(z.object({ category: z.unknown().optional() }))
    .optional()
    .catch(undefined),
});

function read(came: Reply, host: TargetHost, names: readonly string[]): DeliveryReply {
  if (came.kind !== 'answer') return unanswered(came, 'harmless');
  const { reply } = came;
  const { status } = reply;
  const document = jsonOf(reply);
  const said = refusal.safeParse(document).data ?? {};
  const first = written.safeParse(document).data?.results[0];
  const [id] = codesOf(first?.id);
  const isFine = status === 200 || status === 201 || status === 207;
  if (isFine && id !== undefined) return done(first?.new === true ? `${id}, new` : id);
  const categories = codesOf(said.category, ...(said.errors ?? []).map((one) => one.category));
  const more = [...new Set([...categories, ...codesOf(said.policyName)])];
  const detail = [`HTTP ${status}`, ...more].join(' ');
  if (status === 207) return fail([detail, ...namesIn(reply.body, names)].join(' '));
  if (isFine) return retry(`${detail} without an id`);
  if (PASSING.includes(status)) return retry(detail);
  const refusedAs = refused(reply, host, {
    more: [...more, ...(status === 400 ? namesIn(reply.body, names) : [])],
  });
  if (status !== 429 || refusedAs.kind !== 'retry' || refusedAs.afterMs !== undefined) {
    return refusedAs;
  }
  return retry(detail, said.policyName === 'DAILY' ? HOUR_MS : TEN_SECONDS_MS);
}
