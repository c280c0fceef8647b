// What Twilio posts to us in the course of a call: is it Twilio's, and what does it tell.

import { createHmac } from 'node:crypto';

import {
  CALL_STATUSES,
  type Callback,
  type CallEvent,
  type CallStatus,
} from '../../domain/transfers/call.ts';
import { answeredBy, CALL_SID, stateOf } from './twilio-call.ts';

/** The key that takes the call. */
const TAKES = '1';

/**
 * The value of `X-Twilio-Signature` for a form: the base64 of the HMAC-SHA1, under the account's
 * auth token, of the address as Twilio was given it and of all fields in the order of their names
 * (https://www.twilio.com/docs/usage/security).
 */
export function signatureOf(url: string, form: URLSearchParams, authToken: string): string {
  const fields = [...form].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const signed = url + fields.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(signed).digest('base64');
}

/** What a callback tells; undefined where it lacks what it must say. */
export function readCallback(callback: Callback, form: URLSearchParams): CallEvent | undefined {
  const given = (name: string) => form.get(name) ?? '';
  const sid = given('CallSid');
  if (!CALL_SID.test(sid)) return undefined;
  switch (callback) {
    case 'whisper':
      return { kind: 'answered', sid, by: answeredBy(form.get('AnsweredBy')) ?? 'person' };
    case 'accept':
      return { kind: 'pressed', sid, accepts: given('Digits') === TAKES };
    case 'status': {
      const status = statusOf(given('CallStatus'));
      return status && { kind: 'status', sid, status };
    }
    case 'consumer': {
      const status = statusOf(given('CallStatus'));
      return status && { kind: 'consumer', ...stateOf(status, form.get('CallDuration')) };
    }
    case 'done': {
      const status = statusOf(given('DialCallStatus'));
      return status && { kind: 'consumer', ...stateOf(status, form.get('DialCallDuration')) };
    }
  }
}

function statusOf(said: string): CallStatus | undefined {
  const status = said === 'answered' ? 'completed' : said;
  return CALL_STATUSES.find((known) => known === status);
}
