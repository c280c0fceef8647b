// A row of a Google sheet. An append is not idempotent, so column A holds the name of the push, and
// a second try looks there first. Values go in as they are (RAW): none is ever run as a formula.

import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';

import type { FieldValue } from '../../domain/world/world.ts';
import type { OutgoingRequest, Reply } from '../adapter.ts';
import { secretRef } from '../secret-ref.ts';
import { baseUrl, targetKind } from './kind.ts';
import { fieldsOf, source, valueOf } from './mapping.ts';
import {
  codesOf,
  done,
  fetchToken,
  formRequest,
  jsonOf,
  jsonRequest,
  NoToken,
  refused,
  retry,
  stop,
  unanswered,
  unclear,
} from './replies.ts';
import type { DeliveryReply, Push, TargetHost } from './target.ts';

const SCOPE = 'https://www.googleapis.com/auth/spreadsheets';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const HOUR_S = 3_600;
/** Their limit of writes counts a minute. */
const MINUTE_MS = 60_000;
/** So many names fit into the largest answer that is read. */
const PAGE_ROWS = 2_000;
const MOST_PAGES = 25;
const RANGE = /^[^\p{Cc}]{1,150}$/u;

const options = z.strictObject({
  base_url: baseUrl.default('https://sheets.googleapis.com').describe('Where the API is.'),
  token_url: baseUrl
    .default('https://oauth2.googleapis.com/token')
    .describe('Where tokens are given out.'),
  service_account: secretRef.describe('Where the service account’s JSON key is found.'),
  spreadsheet_id: z
    .string()
    .regex(/^[\w-]{10,100}$/, 'wants the id in the sheet’s address')
    .describe('The id in the sheet’s address.'),
  sheet: z.string().trim().min(1).max(100).default('Sheet1').describe('The name of the tab.'),
  columns: z
    .array(source)
    .min(1)
    .max(50)
    .describe('From B on. Column A holds the name of the push, by which it is found again.'),
});
type Options = z.output<typeof options>;

export const googleSheets = targetKind(options, {
  fieldsIn: ({ columns }) => fieldsOf(columns, 'columns'),
  deliver: (given) => async (push, host) => {
    if (push.tries > 1) {
      const before = await findRow(given, push, host);
      if (before) return before;
    }
    return readAppended(await call(given, host, appendOf(given, push)), host);
  },
});

function appendOf({ base_url: base, spreadsheet_id: id, ...given }: Options, push: Push) {
  const row: FieldValue[] = [push.id, ...given.columns.map((from) => valueOf(from, push) ?? '')];
  const range = encodeURIComponent(`${quoted(given.sheet)}!A:A`);
  const query = 'valueInputOption=RAW&insertDataOption=INSERT_ROWS';
  const url = `${base}/v4/spreadsheets/${id}/values/${range}:append?${query}`;
  return jsonRequest(url, { majorDimension: 'ROWS', values: [row] });
}

function quoted(sheet: string): string {
  return `'${sheet.replaceAll("'", "''")}'`;
}

const appended = z.object({
  updates: z.object({ updatedRange: z.string().regex(RANGE), updatedRows: z.literal(1) }),
});

function readAppended(came: Reply, host: TargetHost): DeliveryReply {
  // Not one that is lost is unclear: the next try looks before it appends.
  if (came.kind !== 'answer') return unanswered(came, 'harmless');
  if (came.reply.status !== 200) return mistake(came, host);
  const said = appended.safeParse(jsonOf(came.reply)).data;
  return said ? done(said.updates.updatedRange) : retry('HTTP 200 without the row');
}

const column = z.object({ values: z.array(z.array(z.unknown())).optional() });

/** The row of an earlier try, or why nobody knows; undefined when there is none. */
async function findRow(
  given: Options,
  push: Push,
  host: TargetHost,
): Promise<DeliveryReply | undefined> {
  const { base_url: base, spreadsheet_id: id, sheet } = given;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const first = page * PAGE_ROWS + 1;
    const range = `${quoted(sheet)}!A${first}:A${first + PAGE_ROWS - 1}`;
    const url = `${base}/v4/spreadsheets/${id}/values/${encodeURIComponent(range)}`;
    const headers = { accept: 'application/json' };
    const came = await call(given, host, { method: 'GET', url, headers, body: null });
    if (came.kind !== 'answer') return unanswered(came, 'harmless');
    const { reply } = came;
    // A page that begins below the last row is none.
    if (reply.status === 400 && page > 0) return undefined;
    if (reply.status !== 200) return mistake(came, host);
    const said = column.safeParse(jsonOf(reply)).data;
    if (!said) return retry('HTTP 200 without the values of column A');
    const { values = [] } = said;
    const at = values.findIndex(([name]) => name === push.id);
    if (at >= 0) return done(`${sheet}!A${first + at}, of an earlier try`);
    // Empty cells at the end are left out, so a page that is not full is the last.
    if (values.length < PAGE_ROWS) return undefined;
  }
  return unclear(`column A has over ${MOST_PAGES * PAGE_ROWS} rows: begin a new sheet`);
}

const refusal = z.object({ error: z.object({ status: z.unknown() }) });

function mistake({ reply }: Reply & { kind: 'answer' }, host: TargetHost): DeliveryReply {
  const more = codesOf(refusal.safeParse(jsonOf(reply)).data?.error.status);
  const said = refused(reply, host, { more });
  if (reply.status === 429 && said.kind === 'retry') {
    return retry(said.detail, said.afterMs ?? MINUTE_MS);
  }
  // The row is the same for every lead, so the settings are what does not fit.
  return said.kind === 'failed' ? { ...said, stop: true } : said;
}

/** One call with a token; with a new one, once, where it is not taken. */
async function call(given: Options, host: TargetHost, request: OutgoingRequest): Promise<Reply> {
  const asked = async () => {
    const authorization = `Bearer ${await tokenOf(given, host)}`;
    return host.call({ ...request, headers: { ...request.headers, authorization } });
  };
  const came = await asked();
  if (came.kind !== 'answer' || came.reply.status !== 401) return came;
  host.dropToken(tokenKey(given));
  return asked();
}

function tokenKey({ token_url: url, service_account: reference }: Options): string {
  return ['google', url, reference].join(' ');
}

const account = z.object({ client_email: z.string().min(3), private_key: z.string().min(1) });
const token = z.object({ access_token: z.string().min(1), expires_in: z.number().min(1) });

function tokenOf(given: Options, host: TargetHost): Promise<string> {
  return host.token(tokenKey(given), async () => {
    const key = await host.secret(given.service_account);
    const nowS = Math.floor(host.nowMs / 1_000);
    const assertion = await assertionOf(key, { audience: given.token_url, nowS });
    if (assertion === undefined) {
      throw new NoToken(stop('the secret is not the JSON key of a service account'));
    }
    const request = formRequest(given.token_url, { grant_type: GRANT, assertion });
    return fetchToken(host, request, (document) => {
      const said = token.safeParse(document).data;
      if (!said) return undefined;
      return { token: said.access_token, untilMs: host.nowMs + said.expires_in * 1_000 };
    });
  });
}

/** The signed claim by which a token is asked for; undefined for a key that is none. */
async function assertionOf(
  key: string,
  { audience, nowS }: { readonly audience: string; readonly nowS: number },
): Promise<string | undefined> {
  try {
    const { client_email: email, private_key: pem } = account.parse(JSON.parse(key));
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(email)
      .setAudience(audience)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + HOUR_S)
      .sign(await importPKCS8(pem, 'RS256'));
  } catch {
    // What is wrong with a key is not told: the words could quote it.
    return undefined;
  }
}
