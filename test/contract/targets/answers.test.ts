// What each target makes of the answers that its receiver may give: what is documented, said over a
// real connection by a fake that may also hang up before or after it did what it was asked.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Misbehaviour } from '../../support/fakes/vendor.ts';
import { type CalledTarget, openTargets, pushOf, type TargetStand } from './target-stand.ts';

let stand: TargetStand;
beforeAll(async () => void (stand = await openTargets()));
afterAll(() => stand.close());

type Said = [says: string, next: Misbehaviour[], comes: object, more?: { tries?: number }];

const is = (kind: string, words: RegExp, more: object = {}) => {
  const said = expect.stringMatching(words) as string;
  return { kind, ...(kind === 'delivered' ? { proof: said } : { detail: said }), ...more };
};
const delivered = (proof: RegExp) => is('delivered', proof);
const retry = (detail: RegExp, afterMs?: number) =>
  is('retry', detail, afterMs === undefined ? {} : { afterMs });
const failed = (detail: RegExp) => is('failed', detail);
const stopped = (detail: RegExp) => is('failed', detail, { stop: true });
const unclear = (detail: RegExp) => is('unclear', detail);

const salesforceSays = (status: number, ...body: object[]): Misbehaviour => ({ status, body });
const duplicate = (spelling: string) =>
  salesforceSays(400, {
    [spelling]: {
      allowSave: false,
      matchResults: [{ matchRecords: [{ record: { Id: '00Q00000Dup' } }] }],
    },
    errorCode: 'DUPLICATES_DETECTED',
    message: 'Use one of these records?',
  });
const ghlSays = (status: number, message: unknown, more: object = {}): Misbehaviour => {
  return { status, body: { statusCode: status, message, error: 'x' }, ...more };
};
const googleSays = (code: number, status: string): Misbehaviour => {
  return { status: code, body: { error: { code, status, message: 'no' } } };
};
const twilioSays = (status: number, code: number): Misbehaviour => {
  return { status, body: { code, message: 'no', status } };
};

