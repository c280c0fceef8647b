// Goal: the traps of buyers' answers, each read as docs/reference/answers.md says.
// Method: one answer and one set of rules per line; the answers are those seen in the wild.

import { expect, test } from 'vitest';

import { readAnswer } from '../../../src/delivery/answers/read.ts';
import { PLATFORMS } from '../../../src/delivery/presets/buyers/platforms.ts';
import { answers, is } from '../../../src/delivery/presets/preset.ts';
import type { AnswerRules, PriceRule } from '../../../src/domain/delivery/answer.ts';
import { cents } from '../../../src/domain/money.ts';

const RULES = answers({
  duplicateIf: [{ on: 'status', op: 'eq', value: 409 }],
  rejectIf: [is('status', 'Rejected')],
  acceptIf: [is('status', 'Accepted', 'matched')],
  reference: 'id',
});
const json = { 'content-type': 'application/json' };

function post(body: string, rules: AnswerRules = RULES, status = 200) {
  return readAnswer({ status, body, headers: json }, rules, 'post');
}

test.for([
  ['{"status":"Unmatched"}', 'T4 a word is compared whole'],
  ['{"status":"Not accepted"}', 'T4 a word is compared whole'],
  ['{"id":"L-1"}', 'T3 an id is not a sale'],
  ['<html><body>Accepted</body></html>', 'a web page announced as JSON'],
  ['<!-- x --><!DOCTYPE html><p>status: Accepted</p>', 'a web page behind a comment'],
  ['<?xml version="1.0"?><html><status>Accepted</status></html>', 'a web page that is XML'],
  ['{"status":"Accepted"', 'cut off'],
  ['{"status":"Accepted"}{', 'more than one JSON'],
  ['status=Accepted', 'text announced as JSON'],
  ['', 'nothing'],
  [' \r\n\t', 'nothing but blanks'],
])('%s is no sale: %s', ([body = '']) => {
  const read = post(body);
  expect(['unknown', 'error']).toContain(read.verdict);
  expect(read.definite).toBe(false);
});

test.for([
  ['error', 302],
  ['error', 404],
  ['error', 500],
  ['duplicate', 409],
] as const)('nothing but a status, %s for %i', ([verdict, status]) => {
  expect(post('', RULES, status)).toMatchObject({ verdict, definite: verdict === 'duplicate' });
});

test('a 5xx that says yes is not a sale, and one that says no is not a refusal', () => {
  for (const status of ['Accepted', 'Rejected']) {
    const read = post(JSON.stringify({ status }), RULES, 502);
    expect(read).toMatchObject({ verdict: 'error', by: 'HTTP 502', definite: false });
  }
});

test('only 204 is accepted without a body, and only by a rule about its status', () => {
  const rules = answers({ acceptIf: [{ on: 'status', op: 'in', value: [200, 201, 204] }] });
  expect(post('', rules, 204).verdict).toBe('accepted');
  expect(post('', rules, 200).verdict).toBe('unknown');
  expect(post('', rules, 201).verdict).toBe('unknown');
  expect(post('', RULES, 204).verdict).toBe('unknown');
});

test('the order of the groups decides, and not that of the answer', () => {
  const met = [{ on: 'status', op: 'eq', value: 200 }] as const;
  const rest = { errorIf: met, duplicateIf: met, invalidIf: met, rejectIf: met, pendingIf: met };
  const order = ['errorIf', 'duplicateIf', 'invalidIf', 'rejectIf', 'pendingIf'] as const;
  let rules = answers({ ...rest, acceptIf: met });
  const seen: string[] = [];
  for (const group of order) {
    seen.push(post('{}', rules).by);
    rules = { ...rules, [group]: [] };
  }
  seen.push(post('{}', rules).by);
  expect(seen).toEqual(
    ['error', 'duplicate', 'invalid', 'reject', 'pending', 'accept'].map((name) => `${name}_if[0]`),
  );
});

test('otherwise is what the contract says, never a sale, and never on a 4xx', () => {
  const verdicts = (['reject', 'error', 'in_doubt'] as const).map((otherwise) => {
    const rules = { ...RULES, otherwise };
    const ping = readAnswer({ status: 200, body: '{"status":"?"}' }, rules, 'ping');
    expect(post('{"status":"?"}', rules, 404)).toMatchObject({ verdict: 'error', definite: false });
    return [post('{"status":"?"}', rules).verdict, ping.verdict];
  });
  expect(verdicts).toEqual([
    ['rejected', 'no_bid'],
    ['error', 'error'],
    ['unknown', 'error'],
  ]);
});

test('"duplicate" in the text of a sale does not undo it', () => {
  const said = { result: 'success', msg: 'no duplicate found', lead_id: 7 };
  const read = post(JSON.stringify(said), PLATFORMS.leadspedia.answers.post);
  expect(read).toMatchObject({ verdict: 'accepted', reference: '7' });
  const refused = { result: 'failed', msg: 'Duplicate lead', lead_id: 7 };
  expect(post(JSON.stringify(refused), PLATFORMS.leadspedia.answers.post).verdict).toBe(
    'duplicate',
  );
});

