// A post that is a phone call: Twilio is asked to call the buyer, and fetches from us what is to be
// said and done. Twilio knows no key that makes a repeat harmless; the addresses that it is given
// name the attempt, so whatever it tells is known to be about this one call.

import { z } from 'zod';

import type { OfferKey } from '../../domain/ids.ts';
import {
  CALL_STATUSES,
  type Callback,
  type CallEvent,
  type CallState,
  type CallStatus,
} from '../../domain/transfers/call.ts';
import type { CallSettings } from '../../domain/transfers/settings.ts';
import type { CallStep } from '../../domain/world/contract.ts';
import type { FieldValue } from '../../domain/world/world.ts';
import type { Adapter, IncomingReply, OutgoingRequest, PostReply, Secrets } from '../adapter.ts';
import { codesOf, jsonOf } from '../targets/replies.ts';

/** A field of the lead in a whisper. */
export const PLACE = /\{([a-z][a-z0-9_]*)\}/g;
const NUMBER = /^\+[1-9]\d{6,14}$/;
export const CALL_SID = /^CA[0-9a-fA-F]{32}$/;

/** The fields that a text names. */
export function placesIn(text: string): string[] {
  return [...text.matchAll(PLACE)].map(([, name = '']) => name);
}

/** The whisper of one lead: a line, whatever its values hold. */
export function whisperOf(
  { whisper }: CallSettings,
  fields: Readonly<Record<string, FieldValue>>,
): string {
  return whisper.replace(PLACE, (_, name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : '';
    return String(value ?? '')
      .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
      .slice(0, 100);
  });
}

/** Where calls are asked for. */
export function callsUrl({ baseUrl, accountSid }: CallSettings): string {
  return `${baseUrl}/2010-04-01/Accounts/${accountSid}/Calls.json`;
}

/** Where Twilio finds us about one attempt. */
export function callbackUrl(publicUrl: string, key: OfferKey, callback: Callback): string {
  const { leadId, contractId, round } = key;
  return `${publicUrl}/v1/transfers/${leadId}/${contractId}/${round}/${callback}`;
}

/** The number that the consumer is called at; undefined where the lead has none. */
export function consumerNumber(
  { consumer }: CallSettings,
  fields: Readonly<Record<string, FieldValue>>,
): string | undefined {
  const value = Object.hasOwn(fields, consumer) ? fields[consumer] : undefined;
  return typeof value === 'string' && NUMBER.test(value) ? value : undefined;
}

/** Asks for a call; there is no ping by phone. */
export const twilioCallAdapter: Adapter<CallStep> = {
  // The token is not sent, but without it nothing that Twilio tells could be believed.
  secretRefs: ({ call }) => [call.secretRef, call.authTokenRef],

  buildPing: () => ({ unbuildable: 'nobody is asked for a bid by phone' }),
  parsePing: () => ({ kind: 'no_bid', reason: 'bid_unreadable', detail: 'no ping by phone' }),

  buildPost(parcel, { url, call }, { secrets, publicUrl }) {
    if (!publicUrl) return { unbuildable: 'SLUICE_PUBLIC_URL is not set' };
    if (consumerNumber(call, parcel.fields) === undefined) {
      return { unbuildable: `${call.consumer} holds no number that can be called` };
    }
    const form = new URLSearchParams({
      ...{ To: call.to, From: call.from, Timeout: String(call.ringS) },
      ...{ Url: callbackUrl(publicUrl, parcel, 'whisper'), Method: 'POST' },
      ...{ StatusCallback: callbackUrl(publicUrl, parcel, 'status') },
      StatusCallbackMethod: 'POST',
      ...(call.detectMachine && { MachineDetection: 'Enable' }),
    });
    for (const event of EVENTS) form.append('StatusCallbackEvent', event);
    const headers = { ...auth(call, secrets), 'content-type': FORM };
    return { method: 'POST', url, headers, body: form.toString() };
  },

  parsePost(reply): PostReply {
    const { status } = reply;
    const said = answer.safeParse(jsonOf(reply)).data;
    const detail = [`HTTP ${status}`, ...codesOf(said?.code)].join(' ');
    if (status >= 200 && status < 300 && said?.sid && CALL_SID.test(said.sid)) {
      return { kind: 'pending', reference: said.sid, detail: 'the buyer is called' };
    }
    // A refusal in Twilio's own words placed no call; any other answer may come from elsewhere.
    const refused = status >= 400 && status < 500 && typeof said?.code === 'number';
    return refused
      ? { kind: 'rejected', reason: 'call_not_placed', detail }
      : { kind: 'unclear', detail };
  },
};

/** The states of a call that Twilio reports. */
export const EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const;
const FORM = 'application/x-www-form-urlencoded';

const answer = z.object({
  sid: z.string().optional().catch(undefined),
  status: z.unknown().optional(),
  code: z.unknown().optional(),
});

function auth({ secretRef }: CallSettings, secrets: Secrets): Record<string, string> {
  const pair = Buffer.from(secrets.get(secretRef) ?? '').toString('base64');
  return { accept: 'application/json', authorization: `Basic ${pair}` };
}

/** Asks how a call stands: the call itself, and the one that it put through. */
export function buildLook(
  call: CallSettings,
  sid: string,
  secrets: Secrets,
): { readonly call: OutgoingRequest; readonly talks: OutgoingRequest } {
  const headers = auth(call, secrets);
  const all = callsUrl(call);
  const get = (url: string): OutgoingRequest => ({ method: 'GET', url, headers, body: null });
  return {
    call: get(all.replace(/\.json$/, `/${sid}.json`)),
    talks: get(`${all}?${new URLSearchParams({ ParentCallSid: sid, PageSize: '1' })}`),
  };
}

const resource = z.object({
  status: z.enum(CALL_STATUSES),
  duration: z.unknown().optional(),
  answered_by: z.unknown().optional(),
});
const list = z.object({ calls: z.array(resource) });

/** How both calls stand; undefined where the answers do not say. */
export function parseLook(
  call: IncomingReply,
  talks: IncomingReply,
): (CallEvent & { kind: 'looked' }) | undefined {
  if (call.status !== 200 || talks.status !== 200) return undefined;
  const own = resource.safeParse(jsonOf(call)).data;
  const children = list.safeParse(jsonOf(talks)).data;
  if (!own || !children) return undefined;
  const [consumer] = children.calls;
  return {
    ...{ kind: 'looked', call: own.status, by: answeredBy(own.answered_by) },
    consumer: consumer ? stateOf(consumer.status, consumer.duration) : null,
  };
}

/** Whom Twilio thinks to have answered; null where it does not say. */
export function answeredBy(said: unknown): 'person' | 'machine' | null {
  if (typeof said !== 'string' || said === '') return null;
  return /^(machine|fax)/.test(said) ? 'machine' : 'person';
}

/** A state with its length, which counts only at the end of a call. */
export function stateOf(status: CallStatus, duration: unknown): CallState {
  const text = String(duration ?? '');
  const isKnown = status === 'completed' && /^\d{1,6}$/.test(text);
  return { status, seconds: isKnown ? Number(text) : null };
}