const FACTS: Record<CalledTarget, Said[]> = {
  webhook: [
    ['takes what the reference library verifies', [], delivered(/^HTTP 204$/)],
    ['202 is taken', [{ status: 202 }], delivered(/^HTTP 202$/)],
    ['a redirect is not followed', [{ status: 302 }], retry(/^HTTP 302$/)],
    ['400 may be mended over there', [{ status: 400 }], retry(/^HTTP 400$/)],
    ['404 may be a restart', [{ status: 404 }], retry(/^HTTP 404$/)],
    ['401 stops', [{ status: 401 }], stopped(/^HTTP 401$/)],
    ['403 stops', [{ status: 403 }], stopped(/^HTTP 403$/)],
    ['410 stops', [{ status: 410 }], stopped(/^HTTP 410$/)],
    [
      '429 asks for a pause',
      [{ status: 429, headers: { 'retry-after': '7' } }],
      retry(/^HTTP 429$/, 7_000),
    ],
    [
      '502 with a pause of years is a day',
      [{ status: 502, headers: { 'retry-after': '99999999' } }],
      retry(/^HTTP 502$/, 86_400_000),
    ],
    ['504 is tried again', [{ status: 504 }], retry(/^HTTP 504$/)],
    ['a conflict on the first try', [{ status: 409 }], retry(/^HTTP 409$/)],
    ['on a repeat, with our own', [{ status: 409 }], delivered(/^HTTP 409$/), { tries: 2 }],
    ['no answer is unclear', ['hangs_up'], unclear(/connection_lost/)],
  ],
  salesforce: [
    ['creates the lead', [], delivered(/^00Q0/)],
    ['and updates it', [], delivered(/^00Q0/), { tries: 2 }],
    [
      'a session that ended is begun anew',
      [salesforceSays(401, { errorCode: 'INVALID_SESSION_ID' })],
      delivered(/^00Q0/),
    ],
    [
      'once',
      Array(2).fill(salesforceSays(401, { errorCode: 'INVALID_SESSION_ID' })) as Misbehaviour[],
      stopped(/^HTTP 401 INVALID_SESSION_ID$/),
    ],
    ['several records match', [{ status: 300, body: ['/a', '/b'] }], stopped(/several records/)],
    ['a duplicate', [duplicate('duplicateResult')], failed(/DUPLICATES_DETECTED 00Q00000Dup$/)],
    ['as some spell it', [duplicate('duplicateResut')], failed(/DUPLICATES_DETECTED 00Q00000Dup$/)],
    [
      'a missing field is named',
      [
        salesforceSays(400, {
          errorCode: 'REQUIRED_FIELD_MISSING',
          fields: ['Industry'],
          message: 'of Ann Lovelace',
        }),
      ],
      failed(/^HTTP 400 REQUIRED_FIELD_MISSING Industry$/),
    ],
    [
      'a locked row passes',
      [salesforceSays(400, { errorCode: 'UNABLE_TO_LOCK_ROW' })],
      retry(/UNABLE_TO_LOCK_ROW/),
    ],
    [
      'the limit of the day',
      [salesforceSays(403, { errorCode: 'REQUEST_LIMIT_EXCEEDED' })],
      retry(/REQUEST_LIMIT_EXCEEDED/, 900_000),
    ],
    [
      'no right stops',
      [salesforceSays(403, { errorCode: 'INSUFFICIENT_ACCESS' })],
      stopped(/INSUFFICIENT_ACCESS/),
    ],
    ['503 is tried again', [{ status: 503, body: '<html>' }], retry(/^HTTP 503$/)],
    ['a page for an answer', [{ status: 200, body: '<html>' }], retry(/without an id/)],
    ['no answer is tried again', ['does_and_hangs_up'], retry(/connection_lost/)],
  ],
  salesforce_web: [
    ['takes it and confirms nothing', [], delivered(/confirms nothing/)],
    ['a redirect is as good', [{ status: 302 }], delivered(/^HTTP 302/)],
    ['no answer is unclear', ['does_and_hangs_up'], unclear(/connection_lost/)],
    ['500 is unclear', [{ status: 500 }], unclear(/^HTTP 500$/)],
    ['503 did nothing', [{ status: 503 }], retry(/^HTTP 503$/)],
    ['404 stops', [{ status: 404 }], stopped(/^HTTP 404$/)],
  ],
  hubspot: [
    ['creates a contact', [], delivered(/^801, new$/)],
    ['and updates it', [], delivered(/^801$/), { tries: 2 }],
    [
      '207 with a result',
      [{ status: 207, body: { results: [{ id: '9' }], numErrors: 1 } }],
      delivered(/^9$/),
    ],
    [
      '207 with none',
      [
        {
          status: 207,
          body: {
            ...{ results: [], numErrors: 1 },
            errors: [{ category: 'VALIDATION_ERROR', message: 'firstname of ann@example.com' }],
          },
        },
      ],
      failed(/^HTTP 207 VALIDATION_ERROR firstname$/),
    ],
    [
      'a value that does not fit is named',
      [{ status: 400, body: { category: 'VALIDATION_ERROR', message: '[{"name":"email"}]' } }],
      failed(/^HTTP 400 VALIDATION_ERROR email$/),
    ],
    ['a conflict passes', [{ status: 409, body: { category: 'CONFLICT' } }], retry(/CONFLICT/)],
    [
      'ten seconds are full',
      [
        {
          status: 429,
          body: { category: 'RATE_LIMITS', policyName: 'TEN_SECONDLY_ROLLING' },
        },
      ],
      retry(/TEN_SECONDLY_ROLLING/, 10_000),
    ],
    [
      'the day is full',
      [{ status: 429, body: { category: 'RATE_LIMITS', policyName: 'DAILY' } }],
      retry(/DAILY/, 3_600_000),
    ],
    ['401 stops', [{ status: 401, body: { category: 'EXPIRED_AUTHENTICATION' } }], stopped(/401/)],
    ['500 is tried again', [{ status: 500 }], retry(/^HTTP 500$/)],
    ['a page for an answer', [{ status: 200, body: '<html>' }], retry(/without an id/)],
    ['no answer is tried again', ['does_and_hangs_up'], retry(/connection_lost/)],
  ],
  hubspot_form: [
    ['takes a submission', [], delivered(/^HTTP 200, no record/)],
    ['no answer is unclear', ['does_and_hangs_up'], unclear(/connection_lost/)],
    ['500 is unclear', [{ status: 500 }], unclear(/^HTTP 500$/)],
    [
      'a value that does not fit is named',
      [
        {
          status: 400,
          body: { errors: [{ message: "Error in 'fields.email'", errorType: 'INVALID_EMAIL' }] },
        },
      ],
      failed(/^HTTP 400 INVALID_EMAIL email$/),
    ],
    ['429 is tried again', [{ status: 429 }], retry(/^HTTP 429$/, 10_000)],
    ['403 stops', [{ status: 403 }], stopped(/^HTTP 403$/)],
  ],
  gohighlevel: [
    ['creates a contact', [], delivered(/^ghl1, new$/)],
    ['and updates it', [], delivered(/^ghl1$/), { tries: 2 }],
    [
      '422 names its fields',
      [ghlSays(422, ['email must be an email', 'phone ann@example.com'])],
      failed(/^HTTP 422 email phone$/),
    ],
    ['401 stops', [ghlSays(401, 'Invalid token')], stopped(/^HTTP 401$/)],
    [
      'a 401 within a 400 stops',
      [{ status: 400, body: { statusCode: 401, message: 'Invalid token' } }],
      stopped(/statusCode 401/),
    ],
    ['400 fails', [ghlSays(400, 'bad')], failed(/^HTTP 400$/)],
    [
      '429 waits for the window',
      [ghlSays(429, 'no', { headers: { 'x-ratelimit-interval-milliseconds': '4000' } })],
      retry(/^HTTP 429$/, 4_000),
    ],
    [
      'or for the day',
      [ghlSays(429, 'no', { headers: { 'x-ratelimit-daily-remaining': '0' } })],
      retry(/^HTTP 429$/, 3_600_000),
    ],
    ['500 is tried again', [{ status: 500 }], retry(/^HTTP 500$/)],
    ['a page for an answer', [{ status: 200, body: '<html>' }], retry(/without the id/)],
    ['no answer is tried again', ['does_and_hangs_up'], retry(/connection_lost/)],
  ],
  google_sheets: [
    ['appends a row', [], delivered(/^Leads!A\d+:D\d+$/)],
    ['finds it again', [], delivered(/^Leads!A\d+, of an earlier try$/), { tries: 2 }],
    ['no answer is tried again', ['does_and_hangs_up'], retry(/connection_lost/)],
    ['403 stops', [googleSays(403, 'PERMISSION_DENIED')], stopped(/PERMISSION_DENIED$/)],
    ['404 stops', [googleSays(404, 'NOT_FOUND')], stopped(/NOT_FOUND$/)],
    ['400 stops', [googleSays(400, 'INVALID_ARGUMENT')], stopped(/INVALID_ARGUMENT$/)],
    [
      '429 waits a minute',
      [googleSays(429, 'RESOURCE_EXHAUSTED')],
      retry(/RESOURCE_EXHAUSTED$/, 60_000),
    ],
    ['401 gets a new token', [googleSays(401, 'UNAUTHENTICATED')], delivered(/^Leads!/)],
    [
      'once',
      [googleSays(401, 'UNAUTHENTICATED'), googleSays(401, 'UNAUTHENTICATED')],
      stopped(/UNAUTHENTICATED$/),
    ],
    ['a page for an answer', [{ status: 200, body: '<html>' }], retry(/without the row/)],
    ['503 is tried again', [googleSays(503, 'UNAVAILABLE')], retry(/UNAVAILABLE$/)],
  ],
  twilio_sms: [
    ['sends a message', [], delivered(/^SM\d+ queued$/)],
    ['finds it again', [], delivered(/^SM\d+ queued, of an earlier try$/), { tries: 2 }],
    ['a wrong number of the buyer stops', [twilioSays(400, 21_211)], stopped(/21211$/)],
    ['so does one that opted out', [twilioSays(400, 21_610)], stopped(/21610$/)],
    ['a text that is refused fails', [twilioSays(400, 21_617)], failed(/21617$/)],
    ['401 stops', [twilioSays(401, 20_003)], stopped(/20003$/)],
    ['429 is tried again', [twilioSays(429, 20_429)], retry(/20429$/)],
    ['500 is tried again, and looked for', [twilioSays(500, 20_500)], retry(/20500$/)],
    ['no answer is tried again, and looked for', ['does_and_hangs_up'], retry(/connection_lost/)],
    ['201 without a sid', [{ status: 201, body: {} }], retry(/without the sid/)],
    [
      'a message that failed at once',
      [{ status: 201, body: { sid: `SM${'0'.repeat(32)}`, status: 'failed', error_code: 30008 } }],
      failed(/failed 30008$/),
    ],
  ],
};

describe.for(Object.entries(FACTS) as [CalledTarget, Said[]][])('%s', ([adapter, facts]) => {
  test.for(facts)('%s', async ([, next, comes, { tries = 1 } = {}]) => {
    stand.vendorOf(adapter).will(...next);
    expect(await stand.deliver(adapter, pushOf(undefined, tries))).toEqual(comes);
  });
});
