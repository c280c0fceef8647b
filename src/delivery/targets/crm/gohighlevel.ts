// GoHighLevel contacts: written by the location's own rule of duplicates, so a repeat changes the
// contact that is there. Tags that are sent take the place of all tags that the contact has.

import { z } from 'zod';

import type { IncomingReply, Reply } from '../../adapter.ts';
import { secretRef } from '../../secret-ref.ts';
import { baseUrl, targetKind, vendorName } from '../kind.ts';
import { fieldsOf, mapped, mappingOf } from '../mapping.ts';
import {
  codesOf,
  done,
  jsonOf,
  jsonRequest,
  namesIn,
  refused,
  retry,
  stop,
  unanswered,
} from '../replies.ts';
import type { DeliveryReply, Push, TargetHost } from '../target.ts';

const TEN_SECONDS_MS = 10_000;
const HOUR_MS = 3_600_000;

const NAMES = [
  ...['firstName', 'lastName', 'name', 'email', 'phone', 'address1', 'city', 'state'],
  ...['postalCode', 'country', 'timezone', 'source', 'dnd'],
] as const;

const options = z.strictObject({
  base_url: baseUrl.default('https://services.leadconnectorhq.com').describe('Where the API is.'),
  token: secretRef.describe('Where the token of the sub-account or integration is found.'),
  location_id: vendorName.describe('The sub-account.'),
  version: z.enum(['2021-07-28', 'v3']).default('2021-07-28').describe('Of the API.'),
  fields: mappingOf(
    z.string().refine((name) => NAMES.some((one) => one === name), `wants ${NAMES.join(', ')}`),
  ),
  custom_fields: mappingOf(vendorName)
    .default({})
    .describe('The same for custom fields, by their ids.'),
  replace_tags: z
    .array(z.string().trim().min(1).max(100))
    .max(50)
    .default([])
    .describe('The tags of the contact. All that it had are gone.'),
  allow_duplicates: z
    .boolean()
    .default(false)
    .describe('Makes a new contact where one is there, if the location lets it.'),
});
type Options = z.output<typeof options>;

export const gohighlevel = targetKind(options, {
  fieldsIn: ({ fields, custom_fields: custom }) => [
    ...fieldsOf(fields, 'fields'),
    ...fieldsOf(custom, 'custom_fields'),
  ],
  deliver: (given) => async (push, host) => {
    const headers = {
      authorization: `Bearer ${await host.secret(given.token)}`,
      version: given.version,
    };
    const url = `${given.base_url}/contacts/upsert`;
    const came = await host.call(jsonRequest(url, contactOf(given, push), headers));
    // With `allow_duplicates` each push is a contact of its own.
    const repeat = given.allow_duplicates ? 'harms' : 'harmless';
    return read(came, host, { repeat });
  },
});

function contactOf(given: Options, push: Push): object {
  const custom = Object.entries(mapped(given.custom_fields, push));
  const { location_id: locationId, replace_tags: tags } = given;
  return {
    locationId,
    ...mapped(given.fields, push),
    ...(tags.length > 0 && { tags }),
    ...(custom.length > 0 && {
      customFields: custom.map(([id, value]) => ({ id, field_value: value })),
    }),
    ...(given.allow_duplicates && { createNewIfDuplicateAllowed: true }),
  };
}

const written = z.object({ new: z.unknown(), contact: z.object({ id: z.unknown() }) });
const refusal = z.object({ statusCode: z.unknown(), error: z.unknown(), message: z.unknown() });

function read(
  came: Reply,
  host: TargetHost,
  { repeat }: { readonly repeat: 'harmless' | 'harms' },
): DeliveryReply {
  if (came.kind !== 'answer') return unanswered(came, repeat);
  const { reply } = came;
  const { status } = reply;
  if (status === 200 || status === 201) {
    const said = written.safeParse(jsonOf(reply)).data;
    const [id] = codesOf(said?.contact.id);
    if (id !== undefined) return done(said?.new === true ? `${id}, new` : id);
    const detail = `HTTP ${status} without the id of a contact`;
    return repeat === 'harms' ? { kind: 'unclear', detail } : retry(detail);
  }
  const said = refusal.partial().safeParse(jsonOf(reply)).data;
  // One sentence, or with 422 a list of them.
  const words = [said?.message].flat().filter((one) => typeof one === 'string');
  const names = namesIn(words.join(' '), [...NAMES, 'locationId', 'customFields', 'tags']);
  // Their gateway answers 400 to a token that is not taken, and says 401 in the body.
  if (status === 400 && said?.statusCode === 401) return stop('HTTP 400 statusCode 401');
  const told = refused(reply, host, { more: names, repeat });
  if (status !== 429 || told.kind !== 'retry') return told;
  return retry(told.detail, told.afterMs ?? pauseOf(reply));
}

/** What their rate headers say: the short window, or the day that is used up. */
function pauseOf({ headers = {} }: IncomingReply): number {
  if (headers['x-ratelimit-daily-remaining'] === '0') return HOUR_MS;
  const ms = Number(headers['x-ratelimit-interval-milliseconds']);
  return Number.isSafeInteger(ms) && ms > 0 ? Math.min(ms, HOUR_MS) : TEN_SECONDS_MS;
}
