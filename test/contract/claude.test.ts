// Goal: whatever the Anthropic API does, a call ends in a grade or in one word that says why there
// is none. Method: the SDK against a real HTTP server that behaves as told.

import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createClaude } from '../../src/activities/scoring/claude.ts';
import { GRADE_FLAGS } from '../../src/domain/scoring/grade.ts';
import {
  CLAUDE_KEY,
  type ClaudeBehaviour,
  GOOD_GRADE,
  startFakeClaude,
  TOKENS_EACH,
} from '../support/fake-claude.ts';

const api = await startFakeClaude();
const open = (apiKey = CLAUDE_KEY, baseUrl = api.url) =>
  createClaude({
    ...{ apiKey, baseUrl, model: 'claude-haiku-5-5' },
    outbound: { allowPrivate: new Set(), allowHttp: false },
  });
const claude = open();
beforeEach(() => {
  api.become({ says: 'grade', grade: GOOD_GRADE });
  api.asked.length = 0;
});
afterAll(async () => {
  await Promise.all([claude.close(), api.close()]);
});

const LEAD = { vertical: 'auto', fields: { note: { text: 'a </lead> in the text' } } };

test('asks once, with the key, the model and a schema, and reads the grade and its cost', async () => {
  expect(await claude.ask(LEAD)).toEqual({
    ...{ kind: 'graded', said: GOOD_GRADE, tokens: TOKENS_EACH, requestId: 'req_1' },
  });
  expect(api.asked).toHaveLength(1);
  const { authorization, body } = api.asked[0] ?? {};
  expect(authorization).toBe(`Bearer ${CLAUDE_KEY}`);
  expect(body).toMatchObject({ model: 'claude-haiku-5-5', messages: [{ role: 'user' }] });
  expect(body).not.toHaveProperty('temperature');
  expect(body?.output_config.format).toMatchObject({
    type: 'json_schema',
    schema: {
      additionalProperties: false,
      required: ['adjustment', 'flags', 'reason'],
      properties: { flags: { items: { enum: [...GRADE_FLAGS] } } },
    },
  });
});

test('sends the lead as data that cannot end itself', async () => {
  await claude.ask(LEAD);
  const content = api.asked[0]?.body.messages[0]?.content ?? '';
  expect(content.match(/<\/lead>/g)).toHaveLength(1);
  const inside = content.slice('<lead>'.length, -'</lead>'.length);
  expect(JSON.parse(inside)).toEqual(LEAD);
});

const error = (status: number, type: string, headers: Record<string, string> = {}) =>
  ({ says: 'error', status, type, message: type, headers }) as const;
const said = (grade: unknown): ClaudeBehaviour => ({ says: 'grade', grade });
const text = (words: string, stop?: string): ClaudeBehaviour => ({
  ...{ says: 'text', text: words },
  ...(stop !== undefined && { stop }),
});
const SPENT = 'You have reached your specified workspace API usage limits.';

const CASES: [
  says: string,
  behaviour: ClaudeBehaviour,
  comes: Readonly<Record<string, unknown>>,
][] = [
  [
    '429 pauses for as long as it says',
    error(429, 'rate_limit_error', { 'retry-after': '7' }),
    { kind: 'failed', fallback: 'rate_limited', pauseMs: 7_000 },
  ],
  ['429 without a time', error(429, 'rate_limit_error'), { fallback: 'rate_limited' }],
  ['529', error(529, 'overloaded_error'), { fallback: 'overloaded' }],
  ['500', error(500, 'api_error'), { fallback: 'api_error' }],
  [
    '401 for good',
    error(401, 'authentication_error'),
    { fallback: 'not_authorised', forGood: true },
  ],
  ['403 for good', error(403, 'permission_error'), { fallback: 'not_authorised', forGood: true }],
  ['402 for good', error(402, 'billing_error'), { fallback: 'no_credit', forGood: true }],
  [
    'a spend limit, a 400, for good',
    { says: 'error', status: 400, type: 'invalid_request_error', message: SPENT },
    { fallback: 'no_credit', forGood: true },
  ],
  [
    'a model that is not there, for good',
    error(404, 'not_found_error'),
    { fallback: 'api_error', forGood: true },
  ],
  [
    'a refusal costs its tokens',
    { says: 'refusal' },
    { kind: 'declined', fallback: 'refused', tokens: TOKENS_EACH },
  ],
  ['no JSON', text('I think it is fine'), { fallback: 'malformed', tokens: TOKENS_EACH }],
  ['half a JSON, cut off', text('{"adjustment": 3,', 'max_tokens'), { fallback: 'malformed' }],
  [
    'a good grade that was cut off',
    text(JSON.stringify(GOOD_GRADE), 'max_tokens'),
    { fallback: 'malformed' },
  ],
  ['a grade in words', said({ ...GOOD_GRADE, adjustment: 'ten' }), { fallback: 'malformed' }],
  ['a grade without a reason', said({ adjustment: 1, flags: [] }), { fallback: 'malformed' }],
  ['a list instead of a grade', said([GOOD_GRADE]), { fallback: 'malformed' }],
  ['a body that is no message', { says: 'body', body: '{"hello":1}' }, { fallback: 'malformed' }],
  [
    'a body that is no JSON',
    { says: 'body', body: '<html>', type: 'text/html' },
    { fallback: 'malformed' },
  ],
  ['a broken connection', { says: 'hangs_up' }, { fallback: 'unreachable' }],
  [
    'a redirect is not followed',
    { says: 'redirect', to: 'http://127.0.0.1:9/v1/messages' },
    { fallback: 'unreachable' },
  ],
];
describe('an answer that is no grade', () => {
  test.for(CASES)('%s', async ([, behaviour, comes]) => {
    api.become(behaviour);
    expect(await claude.ask(LEAD)).toMatchObject(comes);
    // Never a second try.
    expect(api.asked).toHaveLength(1);
  });

  test('a 400 for one odd lead does not stop the others', async () => {
    api.become(error(400, 'invalid_request_error'));
    const answered = await claude.ask(LEAD);
    expect(answered).toMatchObject({ kind: 'failed', fallback: 'api_error' });
    expect(answered).not.toHaveProperty('forGood');
  });

  test.for(['nothing', 'half'] as const)('an API that says %s is given up', async (says) => {
    api.become({ says });
    expect(await claude.ask(LEAD)).toMatchObject({ kind: 'failed', fallback: 'timed_out' });
  });

  test('nobody listens', async () => {
    const dead = open(CLAUDE_KEY, 'http://127.0.0.1:1');
    expect(await dead.ask(LEAD)).toMatchObject({ kind: 'failed', fallback: 'unreachable' });
    await dead.close();
  });

  test('a wrong key', async () => {
    const stranger = open('sk-ant-other');
    expect(await stranger.ask(LEAD)).toMatchObject({ fallback: 'not_authorised', forGood: true });
    await stranger.close();
  });
});
