// Goal: no answer throws, and none is accepted that the accept rules did not grant.
// Method: hostile bodies and every fixture body, cut at every place, against all presets; and a
// judge that knows one simple set of rules and reads answers by other means than the reader.

import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { IncomingReply } from '../../../src/delivery/adapter.ts';
import { readAnswer } from '../../../src/delivery/answers/read.ts';
import type { Platform } from '../../../src/delivery/presets/buyers/platform.ts';
import { PLATFORMS } from '../../../src/delivery/presets/buyers/platforms.ts';
import { type AnswerPreset, answers, is } from '../../../src/delivery/presets/preset.ts';
import type { AnswerRules, ReadAnswer } from '../../../src/domain/delivery/answer.ts';
import { budget, limitMs } from '../../support/fuzz/budget.ts';
import { CASES, replyOf } from './cases.ts';

const PHASES = ['ping', 'post'] as const;
const ALL: readonly AnswerPreset[] = Object.values(PLATFORMS).map(({ answers }) => answers);

const SIMPLE = answers({
  errorIf: [is('status', 'error')],
  rejectIf: [is('status', 'no')],
  acceptIf: [is('status', 'yes')],
  price: { path: 'price', unit: 'dollars' },
  reference: 'id',
  reason: 'why|why.*',
  capture: { note: 'note' },
});

const word = fc.constantFrom(
  'yes',
  'YES',
  ' yes ',
  'no',
  'error',
  'yesterday',
  'not yes',
  '',
  'нет',
);
const odd = fc.oneof(
  word,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.bigInt().map((whole) => whole.toString()),
  fc.constantFrom(null, true, false, [], {}, ['yes'], { '#text': 'yes' }, '\u0000yes', '\ud800'),
);
const record = fc.dictionary(
  fc.constantFrom('status', 'Status', 'price', 'id', 'why', 'note', '__proto__', 'constructor'),
  odd,
);
const json = record.map((value) => JSON.stringify(value));
const twice = fc.tuple(word, word).map((pair) => `{${pair.map(statusOf).join(',')}}`);
const xml = fc
  .array(fc.tuple(fc.constantFrom('status', 'price', 'id', 'why', 'x'), word), { maxLength: 6 })
  .map((parts) => parts.map(([name, text]) => `<${name}>${text}</${name}>`).join(''));
const deep = fc
  .tuple(fc.integer({ min: 1, max: 6_000 }), fc.constantFrom('[', '{"status":', '<status>'))
  .map(([times, open]) => open.repeat(times));
const hostile = fc.constantFrom(
  '<!DOCTYPE r [<!ENTITY a "yes">]><r><status>&a;</status></r>',
  '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><status>&a;</status>',
  '<status>y&#101;s</status><status>no</status>',
  '<html><body>{"status":"yes"}</body></html>',
  `<!--${'<!-- -->'.repeat(5_000)}`,
  '"yes"',
  'status=yes',
  '\uFEFF{"status":"yes"}',
);
const body = fc.oneof(
  json,
  twice,
  xml,
  xml.map((inner) => `<r>${inner}</r>`),
  deep,
  hostile,
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .tuple(fc.constantFrom(...CASES.platform_cases), fc.nat({ max: 200 }), odd)
    .map(([{ http }, at, put]) => `${http.body.slice(0, at)}${String(put)}${http.body.slice(at)}`),
);
const reply: fc.Arbitrary<IncomingReply> = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 404, 409, 429, 500, 503),
  body,
  headers: fc.constantFrom(
    {},
    { 'content-type': 'application/json' },
    { 'content-type': 'text/xml; charset=utf-8' },
    { 'content-type': 'text/html' },
    { 'content-type': ';;', 'retry-after': 'tomorrow' },
  ),
});

function statusOf(text: string): string {
  return `"status":${JSON.stringify(text)}`;
}

/** Reads by other means: the last status of a JSON object, or the parts of a short text. */
function mayBeAccepted({ status, body: raw }: IncomingReply): boolean {
  if (status >= 500) return false;
  const text = raw.replace(/^\uFEFF/, '').trim();
  if (text.startsWith('{')) {
    const found = jsonStatus(text);
    return typeof found === 'string' && found.trim().toLowerCase() === 'yes';
  }
  // A text part, or an element (of several one is enough) outside of a document type.
  return !text.includes('<!') && /(?:^|[^\w.-])status(?:\s*[=:]\s*|>\s*)y(?:e|&#101;)s/i.test(text);
}

function jsonStatus(text: string): unknown {
  try {
    const found = (JSON.parse(text) as { status?: unknown }).status;
    const isMarked = typeof found === 'object' && found !== null && '#text' in found;
    const [first] = Array.isArray(found) ? (found as unknown[]) : [];
    return isMarked ? found['#text'] : (first ?? found);
  } catch {
    return undefined;
  }
}

function expectClean(read: ReadAnswer) {
  const texts = [
    read.bidId,
    read.reference,
    read.reason,
    read.redirectUrl,
    read.captures?.['note'],
  ];
  for (const text of texts) {
    if (text === undefined) continue;
    expect(text).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    expect(text.length).toBeLessThanOrEqual(2_000);
  }
  for (const cents of [read.priceCents, ...(read.legs ?? []).map((leg) => leg.priceCents)]) {
    if (cents !== undefined) expect(Number.isSafeInteger(cents) && cents >= 0).toBe(true);
  }
}

test('no answer throws, and every text of it is clean', { timeout: limitMs }, () => {
  const reads = fc.property(reply, (given) => {
    for (const preset of [...ALL, { ping: SIMPLE, post: SIMPLE }]) {
      for (const phase of PHASES) {
        expectClean(readAnswer(given, preset[phase] ?? preset.post, phase));
      }
    }
  });
  fc.assert(reads, budget(120));
});

test('nothing is accepted that the rules did not grant', { timeout: limitMs }, () => {
  let accepted = 0;
  const grants = fc.property(reply, (given) => {
    const read = readAnswer(given, SIMPLE, 'post');
    if (read.verdict !== 'accepted') return;
    accepted += 1;
    expect(read.by).toBe('accept_if[0]');
    expect(mayBeAccepted(given), given.body.slice(0, 300)).toBe(true);
  });
  fc.assert(grants, budget(1_000));
  expect(accepted).toBeGreaterThan(0);
});

test('an answer cut off anywhere is never a sale and never a refusal', { timeout: limitMs }, () => {
  for (const { http, platform, phase } of CASES.platform_cases) {
    const preset = (PLATFORMS as Readonly<Record<string, Platform>>)[platform]?.answers;
    const { acceptIf, ...rest } = preset?.[phase] ?? SIMPLE;
    // Rules that would jump at anything that can be read.
    const rules: AnswerRules = {
      ...rest,
      acceptIf: [...acceptIf, { on: 'body', op: 'matches', value: '.' }],
      otherwise: 'reject',
    };
    for (let end = 0; end < http.body.length; end += 1) {
      const read = readAnswer(replyOf({ ...http, body: http.body.slice(0, end) }), rules, phase);
      expect(['unknown', 'error'], `${platform}: ${http.body.slice(0, end)}`).toContain(
        read.verdict,
      );
      expect(read.definite).toBe(false);
    }
  }
});
