// A text message that tells the buyer of the lead. Twilio has no key that makes a repeat harmless:
// a second try looks first for the message that the first one may have sent.

import { z } from 'zod';

import type { FieldValue } from '../../domain/world/world.ts';
import type { Reply } from '../adapter.ts';
import { secretRef } from '../secret-ref.ts';
import { baseUrl, targetKind, vendorName } from './kind.ts';
import { FACT_NAMES, type Fact, FACTS } from './mapping.ts';
import {
  codesOf,
  done,
  fail,
  formRequest,
  jsonOf,
  refused,
  retry,
  stop,
  unanswered,
  unclear,
} from './replies.ts';
import type { DeliveryReply, Push, TargetHost } from './target.ts';

const MOST_CHARACTERS = 1_600;
/** How far back a message of ours is looked for: longer than any pause between two tries. */
const LOOK_BACK_MS = 2 * 86_400_000;
const PAGE_SIZE = 100;
const MOST_PAGES = 10;
const PLACE = /\{(?:(fact)\.)?([a-z][a-z0-9_]*)\}/g;

/** A number as Twilio takes it. */
export const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'wants a number such as "+15125550100"');

const body = z
  .string()
  .min(1)
  .max(MOST_CHARACTERS)
  .refine((text) => !/[{}]/.test(text.replace(PLACE, '')), 'has a brace that names no field')
  .refine(
    (text) => factsIn(text).every((name) => Object.hasOwn(FACTS, name)),
    `knows {fact.…} of ${FACT_NAMES.join(', ')} only`,
  )
  .describe('Its text, with {fields} of the lead and {fact.lead_id}.');

const options = z
  .strictObject({
    base_url: baseUrl.default('https://api.twilio.com').describe('Where the API is.'),
    account_sid: z
      .string()
      .regex(/^AC[0-9a-fA-F]{32}$/, 'wants AC and 32 hex digits')
      .describe('Of the account.'),
    secret: secretRef.describe('Where the API key is found, as SK…:secret.'),
    to: e164.describe('The buyer’s number.'),
    from: e164.nullable().default(null).describe('Your number. Or messaging_service_sid.'),
    messaging_service_sid: vendorName.nullable().default(null).describe('MG…'),
    body,
  })
  .refine(({ from, messaging_service_sid: sid }) => (from === null) !== (sid === null), {
    path: ['from'],
    error: 'wants from or messaging_service_sid, one of them',
  });
type Options = z.output<typeof options>;

export const twilioSms = targetKind(options, {
  fieldsIn: ({ body: text }) =>
    placesIn(text).flatMap(({ fact, name }) => (fact ? [] : [{ path: ['body'], field: name }])),
  deliver: (given) => async (push, host) => {
    const text = filled(given.body, push);
    const isFindable = text.includes(push.parcel.leadId);
    if (push.tries > 1 && isFindable) {
      const before = await findMessage(given, text, host);
      if (before) return before;
    }
    const sender = given.from === null ? {} : { From: given.from };
    const sid = given.messaging_service_sid;
    const form = { To: given.to, ...sender, ...(sid && { MessagingServiceSid: sid }), Body: text };
    const request = formRequest(messagesAt(given), form, await headersOf(given, host));
    // Without the lead's id in it, nobody could tell one message from another.
    return read(await host.call(request), host, isFindable ? 'harmless' : 'harms');
  },
});

function placesIn(text: string): { fact: boolean; name: string }[] {
  return [...text.matchAll(PLACE)].map(([, fact, name = '']) => ({ fact: !!fact, name }));
}

function factsIn(text: string): string[] {
  return placesIn(text).flatMap(({ fact, name }) => (fact ? [name] : []));
}

