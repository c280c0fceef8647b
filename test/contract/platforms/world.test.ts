// What a world may say of the doors of platforms, and what it is told otherwise.

import { expect, test } from 'vitest';

import { parseWorld } from '../../../src/world/parse.ts';
import { smallDocument } from '../world-document.ts';

/** The errors of a world with one such door, by the place in the door. */
function errorsOf(door: object): Record<string, string> {
  const document = smallDocument() as { sources: { acme: object } };
  const whole = { campaign: 'auto', account: 'site', ...door };
  document.sources.acme = { ...document.sources.acme, doors: { here: whole } };
  const parsed = parseWorld(document);
  const errors = parsed.ok ? [] : parsed.errors;
  return Object.fromEntries(
    errors.map(({ path, says }) => [path.replace(/^sources.acme.doors.here.?/, ''), says]),
  );
}

const keys = [{ sha256: 'b'.repeat(64) }];
const linkedin = { client_secret_ref: 'env:A' };

const right: [what: string, door: object][] = [
  ['a form with nothing set', { format: 'form' }],
  ['a form', { format: 'form', form: { origins: ['https://a.example', 'http://localhost:8080'] } }],
  ['a webhook with a key', { format: 'webhook', keys }],
  ['a webhook by path', { format: 'webhook', keys, webhook: { paths: { zip: "$['a b'].c[3]" } } }],
  ['all forms of Google', { format: 'google', keys, account: '*' }],
  ['LinkedIn that only announces', { format: 'linkedin', linkedin }],
  [
    'LinkedIn',
    {
      format: 'linkedin',
      linkedin: { ...linkedin, token_ref: 'file:/t', version: '202601', base_url: 'http://a:1/b' },
    },
  ],
];
test.for(right)('%s is right', ([, door]) => expect(errorsOf(door)).toEqual({}));

const wrong: [what: string, door: object, at: string, says: RegExp][] = [
  ['a form with a key', { format: 'form', keys }, 'keys', /no password/],
  ['an account that is a path', { format: 'form', account: 'a/b' }, 'account', /in the address/],
  ['a webhook for anybody', { format: 'webhook' }, 'keys', /anybody/],
  ['Google without a key', { format: 'google' }, 'keys', /anybody/],
  ['Meta without secrets', { format: 'meta' }, 'meta', /missing/],
  ['what is another’s', { format: 'form', linkedin }, 'linkedin', /format form/],
  [
    'a path for no field',
    { format: 'webhook', keys, webhook: { paths: { zipp: '$.a' } } },
    'webhook.paths.zipp',
    /no field "zipp"/,
  ],
  [
    'a path that searches',
    { format: 'webhook', keys, webhook: { paths: { zip: '$..zip' } } },
    'webhook.paths.zip',
    /wants a path/,
  ],
  [
    'an origin with a path',
    { format: 'form', form: { origins: ['https://a.example/'] } },
    'form.origins[0]',
    /wants an origin/,
  ],
  [
    'a secret itself',
    { format: 'linkedin', linkedin: { client_secret_ref: 'hunter2' } },
    'linkedin.client_secret_ref',
    /never the secret/,
  ],
  [
    'a month that is none',
    { format: 'linkedin', linkedin: { ...linkedin, version: '202513' } },
    'linkedin.version',
    /a year and a month such as 202511/,
  ],
  [
    'an API with a query',
    { format: 'linkedin', linkedin: { ...linkedin, base_url: 'https://a.example/?b' } },
    'linkedin.base_url',
    /without \? and #/,
  ],
];
test.for(wrong)('%s is told', ([, door, at, says]) => {
  expect(errorsOf(door)).toMatchObject({ [at]: expect.stringMatching(says) });
});
