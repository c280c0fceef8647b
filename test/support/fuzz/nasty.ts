// Texts and bodies that break what was not thought of. Each text carries the canary, which no line
// of a log may hold.

import fc from 'fast-check';

/** Stands in for a person and for a secret. */
export const CANARY = 'canary4711';

const TEXTS = [
  ...['\0', '\u0000null', '\ud800', '\udfff\ud800', '\ufeff', '\u202e', '\u200b\u200d', '\u2028'],
  ...[
    '\x1b[31m',
    '\x7f',
    '\r\nSet-Cookie: a=b',
    '\n\n',
    '\t',
    '𝔄𝔫𝔫',
    'Ｆｕｌｌ',
    'ﷺ',
    'ß',
    'İ',
    'e\u0301',
  ],
  ...['<script>alert(1)</script>', '"><img src=x>', '&amp;&lt;', ']]>', '<!--', '%00', '%', '%ff'],
  ...[
    "' or 1=1 --",
    '"; drop table leads; --',
    '$1',
    '${7*7}',
    '{{7*7}}',
    '../../etc/passwd',
    '\\',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '[object]'],
  ...[
    'NaN',
    'Infinity',
    '-0',
    '1e999',
    '0x10',
    '99999999999999999999',
    '-1',
    '1,5',
    'null',
    'true',
  ],
  ...['=1+1', '@SUM(1)', '+15125550142', '2026-02-30', '0000-00-00', '+275760-09-13', '24:00'],
];

/** Short ones, and now and then a long one. */
export const nastyText: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom(...TEXTS) },
    { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    { weight: 1, arbitrary: fc.constantFrom('a'.repeat(5_000), '\u202e'.repeat(300)) },
  )
  .chain((text) => fc.constantFrom(text, text + CANARY, CANARY + text));

/** As it may come in an address: no two clients escape alike. */
export const nastyPath: fc.Arbitrary<string> = fc.oneof(
  nastyText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 2_000) || 'x'),
  fc.constantFrom('%', '%zz', '%ff', '%00', '..%2f..', '.', '..', '%2e%2e', '*', ';a=b', '%F0%9F'),
);

export interface Body {
  readonly bytes: Uint8Array;
  /** Undefined: no Content-Type is sent. */
  readonly type: string | undefined;
}

const bomb = (open: string, close: string, depth: number) =>
  open.repeat(depth) + close.repeat(depth);

/** Bodies that are no lead of anybody, as text. */
const WRONG_BODIES: readonly (() => string)[] = [
  ...[() => '', () => ' ', () => 'null', () => '[]', () => '"a"', () => '0', () => '{', () => '\0'],
  ...[() => '{"a":1e999}', () => '{"a":NaN}', () => "{'a':1}", () => '{"a":1,}', () => '{} {}'],
  () => '{"campaign":"auto_insurance","campaign":"home","fields":{},"fields":{"zip":"1"}}',
  () => '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}',
  () => bomb('[', ']', 60_000),
  () => bomb('{"a":', '}', 20_000),
  () => `{"fields":${bomb('{"a":', '}', 500)}}`,
  () => `{${Array.from({ length: 5_000 }, (_, n) => `"f${n}":${n}`).join()}}`,
  () => `{"a":[${'0,'.repeat(30_000)}0]}`,
  () => `{"a":"${CANARY}${'x'.repeat(60_000)}"}`,
  () => `{"a":${'9'.repeat(50_000)}}`,
  () => Array.from({ length: 5_000 }, (_, n) => `f${n}=${n}`).join('&'),
  () => 'a='.repeat(20_000),
  () => `${'a&'.repeat(30_000)}a`,
  () => `a[b][c]=1&a.b.c=2&a[]=3&${'a.'.repeat(2_000)}a=1`,
  ...[() => '%', () => 'a=%', () => 'a=%ff%fe', () => '&&==&', () => `=${CANARY}`],
  () => `<a>${bomb('<b>', '</b>', 10_000)}</a>`,
  () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  () => '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
  () => '<?xml version="1.0" encoding="UTF-16"?><a><b>1</b></a>',
  ...[() => '<a><b></a></b>', () => '<a', () => '<a/>', () => '<a>1</a><b>2</b>', () => '<>'],
  () => `<a>${'<b>1</b>'.repeat(5_000)}</a>`,
  () => '<a><![CDATA[</a>]]><__proto__>1</__proto__><toString>2</toString></a>',
  () => `<a ${'b="c" '.repeat(3_000)}/>`,
  () => '&#1;&#xffffff;&#x0;<a>&#55296;</a>',
];

