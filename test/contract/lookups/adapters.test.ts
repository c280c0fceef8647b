// Goal: each adapter asks as its service documents, and reads every documented answer, edge and lie
// as what it means. Method: tables of bodies, read by the adapter alone.

import { describe, expect, test } from 'vitest';
import { PHONE_TYPES } from '../../../src/eligibility/facts.ts';
import type { LookupQuestion } from '../../../src/lookups/adapter.ts';
import { lookupAdapterOf } from '../../../src/lookups/adapters.ts';
import { lookupSettings } from '../../support/fake-lookups.ts';

const settings = lookupSettings('https://services.example');
const CERT = `https://cert.trustedform.com/${'a1'.repeat(20)}`;
const TWILIO = 'https://lookups.twilio.com/v2/PhoneNumbers';
const TOKEN = '01234567-89ab-cdef-0123-456789abcdef';
const PERSON = { phone: '+15125550142', email: 'ann.lee@example.com' };

const bind = (service: string, options: object = {}) => lookupAdapterOf(service).bind(options);
const build = (service: string, options: object, question: LookupQuestion) =>
  bind(service, options).build(question);
const reading = (service: string, options: object) => {
  const { read } = bind(service, options);
  return (body: unknown, status = 200) =>
    read({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
};

const LIES = ['', '<html>busy</html>', '[]', 'null', '"ok"', '{}', '{"valid":"yes"}'];

describe('Twilio Lookup', () => {
  const twilio = (type: unknown, more: object = {}) => ({
    ...{ country_code: 'US', phone_number: '+15125550142', valid: true, validation_errors: [] },
    line_type_intelligence: { type, carrier_name: 'A Carrier', error_code: null },
    ...more,
  });

  test('is asked for the number and its line, with basic authentication', () => {
    expect(build('twilio_lookup', {}, { value: '+15125550142' })).toEqual({
      method: 'GET',
      url: `${TWILIO}/%2B15125550142?Fields=line_type_intelligence`,
      headers: { accept: 'application/json' },
      body: null,
      secret: { in: 'basic' },
    });
    const plain = build('twilio_lookup', { line_type: false }, { value: '+15125550142' });
    expect(plain).toMatchObject({ url: expect.not.stringContaining('Fields') as string });
  });

  const TYPES = [
    ['landline', 'landline'],
    ['mobile', 'mobile'],
    ['fixedVoip', 'voip'],
    ['nonFixedVoip', 'voip'],
    ['personal', 'personal'],
    ['tollFree', 'toll_free'],
    ['premium', 'premium_rate'],
    ['sharedCost', 'shared_cost'],
    ['uan', 'company'],
    ['voicemail', 'voicemail'],
    ['pager', 'pager'],
  ] as const;
  test.for(TYPES)('knows a line of type %s as %s', ([type, ours]) => {
    const read = reading('twilio_lookup', {});
    expect(read(twilio(type))).toEqual({ kind: 'clear', says: `valid, ${ours}`, lineType: ours });
    expect(PHONE_TYPES).toContain(ours);
    expect(reading('twilio_lookup', { bad_line_types: [ours] })(twilio(type))?.kind).toBe('bad');
  });

  test('speaks against a number that is none, and says why in its words only', () => {
    const read = reading('twilio_lookup', {});
    const none = (errors: unknown) =>
      read({ valid: false, validation_errors: errors, line_type_intelligence: null });
    expect(none(['TOO_SHORT'])).toEqual({
      kind: 'bad',
      says: 'not a valid number: TOO_SHORT',
    });
    for (const errors of [null, [], undefined, ['+1 512 555 0142'], 'TOO_LONG', [7]]) {
      expect(none(errors)).toEqual({ kind: 'bad', says: 'not a valid number' });
    }
  });

  test('needs no part of an answer beyond those that it reads', () => {
    const bare = { valid: true, line_type_intelligence: { type: 'mobile' } };
    expect(reading('twilio_lookup', {})(bare)).toMatchObject({ lineType: 'mobile' });
    const outcome = { outcome: 'success' };
    expect(reading('trustedform', {})(outcome)).toMatchObject({ kind: 'clear' });
  });

  test('a package that failed by itself leaves the line unknown', () => {
    const failed = twilio(null, { line_type_intelligence: { type: null, error_code: 60601 } });
    expect(reading('twilio_lookup', {})(failed)).toEqual({ kind: 'clear', says: 'valid' });
    const strict = reading('twilio_lookup', { bad_line_types: ['voip'] });
    for (const body of [failed, twilio('unknown'), twilio('toString'), twilio(7)]) {
      expect(strict(body)?.kind).toBe('unsure');
    }
  });

  test.for(LIES)('is not understood when it says %j', (body) => {
    expect(reading('twilio_lookup', {})(body)).toBeUndefined();
  });
});

describe('TrustedForm', () => {
  const read = reading('trustedform', {});

  test('is asked at the certificate, with the person to match and nothing to retain', () => {
    const asked = build('trustedform', {}, { value: `${CERT}/, https://else`, ...PERSON });
    expect(asked).toMatchObject({
      ...{ method: 'POST', url: CERT, secret: { in: 'basic', user: 'X' } },
      headers: { 'api-version': '4.0', 'content-type': 'application/json' },
    });
    const { body } = asked as { body: string };
    expect(JSON.parse(body)).toEqual({
      match_lead: { email: 'ann.lee@example.com', phone: '5125550142' },
    });
  });

  const STRANGERS = [
    'http://evil.example/x',
    `https://cert.trustedform.com.evil.example/${'a'.repeat(40)}`,
    `https://cert.trustedform.com/${'a'.repeat(39)}`,
    `https://cert.trustedform.com/${'a'.repeat(40)}/../x`,
    `https://cert.trustedform.com/${'a'.repeat(40)}?x=1`,
    `https://x:y@cert.trustedform.com/${'a'.repeat(40)}`,
    '',
  ];
  test.for(STRANGERS)('no key is sent to %j', (value) => {
    expect(build('trustedform', {}, { value, ...PERSON })).toMatchObject({ kind: 'bad' });
  });

  test.for([
    [`http://cert.trustedform.com/${'b'.repeat(80)}`, 80],
    ['https://cert.trustedform.com/0.abc-DEF_1', 11],
  ] as const)('%s is a certificate', ([value, length]) => {
    const { url } = build('trustedform', {}, { value, ...PERSON }) as { url: string };
    expect(url).toMatch(/^https:\/\/cert\.trustedform\.com\/[^/]+$/);
    expect(url.split('/')[3]).toHaveLength(length);
  });

  const success = { outcome: 'success', reason: null };
  const ANSWERS: [says: string, body: unknown, status: number, kind: string | undefined][] = [
    ['success', { ...success, match_lead: { result: { success: true } } }, 200, 'clear'],
    ['success without what was asked for', success, 200, 'clear'],
    ['another person', { ...success, match_lead: { result: { success: false } } }, 200, 'bad'],
    ['failure with 200', { outcome: 'failure', reason: 'Expired' }, 200, 'bad'],
    ['error with 400', { outcome: 'error', reason: 'bad request' }, 400, 'unsure'],
    ['success with 400', success, 400, undefined],
    ['404 in text', 'not found', 404, 'bad'],
    ['410', {}, 410, 'bad'],
    ['another outcome', { outcome: 'maybe' }, 200, undefined],
    ['no JSON', 'oops', 200, undefined],
  ];
  test.for(ANSWERS)('reads %s', ([, body, status, kind]) => {
    expect(read(body, status)?.kind).toBe(kind);
  });

  test('quotes only words: a reason with a number in it is left out', () => {
    const says = (reason: unknown) => read({ outcome: 'failure', reason })?.says;
    expect(says('Certificate expired')).toBe('the certificate failed: Certificate expired');
    expect(says('5125550142 does not match')).toBe('the certificate failed');
    expect(says('ann.lee@example.com')).toBe('the certificate failed');
  });

  test('an age is held against the most, to the second', () => {
    const aged = reading('trustedform', { max_age_minutes: 10 });
    const body = (seconds: unknown) => ({
      ...success,
      insights: { properties: { age_seconds: seconds } },
    });
    expect(aged(body(600))?.kind).toBe('clear');
    expect(aged(body(601))?.kind).toBe('bad');
    expect(aged(body('old'))?.kind).toBe('unsure');
    const asked = build('trustedform', { max_age_minutes: 10 }, { value: CERT, ...PERSON });
    expect((asked as { body: string }).body).toContain('"properties":["age_seconds"]');
  });

  test('without a person to match nobody is asked', () => {
    expect(build('trustedform', {}, { value: CERT })).toMatchObject({ kind: 'unsure' });
  });
});

describe('Jornaya', () => {
  const { options } = settings.jornaya;

  test('authenticates a token, without a key', () => {
    const asked = build('jornaya', options, { value: TOKEN, ...PERSON });
    expect(asked).toMatchObject({
      url: `https://services.example/Authenticate?lac=ACCOUNT&id=${TOKEN}`,
    });
    expect(asked).not.toHaveProperty('secret');
    const read = reading('jornaya', options);
    expect(read({ authenticate: { authentic: 1, token: TOKEN } })?.kind).toBe('clear');
    expect(read({ authenticate: { authentic: 0 } })?.kind).toBe('bad');
    for (const body of [...LIES, '{"authenticate":{"authentic":2}}']) {
      expect(read(body)).toBeUndefined();
    }
  });

  test('nobody is asked about what is no token', () => {
    for (const value of ['abc', `${TOKEN}0`, 'x'.repeat(36)]) {
      expect(build('jornaya', options, { value })).toMatchObject({ kind: 'bad' });
    }
  });

  const audit = { verdict: '$.audit.flag', clear: ['green'], bad: ['red'], unsure: ['yellow'] };
  test('audits it against the person; the key goes into the query', () => {
    const asked = build('jornaya', { ...options, audit }, { value: TOKEN, ...PERSON });
    const { url, secret } = asked as { url: string; secret: unknown };
    expect(secret).toEqual({ in: 'query', name: 'lak' });
    const query = new URL(url).searchParams;
    expect(query.get('data')).toBe('email;ann.lee@example.com|phone1;5125550142');
    expect(query.get('format')).toBe('json');
    const read = reading('jornaya', { ...options, audit });
    const kinds = ['Green', 'red', 'yellow', 'blue', 7].map(
      (flag) => read({ audit: { flag } })?.kind,
    );
    expect(kinds).toEqual(['clear', 'bad', 'unsure', undefined, undefined]);
  });
});

describe('services by settings', () => {
  test('an e-mail address is put into the address, encoded', () => {
    const { options } = settings.email;
    const asked = build('email', options, { value: 'a+b&c@example.com' });
    expect(asked).toMatchObject({
      url: 'https://services.example/v2/validate?email=a%2Bb%26c%40example.com',
      secret: { in: 'query', name: 'api_key' },
    });
  });

  const STATUSES = [
    ...['valid', 'catch-all'].map((status) => [status, 'clear'] as const),
    ...['invalid', 'spamtrap', 'abuse', 'do_not_mail'].map((word) => [word, 'bad'] as const),
    ['unknown', 'unsure'] as const,
    ['sold_out', undefined] as const,
  ];
  test.for(STATUSES)('an e-mail of status %s is %s', ([status, kind]) => {
    expect(reading('email', settings.email.options)({ status })?.kind).toBe(kind);
  });

  test('a list is believed only where it says that its answer is usable', () => {
    const read = reading('scrub', settings.scrub.options);
    const listed = { message: 'Blacklisted', code: 'plaintiff-primary', results: 1 };
    expect(read({ status: 'success', ...listed })).toEqual({
      kind: 'bad',
      says: 'it says blacklisted',
    });
    expect(read({ status: 'success', message: 'Good', code: 'none' })?.kind).toBe('clear');
    expect(read({ status: 'error', message: 'Good' })).toBeUndefined();
    expect(read({ message: 'Good' })).toBeUndefined();
    for (const body of LIES) expect(read(body)).toBeUndefined();
    expect(read({ status: 'success', message: 'Good' }, 404)).toBeUndefined();
  });

  test('a verdict in a list of one, true or false, and a key in a header', () => {
    const dncscrub = {
      url: 'https://dataapi.dncscrub.com/v1.5/Scrub/litigator?phoneList={ten_digits}',
      auth: { in: 'header', name: 'loginId' },
      verdict: '$[0].IsLitigator',
      clear: [false],
      bad: [true],
    };
    const asked = build('scrub', dncscrub, { value: '+15125550100' });
    expect(asked).toMatchObject({
      url: 'https://dataapi.dncscrub.com/v1.5/Scrub/litigator?phoneList=5125550100',
      secret: { in: 'header', name: 'loginId' },
    });
    const read = reading('scrub', dncscrub);
    expect(read([{ Phone: 5125550100, IsLitigator: true }])?.kind).toBe('bad');
    expect(read([{ Phone: 5125550100, IsLitigator: false }])?.kind).toBe('clear');
    expect(read([])).toBeUndefined();
  });

  test('with `form` it is a POST', () => {
    const { options } = settings.scrub;
    const posted = { ...options, url: 'https://x.example/scrub', form: 'phone_number={e164}' };
    expect(build('scrub', posted, { value: '+15125550100' })).toMatchObject({
      ...{ method: 'POST', body: 'phone_number=%2B15125550100' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });
});
