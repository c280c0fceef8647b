// The lookups of a world: the example of the guide, defaults, and what is said of every mistake.

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseWorld } from '../../../src/world/parse.ts';
import { lookupSettings } from '../../support/fake-lookups.ts';
import { guideExample } from '../../support/guide.ts';

const settings = lookupSettings('https://services.example');

const FIELDS = { phone: { type: 'phone' }, email: { type: 'email' }, zip: { type: 'zip' } };

function worldWith(lookups: object, more: { fields?: object; campaign?: object } = {}) {
  return parseWorld({
    sluice: 1,
    operators: { ada: { keys: [{ sha256: '0'.repeat(64) }] } },
    verticals: { auto: { fields: more.fields ?? FIELDS } },
    campaigns: { auto: { vertical: 'auto', routing: [], lookups, ...more.campaign } },
  });
}

const errorsOf = (...args: Parameters<typeof worldWith>) => {
  const verdict = worldWith(...args);
  return verdict.ok ? [] : verdict.errors;
};

test('the example of the guide is a world, with what was not written filled in', () => {
  const { campaigns } = parse(guideExample('lookups.md', 'lookups')) as {
    campaigns: { auto_insurance: { lookups: object } };
  };
  const verdict = worldWith(campaigns.auto_insurance.lookups);
  expect(verdict).toMatchObject({ ok: true });
  const lookups = verdict.ok ? verdict.world.campaigns['auto']?.lookups : undefined;
  expect(lookups).toMatchObject({
    phone: {
      ...{ service: 'twilio_lookup', secretRef: 'env:TWILIO_LOOKUP', waitMs: 600 },
      ...{ cacheMinutes: 30 * 24 * 60, perThousandCents: 800, onNoAnswer: 'accept' },
      ...{ onFinding: 'reject', onMissing: 'accept', field: null },
      options: { url: 'https://lookups.twilio.com', line_type: true },
    },
    email: { onFinding: 'flag', cacheMinutes: 90 * 24 * 60, waitMs: 800, onNoAnswer: 'flag' },
    certificate: { onMissing: 'reject', options: { retain: true, max_age_minutes: 1440 } },
    litigators: { onNoAnswer: 'reject' },
  });
});

test('every fake service has settings that make a world', () => {
  expect(errorsOf(settings)).toEqual([]);
});

const WRONG: [
  lookup: object,
  path: string,
  says: RegExp,
  more?: Parameters<typeof worldWith>[1],
][] = [
  [{ service: 'hlr' }, 'service', /wants twilio_lookup, email, trustedform, jornaya or scrub/],
  [{ ...settings.twilio, wait_ms: 6_000 }, 'wait_ms', /at most 5000/],
  [
    { ...settings.twilio, wait_ms: 900 },
    'wait_ms',
    /answered within 900 ms/,
    { campaign: { answer_within: '900ms' } },
  ],
  [{ ...settings.twilio, secret_ref: null }, 'secret_ref', /wants a key/],
  [{ ...settings.twilio, secret_ref: 'SK1:abc' }, 'secret_ref', /never the secret itself/],
  [{ ...settings.jornaya, secret_ref: 'env:X' }, 'secret_ref', /no key is sent/],
  [{ ...settings.twilio, field: 'fone' }, 'field', /no field of the vertical/],
  [{ ...settings.twilio, field: 'email' }, 'field', /is a email/],
  [settings.twilio, 'field', /no field of type phone/, { fields: { zip: { type: 'zip' } } }],
  [
    settings.twilio,
    'field',
    /which of them/,
    { fields: { home: { type: 'phone' }, work: { type: 'phone' } } },
  ],
  [{ ...settings.twilio, options: { uri: 'x' } }, 'options.uri', /is not a setting/],
  [
    { ...settings.twilio, options: { bad_line_types: ['fax'] } },
    'options.bad_line_types[0]',
    /wants landline/,
  ],
  [{ ...settings.twilio, options: { url: 'ftp://x.example' } }, 'options.url', /http or https URL/],
  [
    { ...settings.email, options: { ...settings.email.options, url: 'https://x.example/v' } },
    'options',
    /wants the value in braces/,
  ],
  [
    { ...settings.email, options: { ...settings.email.options, url: 'https://x.example/{ssn}' } },
    'options.url',
    /may hold \{email\} only/,
  ],
  [
    { ...settings.scrub, options: { ...settings.scrub.options, url: 'https://{e164}.example/' } },
    'options.url',
    /braces behind the host only/,
  ],
  [
    { ...settings.scrub, options: { ...settings.scrub.options, auth: { in: 'header' } } },
    'options.auth',
    /want a name/,
  ],
  [{ ...settings.email, options: undefined }, 'options', /missing/],
  [{ ...settings.jornaya, options: {} }, 'options.account', /missing/],
];

describe('what is wrong is said', () => {
  test.for(WRONG)('%j at %s', ([lookup, path, says, more]) => {
    const errors = errorsOf({ it: lookup }, more);
    expect(errors).toEqual([
      expect.objectContaining({
        path: `campaigns.auto.lookups.it.${path}`,
        says: expect.stringMatching(says) as string,
      }),
    ]);
  });
});