const LINE = '\r\n';
const part = (name: string, value: string) =>
  `--b${LINE}Content-Disposition: form-data; name="${name}"${LINE}${LINE}${value}${LINE}`;
const WRONG_PARTS: readonly (() => string)[] = [
  () => part('zip', '1'),
  () => part('zip', CANARY).slice(0, 40),
  () => `${part('a'.repeat(20_000), '1')}--b--`,
  () => `${part('zip', 'x'.repeat(20_000))}--b--`,
  () => `${part('__proto__', '1')}${part('zip"; filename="a.txt', '1')}--b--`,
  () => `${Array.from({ length: 5_000 }, () => part('a', '1')).join('')}--b--`,
  () => `--b${LINE}Content-Disposition: form-data${LINE}${LINE}1${LINE}--b--`,
  () => `--b${LINE}${'X: y'.repeat(30_000)}${LINE}${LINE}1${LINE}--b--`,
  () => `--b${LINE}: : :${LINE}\0${LINE}${LINE}--b--`,
  () => '--b--',
];

export const TYPES = [
  ...['application/json', 'application/x-www-form-urlencoded', 'text/xml', 'application/xml'],
  ...['multipart/form-data; boundary=b', 'multipart/form-data', 'text/csv', 'text/plain'],
  ...['application/yaml', 'application/merge-patch+json', 'application/json; charset=utf-16'],
  ...['application/json;charset=latin1', ';', 'json', '*/*', 'application/x-www-form-urlencoded;'],
];
const type = fc.oneof(fc.constantFrom(...TYPES), fc.constant(undefined));

const encoded = fc.constantFrom<(text: string) => Uint8Array>(
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => Buffer.from(`${text}é`, 'latin1'),
  (text) => Buffer.from(text).subarray(0, text.length / 2),
  (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0])]),
);

/** A body that fits nothing. */
export const wrongBody: fc.Arbitrary<Body> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...WRONG_BODIES), encoded, type)
      .map(([make, encode, type]) => ({ bytes: encode(make()), type })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...WRONG_PARTS)
      .map((make) => ({ bytes: Buffer.from(make()), type: 'multipart/form-data; boundary=b' })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.uint8Array({ maxLength: 300 }), type).map(([bytes, type]) => {
      return { bytes, type };
    }),
  },
);

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  ...[{}, {}, {}, { Accept: 'image/png' }, { Accept: ';q=,,' }, { 'Content-Encoding': 'gzip' }],
  ...[{ 'Content-Encoding': 'br, deflate' }, { Origin: 'null' }, { Host: '' }],
  ...[{ 'X-Request-Id': `${CANARY}@a` }, { Cookie: `a=${CANARY}` }, { Range: 'bytes=0-' }],
  ...[{ 'Idempotency-Key': 'é' }, { 'Idempotency-Key': 'k'.repeat(300) }, { 'If-Match': '*' }],
  ...[
    { 'If-Match': '"nothing"' },
    { 'X-HTTP-Method-Override': 'DELETE' },
    { Authorization: CANARY },
  ],
  { Authorization: `Bearer ${CANARY}` },
  { 'X-Hub-Signature-256': `sha256=${CANARY}`, 'X-Li-Signature': CANARY, X_KEY: CANARY },
  { 'Tiktok-Signature': `t=1,s=${CANARY}`, Access_Token: CANARY, Referer: 'http://[' },
];

export const nastyHeaders = fc.constantFrom(...HEADERS);

/** A value of JSON with something in it changed, taken away or added. */
export function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const other = fc.oneof(nastyText, fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined));
  return fc.tuple(value, fc.nat(), other, fc.string()).map(([whole, at, put, name]) => {
    const copy = structuredClone(whole);
    const places = placesIn(copy);
    const [holder, key] = places[at % Math.max(1, places.length)] ?? [];
    if (!holder || key === undefined) return put;
    if (at % 5 === 0 && !Array.isArray(holder)) holder[name] = put;
    else holder[key] = put;
    return copy;
  });
}

type Holder = Record<string, unknown>;

function placesIn(value: unknown): [holder: Holder, key: string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key], ...placesIn(holder[key])]);
}
