// Goal: rules that cannot work, or would sell anything, are refused where they are written.
// Method: what an operator writes, and the place and words of the refusal.

import { expect, test } from 'vitest';

import { answerRules } from '../../../src/world/schema/delivery/answer.ts';

const accept = (rule: object) => ({ accept_if: [rule] });
const YES = { path: 'status', value: 'yes' };

test('what is left out has a default that sells nothing', () => {
  expect(answerRules.parse(accept(YES))).toEqual({
    parseAs: 'auto',
    errorIf: [],
    duplicateIf: [],
    invalidIf: [],
    rejectIf: [],
    pendingIf: [],
    acceptIf: [{ on: 'path', path: 'status', op: 'ieq', value: 'yes' }],
    otherwise: 'in_doubt',
  });
});

test.for([
  ['no rule', {}, 'accept_if', 'Invalid input'],
  ['no rule that accepts', { accept_if: [] }, 'accept_if', 'at least one rule'],
  ['acceptance by default', { ...accept(YES), otherwise: 'accept' }, 'otherwise', 'reject'],
  ['an unknown key', { ...accept(YES), acceptif: [] }, '', 'acceptif'],
  ['a pattern', accept({ ...YES, op: 'matches', value: '(' }), 'accept_if.0.value', 'RE2'],
  ['look-around', accept({ ...YES, op: 'matches', value: '(?!no)' }), 'accept_if.0.value', 'RE2'],
  ['a path', { ...accept(YES), reason: 'a..b' }, 'reason', 'wants a path'],
  ['a pattern as path', { ...accept(YES), reason: '/(/' }, 'reason', 'wants a path'],
  ['no path', accept({ value: 'yes' }), 'accept_if.0.path', 'wants a path'],
  ['a path of a body', accept({ ...YES, on: 'body' }), 'accept_if.0.path', 'takes no path'],
  ['a header’s name', accept({ on: 'header', value: 'a' }), 'accept_if.0.name', 'its name'],
  ['a list for eq', accept({ ...YES, value: ['a'] }), 'accept_if.0.value', '`in`'],
  ['a word for in', accept({ ...YES, op: 'in' }), 'accept_if.0.value', 'list'],
  ['a word for gt', accept({ ...YES, op: 'gt' }), 'accept_if.0.value', 'number'],
  ['an id alone', accept({ path: 'id', op: 'exists' }), 'accept_if.0', 'no sale'],
  ['a no', accept({ path: 'ok', op: 'truthy', value: false }), 'accept_if.0', 'no sale'],
  ['any body', accept({ on: 'body', op: 'matches', value: '.*' }), 'accept_if.0', 'every answer'],
  ['any word', accept({ ...YES, op: 'matches', value: '.+' }), 'accept_if.0', 'every answer'],
  ['any status', accept({ on: 'status', op: 'gt', value: 99 }), 'accept_if.0', 'statuses'],
  [
    'a rule that must hold as well',
    accept({ ...YES, and: [{ path: 'x', op: 'matches', value: '[' }] }),
    'accept_if.0.and.0.value',
    'RE2',
  ],
] as const)('%s is refused at its place', ([, written, place, says]) => {
  const { error } = answerRules.safeParse(written);
  const issues = error?.issues.map(({ path, message }) => ({ at: path.join('.'), message }));
  expect(issues?.map(({ at }) => at)).toContain(place);
  expect(issues?.map(({ message }) => message).join(' ')).toContain(says);
});

test.for([
  ['a status that is named', { on: 'status', op: 'eq', value: 200 }],
  ['statuses that are named', { on: 'status', op: 'in', value: [200, 201] }],
  ['an id beside a word', { ...YES, and: [{ path: 'id', op: 'exists' }] }],
  ['an id of a shape', { path: 'id', op: 'matches', value: 'BCN[0-9]+' }],
] as const)('%s may accept', ([, rule]) => {
  expect(answerRules.safeParse(accept(rule)).error?.issues).toBeUndefined();
});
