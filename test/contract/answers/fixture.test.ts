// Goal: buyers' answers are read as the fixture says, by rules and by the presets.
// Method: every case of the fixture, its rules in our words; only what a case lists is compared.

import { expect, test } from 'vitest';

import { PLATFORMS as PRESETS } from '../../../src/delivery/presets/buyers/platforms.ts';
import type { AnswerPreset } from '../../../src/delivery/presets/preset.ts';
import { readAnswer } from '../../../src/delivery/answers/read.ts';
import type { ReadAnswer } from '../../../src/domain/delivery/answer.ts';
import { parseDollars } from '../../../src/domain/money.ts';
import { answerRules } from '../../../src/world/schema/delivery/answer.ts';
import { CASES, replyOf, rulesOf } from './cases.ts';
import { RIVALS } from './rivals.ts';

const answers = Object.entries(PRESETS).map(([name, preset]) => [name, preset.answers] as const);
const PLATFORMS: Readonly<Record<string, AnswerPreset>> = {
  ...Object.fromEntries(answers),
  ...RIVALS,
};

const OUTCOMES: Readonly<Record<string, readonly ReadAnswer['verdict'][]>> = {
  success: ['accepted'],
  failure: ['rejected', 'duplicate', 'invalid'],
  error: ['error'],
  unknown: ['unknown'],
};

test('all cases are here', () => {
  expect([CASES.rule_cases.length, CASES.platform_cases.length]).toEqual([16, 43]);
});

test.for(CASES.rule_cases.map((each) => [each.id, each] as const))('rule: %s', ([, each]) => {
  const { rule, http, expected } = each;
  if (expected.setup === 'refused') {
    expect(Object.keys(rule)).toEqual([]);
    expect(answerRules.safeParse(rule).success).toBe(false);
    return;
  }
  const read = readAnswer(replyOf(http), rulesOf(rule, http), 'post');
  expect(OUTCOMES[expected.outcome ?? '']).toContain(read.verdict);
  if (expected.price === 0) expect(read.priceCents).toBeUndefined();
  else if (expected.price !== undefined) {
    expect(read.priceCents).toBe(parseDollars(expected.price));
  }
  if (expected.reference !== undefined) expect(read.reference).toBe(expected.reference);
  if (expected.reason !== undefined) expect(read.reason).toBe(expected.reason);
});

test.for(CASES.platform_cases.map((each) => [each.id, each] as const))('%s', ([, each]) => {
  const rules = PLATFORMS[each.platform]?.[each.phase];
  if (!rules) throw new Error(`no rules of ${each.platform} for a ${each.phase}`);
  const read = readAnswer(replyOf(each.http), rules, each.phase);
  expect(inTheirWords(read, each.expected)).toEqual(each.expected);
  if (each.phase === 'post' && each.http.status >= 500) expect(read.definite).toBe(false);
});

/** The parts that a case lists, money in dollars as it has them. */
function inTheirWords(read: ReadAnswer, expected: object) {
  const inDollars = (amount: number | undefined) => amount !== undefined && amount / 100;
  const theirs: Readonly<Record<string, unknown>> = {
    verdict: read.verdict,
    price: inDollars(read.priceCents),
    token: read.bidId,
    reference: read.reference,
    reason: read.reason,
    legs: read.legs?.map(({ bidId, priceCents }) => ({ id: bidId, price: inDollars(priceCents) })),
    retry_after_s: read.retryAfterS,
  };
  return Object.fromEntries(Object.keys(expected).map((name) => [name, theirs[name]]));
}
