// What becomes of one value on its way into a request, and how a request says who we are. Goal:
// every transform has an example and an example that it cannot read; nothing reads a clock.

import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import { httpAdapter } from '../../../src/delivery/http.ts';
import { transformed } from '../../../src/delivery/requests/transforms.ts';
import { TRANSFORMS } from '../../../src/domain/delivery/request.ts';
import type { FieldValue } from '../../../src/domain/world/world.ts';
import { built, faultsOf, GIVEN, PARCEL, stepOf } from './stand.ts';

const EXAMPLES: Record<(typeof TRANSFORMS)[number], [FieldValue, FieldValue][]> = {
  trim: [[' a ', 'a']],
  upper: [['Ann é', 'ANN É']],
  lower: [['ANN', 'ann']],
  title: [["ann o'neil-LEE", "Ann O'Neil-Lee"]],
  text: [[5, '5']],
  number: [
    ['12.5', 12.5],
    ['0012', 12],
    ['9007199254740993', '9007199254740993'],
    ['1e9', '1e9'],
    ['many', 'many'],
  ],
  whole: [
    ['2.5', 3],
    ['many', 'many'],
  ],
  digits: [['+1 (512) 555-0142', '15125550142']],
  first_letter: [[' male', 'm']],
  first_word: [['Ann Marie Lee', 'Ann']],
  last_word: [['Ann Marie Lee', 'Lee']],
  last4: [['5125550142', '0142']],
  first5: [['78704-1234', '78704']],
  phone_national: [
    ['+15125550142', '5125550142'],
    ['+442079460958', '2079460958'],
    ['call me', 'call me'],
  ],
  phone_e164: [['(512) 555-0142', '+15125550142']],
  phone_dashes: [['+15125550142', '512-555-0142']],
  phone_area: [['+15125550142', '512']],
  phone_prefix: [['+15125550142', '555']],
  phone_line: [['+15125550142', '0142']],
  date_iso: [['1984-02-29T10:00:00Z', '1984-02-29']],
  date_us: [
    ['1984-02-09', '02/09/1984'],
    ['in May', 'in May'],
    ['1983-02-29', '1983-02-29'],
  ],
  date_us_dashes: [['1984-02-09', '02-09-1984']],
  date_eu: [['1984-02-09', '09/02/1984']],
  date_compact: [['1984-02-09', '19840209']],
  year: [['1984-02-09', 1984]],
  month: [['1984-02-09', 2]],
  day: [['1984-02-09', 9]],
  age: [
    // It is February 28 where the buyer is: who was born on the 29th has a day to go.
    ['1984-02-28', 42],
    ['1984-02-29', 41],
    ['2030-01-01', '2030-01-01'],
  ],
  yes_no: [
    [true, 'yes'],
    ['0', 'no'],
    ['perhaps', 'perhaps'],
  ],
  y_n: [[false, 'N']],
  true_false: [['Yes', 'true']],
  one_zero: [[true, '1']],
  dollars: [
    [1250, '12.50'],
    [5, '0.05'],
    ['12.5', '12.5'],
  ],
  cents: [
    ['12.50', 1250],
    ['12.505', '12.505'],
  ],
};

describe('a transform', () => {
  const rows = TRANSFORMS.flatMap((name) =>
    EXAMPLES[name].map(([from, to]) => ({ name, from, to })),
  );
  test.each(rows)('$name makes $from to $to', ({ name, from, to }) => {
    expect(transformed(from, [name], GIVEN)).toBe(to);
  });

  test('age is counted in the zone of the buyer', () => {
    const nowMs = Date.UTC(2026, 2, 1, 3); // Still February 28 in Chicago.
    expect(transformed('1984-03-01', ['age'], { nowMs, timeZone: 'America/Chicago' })).toBe(41);
    expect(transformed('1984-03-01', ['age'], { nowMs, timeZone: 'UTC' })).toBe(42);
  });
});

describe('a mapping', () => {
  const body = (lines: string, parcel = PARCEL) =>
    JSON.parse(built(`body:\n${lines}`, parcel).body ?? '') as unknown;

  test('takes fields, values, facts, captures, templates and secrets', () => {
    const sent = body(`
  - { to: phone, field: phone, as: [phone_national] }
  - { to: kind, value: 7 }
  - { to: id, fact: lead_id }
  - { to: price, fact: price_dollars }
  - { to: ping, fact: bid_id }
  - { to: token, captured: token }
  - { to: lost, captured: other }
  - { to: name, template: '{{ lead.last_name }}, {{ lead.zip }}' }
  - { to: key, secret: env:KEY }
  - { to: test, fact: test, as: [one_zero] }
  - { to: at, fact: sent_at }`);
    expect(sent).toEqual({
      ...{ phone: '5125550142', kind: 7, id: 'lead_1', price: '12.50', ping: 'bid-7' },
      ...{ token: '0012', name: 'Lee & <Sons>, 01234', key: 's3cret key', test: '0' },
      at: '2026-02-28T18:00:00.000Z',
    });
  });

  test('says our words in the buyer’s', () => {
    const map = "map: { 'true': own, 'false': rent, '2': two, '*': other }";
    expect(
      body(`
  - { to: a, field: homeowner, ${map} }
  - { to: b, field: vehicles, ${map} }
  - { to: c, field: zip, ${map} }
  - { to: d, field: zip, map: { 'x': y } }
  - { to: e, field: zip, map: { 'constructor': y } }`),
    ).toEqual({ a: 'own', b: 'two', c: 'other', d: '01234', e: '01234' });
  });

  test('leaves out what is empty, if it is told to', () => {
    const lead = { ...PARCEL, fields: { a: ' ', b: ' ' } };
    const sent = body(
      '  - { to: a, field: a }\n  - { to: b, field: b, as: [trim], omit_if_empty: true }',
      lead,
    );
    expect(sent).toEqual({ a: ' ' });
  });
});