/** The text of one lead: one line for each value, and no longer than Twilio takes. */
function filled(text: string, push: Push): string {
  const { fields } = push.parcel;
  const whole = text.replace(PLACE, (_, fact: string | undefined, name: string) => {
    const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const value: FieldValue | undefined = fact ? FACTS[name as Fact](push) : own;
    return String(value ?? '').replace(/[\p{Cc}\p{Cs}]+/gu, ' ');
  });
  if (whole.length <= MOST_CHARACTERS) return whole;
  return whole.slice(0, MOST_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '') + '…';
}

function messagesAt({ base_url: base, account_sid: sid }: Options): string {
  return `${base}/2010-04-01/Accounts/${sid}/Messages.json`;
}

async function headersOf({ secret }: Options, host: TargetHost): Promise<Record<string, string>> {
  const pair = Buffer.from(await host.secret(secret)).toString('base64');
  return { accept: 'application/json', authorization: `Basic ${pair}` };
}

const message = z.object({
  sid: z.string().regex(/^[A-Z]{2}[0-9a-fA-F]{32}$/),
  status: z.string(),
  body: z.unknown().optional(),
  error_code: z.unknown().optional(),
});
const list = z.object({
  messages: z.array(z.unknown()),
  next_page_uri: z.string().nullable().optional(),
});
const UNSENT = ['failed', 'undelivered', 'canceled'];

/** The message of an earlier try, or why nobody knows; undefined when there is none. */
async function findMessage(
  given: Options,
  text: string,
  host: TargetHost,
): Promise<DeliveryReply | undefined> {
  const since = new Date(host.nowMs - LOOK_BACK_MS).toISOString().slice(0, 10);
  const query = new URLSearchParams({ To: given.to, 'DateSent>': since, PageSize: `${PAGE_SIZE}` });
  const headers = await headersOf(given, host);
  let url = `${messagesAt(given)}?${query}`;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const came = await host.call({ method: 'GET', url, headers, body: null });
    if (came.kind !== 'answer') return unanswered(came, 'harmless');
    const { reply } = came;
    if (reply.status !== 200) return mistake(reply, host, 'harmless');
    const said = list.safeParse(jsonOf(reply)).data;
    if (!said) return retry('HTTP 200 without a list of messages');
    const own = said.messages.flatMap((one) => message.safeParse(one).data ?? []);
    const sent = own.find((one) => one.body === text && !UNSENT.includes(one.status));
    if (sent) return done(`${sent.sid} ${sent.status}, of an earlier try`);
    if (!said.next_page_uri) return undefined;
    const next = new URL(said.next_page_uri, given.base_url);
    // The key goes nowhere else, whatever a page says.
    if (next.origin !== new URL(given.base_url).origin) return unclear('a page at another host');
    url = next.href;
  }
  return unclear(`more than ${MOST_PAGES * PAGE_SIZE} messages to look through`);
}

function read(came: Reply, host: TargetHost, repeat: 'harmless' | 'harms'): DeliveryReply {
  if (came.kind !== 'answer') return unanswered(came, repeat);
  const { reply } = came;
  if (reply.status < 200 || reply.status >= 300) return mistake(reply, host, repeat);
  const said = message.safeParse(jsonOf(reply)).data;
  if (!said) {
    const detail = `HTTP ${reply.status} without the sid of a message`;
    return repeat === 'harms' ? unclear(detail) : retry(detail);
  }
  const { sid, status, error_code: code } = said;
  const detail = [sid, ...codesOf(status, code)].join(' ');
  return UNSENT.includes(status) ? fail(detail) : done(detail);
}

const refusal = z.object({ code: z.unknown() });
/** About the numbers in the settings, which are the same for every lead. */
const NUMBERS = [21_211, 21_212, 21_408, 21_606, 21_608, 21_610, 21_614];

function mistake(
  reply: (Reply & { kind: 'answer' })['reply'],
  host: TargetHost,
  repeat: 'harmless' | 'harms',
): DeliveryReply {
  const code = refusal.safeParse(jsonOf(reply)).data?.code;
  const said = refused(reply, host, { more: codesOf(code), repeat });
  return said.kind === 'failed' && NUMBERS.some((one) => one === code) ? stop(said.detail) : said;
}
