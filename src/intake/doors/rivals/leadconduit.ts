// LeadConduit: `/flows/{flow}/sources/{source}/submit` and `…/ping`, by form, JSON, XML or query,
// answered in JSON or XML. What it refuses before reading a lead it says in plain text, by status.

import { sentenceOf } from '../../../domain/reasons.ts';
import { type Answered, type DoorFormat, type DoorRequest, type Reading } from '../door.ts';
import type { Reply, Told } from '../door.ts';
import { jsonReply, statusOf, xmlReply } from '../replies.ts';
import { controlOf, formValues, readValues, type Unreadable } from '../values.ts';
import { dollarNumber, problemText } from '../words.ts';
import { acceptedOf } from './accept.ts';
import { expandDots } from './dotted.ts';
import { POST_LEAD_ACTION, readPostLeadAction } from './post-lead-action.ts';

const SUBMIT = '/flows/:flow/sources/:source/submit';
const PING = '/flows/:flow/sources/:source/ping';

/** The door's account is `{flow}/{source}`; there is no password, the address is the key. */
export const leadconduit: DoorFormat = {
  name: 'leadconduit',
  addresses: [SUBMIT, PING, ...POST_LEAD_ACTION],
  read: (request) =>
    POST_LEAD_ACTION.includes(request.address) ? readPostLeadAction(request) : read(request),
};

const ANSWERS = ['application/json', 'application/xml', 'text/xml'] as const;

function read(request: DoorRequest): Reading {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST') {
    const headers = { Allow: 'GET, POST' };
    return plain(405, `The ${method} method is not allowed`, headers);
  }
  const type = acceptedOf(request.header('accept'), ANSWERS);
  if (!type) return plain(406, 'Not capable of generating content according to the Accept header');
  const found = readValues(request, { types: ['form', 'json', 'xml'] });
  if (found.kind === 'unreadable') return plain(...(SAID[found.why] ?? [400, found.says]));
  const redirect = redirectIn(request, found.values);
  if (redirect.kind === 'wrong') return plain(400, 'Invalid redir_url');
  const expanded = expandDots(found.values);
  if (expanded.kind === 'conflict') return plain(400, `Unable to read the lead: ${expanded.says}`);

  const isPing = request.address === PING;
  const told: Told = {
    kind: 'told',
    account: `${request.params['flow'] ?? ''}/${request.params['source'] ?? ''}`,
    key: null,
    phase: isPing ? 'ping' : 'full',
    values: withCertificate(expanded.values, isPing),
  };
  return {
    kind: 'read',
    told,
    answer: (answered) => sent(answer(answered, { isPing, type }), answered, redirect.to),
  };
}

const SAID: Readonly<Partial<Record<Unreadable, readonly [number, string]>>> = {
  no_type: [415, 'Content-Type header is required'],
  odd_type: [
    406,
    'MIME type in Content-Type header is not supported. Use only ' +
      'application/x-www-form-urlencoded, application/json, application/xml, text/xml.',
  ],
  malformed_json: [400, 'Unable to parse JSON'],
  not_a_lead: [400, 'Unable to read the lead: one object is wanted'],
};

function plain(status: number, body: string, headers: Reply['headers'] = {}): Reading {
  return { kind: 'answered', reply: { status, type: 'text/plain', body, headers } };
}

type Redirect = { readonly kind: 'right'; readonly to?: string } | { readonly kind: 'wrong' };

/** Where the person is sent after the answer; it is judged wherever it stands. */
function redirectIn(request: DoorRequest, values: Told['values']): Redirect {
  const inQuery = formValues(request.query)['redir_url'];
  const all = [inQuery, values['redir_url']].flat().filter((each) => each != null && each !== '');
  if (!all.every(isWebAddress)) return { kind: 'wrong' };
  const [to] = all;
  return to === undefined ? { kind: 'right' } : { kind: 'right', to };
}

function isWebAddress(value: unknown): value is string {
  // A header holds no other characters, and no client needs an address that long.
  if (typeof value !== 'string' || !/^https?:\/\/[\x21-\x7e]{1,2000}$/i.test(value)) return false;
  return URL.canParse(value);
}

/**
 * The address of the TrustedForm certificate, from the fields that its script writes: on a ping the
 * one that may be passed on. The other one stays where it is.
 */
function withCertificate(values: Told['values'], isPing: boolean): Told['values'] {
  const names = ['xxtrustedformpingurl', 'xxtrustedformcerturl'];
  if (controlOf(values, 'trustedform_cert_url') !== undefined) return values;
  for (const wanted of isPing ? names : names.reverse()) {
    const name = Object.keys(values).find((each) => each.toLowerCase() === wanted);
    const url = name && controlOf(values, name);
    if (!url) continue;
    const others = Object.entries(values).filter(([each]) => each !== name);
    // First, so that the other one does not take its place.
    return { trustedform_cert_url: url, ...Object.fromEntries(others) };
  }
  return values;
}

function sent(reply: Reply, answered: Answered, to: string | undefined): Reply {
  const isError = reply.status >= 400 || answered.kind === 'refused';
  return to === undefined || isError ? reply : { ...reply, status: 303, headers: { Location: to } };
}

interface Asking {
  readonly isPing: boolean;
  readonly type: (typeof ANSWERS)[number];
}

function answer(answered: Answered, { isPing, type }: Asking): Reply {
  if (answered.kind === 'refused' && answered.why === 'wrong_key') {
    return { status: 404, type: 'text/plain', body: 'No such flow or source' };
  }
  const down = statusOf(answered);
  const status = down === 503 ? down : isPing ? 200 : 201;
  const body = bodyOf(answered);
  if (type === 'application/json') return jsonReply(body, status);
  return { ...xmlReply('result', body, status), type };
}

/** Keys in this order. */
function bodyOf(answered: Answered): object {
  switch (answered.kind) {
    case 'lead':
      return leadBody(answered);
    case 'bid': {
      const price = dollarNumber(answered.payoutCents);
      return price > 0 ? { outcome: 'success', price } : failed('no bid');
    }
    case 'no_bid':
      return failed(answered.says);
    case 'refused':
      return failed(problemText(answered), answered.why === 'unavailable' ? 'error' : 'failure');
  }
}

function leadBody({ leadId: id, outcome }: Answered & { kind: 'lead' }): object {
  const lead = { id };
  // It may be sold yet: a client that heard of a failure would sell it elsewhere.
  if (outcome === 'pending') {
    return { outcome: 'success', reason: 'not decided on yet', lead, price: 0 };
  }
  if (outcome.kind === 'sold') {
    return { outcome: 'success', reason: '', lead, price: dollarNumber(outcome.payoutCents) };
  }
  const reason = outcome.kind === 'rejected' ? problemText(outcome) : sentenceOf(outcome.reason);
  return { outcome: 'failure', reason, lead, price: 0 };
}

function failed(reason: string, outcome: 'failure' | 'error' = 'failure'): object {
  return { outcome, reason, price: 0 };
}
