// What Twilio is told to do in a call, in its markup (https://www.twilio.com/docs/voice/twiml).

import type { CallSettings } from '../../domain/transfers/settings.ts';
import { xmlEscaped } from '../xml-text.ts';
import { EVENTS } from './twilio-call.ts';

/** Ends the call. */
export const HANG_UP = twiml('<Hangup/>');

/** Says the whisper and waits for a key; none at all is told like a wrong one. */
export function askToTake(
  { language, pressWithinS }: CallSettings,
  { text, action }: { readonly text: string; readonly action: string },
): string {
  const gather = attributes({
    ...{ numDigits: '1', timeout: String(pressWithinS) },
    ...{ action, method: 'POST', actionOnEmptyResult: 'true' },
  });
  const say = `<Say${attributes({ language })}>${xmlEscaped(text)}</Say>`;
  return twiml(`<Gather${gather}>${say}</Gather><Hangup/>`);
}

/** Puts the consumer through. */
export function putThrough(
  { from, ringS }: CallSettings,
  to: { readonly number: string; readonly done: string; readonly consumer: string },
): string {
  const dial = attributes({
    ...{ answerOnBridge: 'true', callerId: from, timeout: String(ringS) },
    ...{ action: to.done, method: 'POST' },
  });
  const number = attributes({
    ...{ statusCallback: to.consumer, statusCallbackMethod: 'POST' },
    statusCallbackEvent: EVENTS.join(' '),
  });
  return twiml(`<Dial${dial}><Number${number}>${xmlEscaped(to.number)}</Number></Dial>`);
}

function twiml(inside: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`;
}

function attributes(given: Readonly<Record<string, string>>): string {
  return Object.entries(given)
    .map(([name, value]) => ` ${name}="${xmlEscaped(value)}"`)
    .join('');
}