describe('a request that says who we are', () => {
  const BODY = 'body: [{ to: zip, field: zip }]';
  const sentBy = (auth: string) => built(`auth: ${auth}\n${BODY}`);

  test.each([
    [
      '{ kind: basic, user: sluice, secret: env:KEY }',
      { authorization: `Basic ${btoa('sluice:s3cret key')}` },
    ],
    ['{ kind: bearer, secret: env:KEY }', { authorization: 'Bearer s3cret key' }],
    [
      "{ kind: header, name: X-Key, prefix: 'Key ', secret: env:KEY }",
      { 'x-key': 'Key s3cret key' },
    ],
  ])('by %s', (auth, headers) => {
    expect(sentBy(auth).headers).toMatchObject(headers);
  });

  test('by a key in the query', () => {
    const { url } = sentBy('{ kind: query, name: api_key, secret: env:KEY }');
    expect(new URL(url).searchParams.get('api_key')).toBe('s3cret key');
  });

  test('by an HMAC of its body, with or without the moment', () => {
    const plain = sentBy("{ kind: hmac, secret: env:KEY, header: X-Sig, prefix: 'sha256=' }");
    const of = (text: string) => createHmac('sha256', 's3cret key').update(text);
    expect(plain.headers['x-sig']).toBe(`sha256=${of('{"zip":"01234"}').digest('hex')}`);
    const timed = sentBy(
      '{ kind: hmac, secret: env:KEY, header: X-Sig, encoding: base64, timestamp_header: X-At }',
    );
    const seconds = String(GIVEN.nowMs / 1000);
    expect(timed.headers).toMatchObject({
      'x-at': seconds,
      'x-sig': of(`${seconds}.{"zip":"01234"}`).digest('base64'),
    });
  });

  test('names each secret that it needs, once', () => {
    const step = stepOf(`auth: { kind: bearer, secret: env:KEY }
headers: { X-A: { secret: env:A } }
body: [{ to: k, secret: env:KEY }, { to: b, secret: 'file:/run/b' }]`);
    expect(httpAdapter.secretRefs(step)).toEqual(['env:KEY', 'env:A', 'file:/run/b']);
  });
});

describe('a step is refused, with its place, that has', () => {
  test.each([
    ['no body', 'method: POST', ': wants body or template, and one of them only'],
    ['two values for one place', 'body: [{ to: a, value: 1 }, { to: a, value: 2 }]', 'body.1.to'],
    ['a value that has parts', 'body: [{ to: a, value: 1 }, { to: a.b, value: 2 }]', 'body.1.to'],
    [
      'a list that is a map',
      "body: [{ to: 'a[0]', value: 1 }, { to: a.b, value: 2 }]",
      'body.1.to',
    ],
    ['no path', "body: [{ to: 'a..b', value: 1 }]", 'body.0.to: wants a path'],
    ['a prototype', "body: [{ to: 'a.__proto__.b', value: 1 }]", 'body.0.to: __proto__'],
    ['two origins', 'body: [{ to: a, value: 1, field: zip }]', 'body.0.value: wants one of'],
    ['no origin', 'body: [{ to: a }]', 'body.0: wants one of field'],
    ['an unknown transform', 'body: [{ to: a, field: b, as: [rot13] }]', 'body.0.as.0'],
    ['an unknown fact', 'body: [{ to: a, fact: margin }]', 'body.0.fact'],
    ['a body in GET', 'method: GET\nbody: [{ to: a, value: 1 }]', 'format: of GET wants'],
    ['a form by template', "format: form\ntemplate: 'a={{ a }}'", 'template: goes with'],
    ['a name of no XML', "format: xml\nbody: [{ to: 'a b', value: 1 }]", 'body.0.to'],
    ['an attribute with parts', "format: xml\nbody: [{ to: '@a.b', value: 1 }]", 'body.0.to'],
    [
      'a secret in the open',
      "headers: { Authorization: 'Bearer x' }\nbody: [{ to: a, value: 1 }]",
      '',
    ],
    ['a secret itself', 'auth: { kind: bearer, secret: hunter2 }\nbody: [{ to: a, value: 1 }]', ''],
    ['a template that does not compile', "template: '{{ a'", 'template: is no template'],
    ['one in a mapping', "body: [{ to: a, template: '{{ a' }]", 'body.0.template: is no template'],
  ])('%s', (_, yaml, says) => {
    const faults = faultsOf(yaml);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(says);
  });
});
