// A post that is a phone call, as operators write it.

import { z } from 'zod';

import { secretRef } from '../../../delivery/secret-ref.ts';
import { callsUrl, PLACE, placesIn } from '../../../delivery/calls/twilio-call.ts';
import { baseUrl } from '../../../delivery/targets/kind.ts';
import { e164 } from '../../../delivery/targets/twilio-sms.ts';
import type { CallStep } from '../../../domain/world/contract.ts';
import { duration, id, settings } from '../settings.ts';

const MOST_CHARACTERS = 500;

const whisper = z
  .string()
  .trim()
  .min(1)
  .max(MOST_CHARACTERS)
  .refine((text) => !/[{}]/.test(text.replace(PLACE, '')), 'has a brace that names no field')
  .describe('What the buyer hears, with {fields} of the lead; it says that 1 takes the call.');

const written = settings(
  {
    adapter: z.literal('twilio_call').describe('The buyer is called, and presses 1 to take it.'),
    base_url: baseUrl.default('https://api.twilio.com').describe('Where the API is.'),
    account_sid: z
      .string()
      .regex(/^AC[0-9a-fA-F]{32}$/, 'wants AC and 32 hex digits')
      .describe('Of the account.'),
    secret: secretRef.describe('Where the API key is found, as SK…:secret.'),
    auth_token: secretRef.describe('Where the auth token is found, by which Twilio signs.'),
    from: e164.describe('Your number; the buyer and the consumer see it.'),
    to: e164.describe('The buyer’s number.'),
    consumer: id.default('phone').describe('The field with the number of the consumer.'),
    whisper,
    language: z
      .string()
      .regex(/^[a-z]{2,3}-[A-Z0-9]{2,3}$/, 'wants a language such as en-US')
      .default('en-US')
      .describe('In which the whisper is spoken.'),
    ring: duration('5s', '120s', 's')
      .prefault('20s')
      .describe('How long the buyer’s phone rings, and then the consumer’s.'),
    press_within: duration('1s', '60s', 's')
      .prefault('8s')
      .describe('How long after the whisper 1 may be pressed.'),
    min_talk: duration('0s', '600s', 's')
      .prefault('30s')
      .describe('A talk with the consumer this long is a sale; a shorter one is not.'),
    detect_machine: z.boolean().default(true).describe('Hang up on a machine.'),
    timeout: duration('50ms', '60s', 'ms')
      .prefault('4s')
      .describe('Of the request that asks for the call; without an answer it is in doubt.'),
  },
  {
    ...{ secret: 'secretRef', auth_token: 'authTokenRef', timeout: 'timeoutMs' },
    ...{ ring: 'ringS', press_within: 'pressWithinS', min_talk: 'minTalkS' },
  },
);

/** A post by phone, in the form in which it is used. */
export const twilioCall = written.transform(({ adapter, timeoutMs, ...call }): CallStep => {
  const named = [...new Set([call.consumer, ...placesIn(call.whisper)])];
  // A test lead calls nobody, and a lead without one of these fields is not offered.
  return { adapter, url: callsUrl(call), testUrl: null, fields: named, timeoutMs, call };
});
