// Goal: docs/reference/answers.md tells the truth.
// Method: its rules are parsed as a world's are, and read the answer that it shows.

import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { readAnswer } from '../../../src/delivery/answers/read.ts';
import { answerRules } from '../../../src/world/schema/delivery/answer.ts';
import { guideExample } from '../../support/guide.ts';

const PAGE = '../reference/answers.md';
const rules = answerRules.parse(parse(guideExample(PAGE, 'rules')));
const post = (body: string) => readAnswer({ status: 200, body }, rules, 'post');

test('the answer shown is read as the page says', () => {
  const page = readFileSync(new URL(`../../../docs/guides/${PAGE}`, import.meta.url), 'utf8');
  const shown = /```json\n(.*?)\n```/s.exec(page)?.[1] ?? '';
  expect(post(shown)).toEqual({
    verdict: 'accepted',
    by: 'accept_if[0]',
    definite: false,
    priceCents: 1_725,
    reference: '0009',
    captures: { tier: '2' },
  });
});

test.for([
  ['{"result":{"state":"refused","why":"Duplicate lead"}}', 'duplicate', 'Duplicate lead'],
  ['{"result":{"state":"refused","why":"cap"}}', 'rejected', 'cap'],
  ['{"result":{"state":"invalid"},"errors":[{"text":"b"},{"text":"a"}]}', 'invalid', 'a, b'],
  ['{"result":{"state":"In review"}}', 'pending', undefined],
  ['{"result":{"code":401}}', 'error', undefined],
  ['{"result":{"state":"what"}}', 'unknown', undefined],
] as const)('%s is %s', ([body, verdict, reason]) => {
  const read = post(body);
  expect([read.verdict, read.reason]).toEqual([verdict, reason]);
});