test.for([
  ['{"a":{"b":[{"c":"x"},{"c":"y"}]}}', 'a.b[1].c', 'y'],
  ['{"a":{"b":[{"c":"x"},{"c":"y"}]}}', 'a.*.*.c', 'x'],
  ['{"a":{"b":[{"c":"x"},{"c":"y"}]}}', 'a.b.c', 'x'],
  ['[{"s":1}]', '[0].s', '1'],
  ['{"n":null,"e":"","z":"z"}', 'n|e|missing|z', 'z'],
  ['{"a.b":"x"}', "['a.b']", 'x'],
  ['{"id":"00012"}', 'id', '00012'],
  ['{"id":12345678901234567890}', 'id', '12345678901234567890'],
  ['<r><leg id="5">x</leg></r>', 'r.leg.@id', '5'],
  ['<r><leg id="5">x</leg></r>', 'r.leg[0]', 'x'],
  ['<r><leg>x</leg><leg>y</leg></r>', 'r.leg[1]', 'y'],
  ['<r><leg>x</leg></r>', 'r.leg.*', 'x'],
  ['<r><u>https://a.example/?b=1&amp;c=2</u></r>', 'r.u', 'https://a.example/?b=1&c=2'],
  ['<r><u><![CDATA[a&amp;b]]></u></r>', 'r.u', 'a&amp;b'],
  ['ACCEPTED,https://a.example/?id=1', '[1]', 'https://a.example/?id=1'],
  ['success=1&id=a%20b', 'id', 'a b'],
  ['status: OK\nid: 7', 'id', '7'],
  ['accepted payout=6.75 id=4', 'payout', '6.75'],
  ['accepted payout=6.75 id=4', '/payout=([0-9.]+)/', '6.75'],
] as const)('%s at %s reads %s', ([body, path, text]) => {
  const rules = answers({ acceptIf: [{ on: 'body', op: 'matches', value: '.' }], reference: path });
  expect(readAnswer({ status: 200, body }, rules, 'post').reference).toBe(text);
});

test('an answer that is one word of JSON stands at $', () => {
  expect(post('"yes"', answers({ acceptIf: [is('$', 'yes')] })).verdict).toBe('accepted');
});

test.for([
  ['12.5', 1250],
  ['$1,250.00', 125_000],
  ['25.0000', 2_500],
  ['USD 3.10', 310],
  ['0', 0],
  ['12.505', 'unreadable'],
  ['12,50', 'unreadable'],
  ['-5', 'unreadable'],
  ['NaN', 'unreadable'],
  ['Infinity', 'over_ceiling'],
  ['1e3', 'unreadable'],
  ['0x10', 'unreadable'],
  ['1000000.01', 'over_ceiling'],
  ['99999999999999999999', 'over_ceiling'],
  ['twelve', 'unreadable'],
] as const)('T21 a price of %s is %s', ([text, wanted]) => {
  const rules = priced({ path: 'p', unit: 'dollars', strip: 'USD', fallbackCents: cents(999) });
  const read = post(JSON.stringify({ status: 'Accepted', p: text }), rules);
  expect(read.verdict).toBe('accepted');
  expect(read.priceCents ?? read.priceFault).toBe(wanted);
});

test.for([
  ['1250', 1250],
  ['1250.00', 1250],
  ['12.5', 'unreadable'],
  ['99', 'under_minimum'],
] as const)('%s in cents is %s', ([text, wanted]) => {
  const read = post(
    JSON.stringify({ status: 'Accepted', p: text }),
    priced({ path: 'p', unit: 'cents', minCents: cents(100) }),
  );
  expect(read.priceCents ?? read.priceFault).toBe(wanted);
});

function priced(price: PriceRule): AnswerRules {
  return { ...RULES, price };
}

test('texts are plain, bounded, and addresses are of the web', () => {
  const rules = answers({
    acceptIf: [is('ok', 'true')],
    reference: 'id',
    reason: 'why.*',
    redirectUrl: 'url',
    capture: { tier: 'tier', none: 'none' },
  });
  const said = {
    ok: true,
    id: `a\u0000b\ud800${'x'.repeat(2_000)}`,
    why: [' b ', 'a', 'a', '', null, { deep: 1 }],
    url: 'javascript:alert(1)',
    tier: 3,
  };
  const read = post(JSON.stringify(said), rules);
  expect(read.reference).toBe(`a b ${'x'.repeat(496)}`);
  expect(read).toMatchObject({ reason: 'a, b', captures: { tier: '3' } });
  expect(read.redirectUrl).toBeUndefined();
});

test('what RE2 does not read finds nothing, and a pattern takes no time', () => {
  const body = `{"status":"${'a'.repeat(200_000)}!"}`;
  for (const value of ['(?=a)', '(', '(a+)+$']) {
    const rules = answers({ acceptIf: [{ on: 'path', path: 'status', op: 'matches', value }] });
    expect(post(body, rules).verdict).toBe('unknown');
  }
});

test('the wait of a busy buyer is its own, else the one that was set', () => {
  const rules = { ...RULES, retryAfterS: 2 };
  const busy = (headers: Record<string, string>) =>
    readAnswer({ status: 429, body: '', headers }, rules, 'post').retryAfterS;
  expect([busy({}), busy({ 'retry-after': '30' }), busy({ 'retry-after': 'soon' })]).toEqual([
    2, 30, 2,
  ]);
});
