// Salesforce, by its REST API: the lead is written under an external id of ours, so that a repeat
// changes the record that is there and makes no second one. The token is that of an External Client
// App (client credentials); it tells no end, so one that is not taken is fetched anew, once.

import { z } from 'zod';

import type { FieldValue } from '../../../domain/world/world.ts';
import type { Reply } from '../../adapter.ts';
import { secretRef } from '../../secret-ref.ts';
import { baseUrl, targetKind, vendorName } from '../kind.ts';
import { fieldsOf, mapped, mappingOf } from '../mapping.ts';
import {
  codesOf,
  done,
  fail,
  fetchToken,
  formRequest,
  jsonOf,
  jsonRequest,
  refused,
  retry,
  stop,
  unanswered,
} from '../replies.ts';
import type { DeliveryReply, Push, TargetHost, Token } from '../target.ts';

/** Nothing says how long a token is good; a session's shortest is a quarter of an hour. */
const TOKEN_MS = 15 * 60_000;
/** The limit of calls counts the last 24 hours, and frees itself little by little. */
const LIMIT_PAUSE_MS = 15 * 60_000;
const PASSING = ['UNABLE_TO_LOCK_ROW', 'SERVER_UNAVAILABLE'];
/** What Salesforce itself asks for where its required field has nothing. */
const NOT_PROVIDED = '[not provided]';

const options = z
  .strictObject({
    base_url: baseUrl.describe('Your My Domain: https://acme.my.salesforce.com.'),
    client_id: z.string().min(1).max(500).describe('The consumer key of the External Client App.'),
    client_secret: secretRef.describe('Where its consumer secret is found.'),
    api_version: z
      .string()
      .regex(/^\d{2,3}\.0$/, 'wants a version such as "68.0"')
      .default('68.0')
      .describe('Of the REST API.'),
    object: vendorName.default('Lead').describe('What is written.'),
    external_id: vendorName.describe('Its field, marked as external id, for our lead id.'),
    fields: mappingOf(vendorName),
    allow_duplicates: z
      .boolean()
      .default(false)
      .describe('Saves although a duplicate rule speaks against it, where the rule lets it.'),
  })
  .refine(({ fields, external_id: name }) => !Object.hasOwn(fields, name), {
    path: ['fields'],
    error: 'wants no external_id: it stands in the address',
  });
type Options = z.output<typeof options>;

export const salesforce = targetKind(options, {
  fieldsIn: ({ fields }) => fieldsOf(fields, 'fields'),
  deliver: (given) => (push, host) => deliver(given, push, host),
});

async function deliver(given: Options, push: Push, host: TargetHost): Promise<DeliveryReply> {
  const first = await upsert(given, push, host);
  if (first.kind !== 'answer' || first.reply.status !== 401) return read(first, host);
  host.dropToken(tokenKey(given));
  return read(await upsert(given, push, host), host);
}

async function upsert(given: Options, push: Push, host: TargetHost): Promise<Reply> {
  const { at, token } = await sessionOf(given, host);
  const { api_version: version, object, external_id: externalId } = given;
  const id = encodeURIComponent(push.parcel.leadId);
  const url = `${at}/services/data/v${version}/sobjects/${object}/${externalId}/${id}`;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(given.allow_duplicates && { 'sforce-duplicate-rule-header': 'allowSave=true' }),
  };
  return host.call({ ...jsonRequest(url, recordOf(given, push), headers), method: 'PATCH' });
}

function recordOf({ object, fields }: Options, push: Push): Record<string, FieldValue> {
  const record = mapped(fields, push);
  if (object !== 'Lead') return record;
  return { LastName: NOT_PROVIDED, Company: NOT_PROVIDED, ...record };
}

const session = z.object({ access_token: z.string().min(1), instance_url: z.url() });

/** The token with the address that it is good at. */
async function sessionOf(
  given: Options,
  host: TargetHost,
): Promise<{ readonly at: string; readonly token: string }> {
  const { base_url: base, client_id: clientId, client_secret: reference } = given;
  const kept = await host.token(tokenKey(given), async (): Promise<Token> => {
    const request = formRequest(`${base}/services/oauth2/token`, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: await host.secret(reference),
    });
    return fetchToken(host, request, (document) => {
      const said = session.safeParse(document);
      const { access_token: token = '', instance_url: at = '' } = said.data ?? {};
      if (!said.success || !isTheirs(at, base)) return undefined;
      return {
        token: JSON.stringify({ at: at.replace(/\/+$/, ''), token }),
        untilMs: host.nowMs + TOKEN_MS,
      };
    });
  });
  return JSON.parse(kept) as { at: string; token: string };
}

/** A person goes to the instance that is named: so only to one of theirs, or to the same host. */
function isTheirs(at: string, base: string): boolean {
  const { origin, protocol, hostname } = new URL(at);
  if (origin === new URL(base).origin) return true;
  return protocol === 'https:' && /\.(salesforce|force)\.com$/.test(hostname);
}

function tokenKey({ base_url: base, client_id: id, client_secret: reference }: Options): string {
  return ['salesforce', base, id, reference].join(' ');
}

const saved = z.object({ id: z.string(), success: z.literal(true), created: z.unknown() });
const mistakes = z.array(
  z.object({ errorCode: z.unknown(), fields: z.array(z.unknown()).optional().catch(undefined) }),
);

function read(came: Reply, host: TargetHost): DeliveryReply {
  if (came.kind !== 'answer') return unanswered(came, 'harmless');
  const { reply } = came;
  const { status } = reply;
  const document = jsonOf(reply);
  if (status === 200 || status === 201) {
    const [id] = codesOf(saved.safeParse(document).data?.id);
    return id === undefined ? retry(`HTTP ${status} without an id`) : done(id);
  }
  // Several records have our id: no answer of ours would be the right one.
  if (status === 300) return stop('HTTP 300 several records have this external id');
  const said = mistakes.safeParse(document).data ?? [];
  const codes = said.flatMap(({ errorCode }) => codesOf(errorCode));
  const fields = said.flatMap(({ fields: names = [] }) => codesOf(...names));
  const more = [...codes, ...fields];
  const detail = [`HTTP ${status}`, ...more].join(' ');
  if (codes.includes('DUPLICATES_DETECTED')) {
    return fail([detail, ...matchesOf(document)].join(' '));
  }
  if (codes.some((code) => PASSING.includes(code))) return retry(detail);
  if (codes.includes('REQUEST_LIMIT_EXCEEDED')) return retry(detail, LIMIT_PAUSE_MS);
  return refused(reply, host, { more });
}

const result = z.object({
  matchResults: z.array(
    z.object({ matchRecords: z.array(z.object({ record: z.object({ Id: z.unknown() }) })) }),
  ),
});
// Some versions of the API spell it so.
const duplicates = z.array(
  z.object({ duplicateResult: result.optional(), duplicateResut: result.optional() }),
);

/** The records that a duplicate rule found. */
function matchesOf(document: unknown): string[] {
  const said = duplicates.safeParse(document).data ?? [];
  return said
    .flatMap(({ duplicateResult, duplicateResut }) => duplicateResult ?? duplicateResut ?? [])
    .flatMap(({ matchResults }) => matchResults)
    .flatMap(({ matchRecords }) => matchRecords)
    .flatMap(({ record }) => codesOf(record.Id));
}
