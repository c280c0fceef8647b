// Goal: a value that a source sent takes the normal form of its field's type, or is known not to.
// Method: a table of values with their forms, edges by hand, and arbitrary JSON for what is left.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { expect, test } from 'vitest';

import type { FieldType, Vertical } from '../../src/domain/world/world.ts';
import { normaliseFields } from '../../src/intake/fields.ts';
import { field, world } from './intake-world.ts';

interface Case {
  readonly id: string;
  readonly type: FieldType;
  readonly input: string;
  readonly normal: string | number | boolean | null;
  readonly check?: 'length';
}
const file = new URL('../fixtures/normaliser-cases.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

const oneField = (type: FieldType): Vertical => ({ name: 'one', fields: { it: field(type) } });

/** Every case of every type runs: one that was left out would be one that nobody knows about. */
const named = cases.map((one) => [`${one.id} ${one.type} ${JSON.stringify(one.input)}`, one]);
test.for(named as [string, Case][])(
  '%s has its normal form',
  ([, { type, input, normal, check }]) => {
    const of = { name: 'one', fields: { it: field(type, { ...(check && { check }) }) } };
    const read = normaliseFields(of, { it: input });
    const missing = input.trim() === '';
    expect(read).toEqual({
      kind: 'normal',
      fields: normal === null ? {} : { it: normal },
      problems:
        normal === null && !missing
          ? [{ field: 'it', reason: 'field_invalid', says: expect.stringMatching(/^not /) }]
          : [],
      unknownFields: [],
    });
  },
);

test.for((named as [string, Case][]).filter(([, { normal }]) => normal !== null))(
  '%s has the same normal form a second time',
  ([, { type, normal, check }]) => {
    const of = { name: 'one', fields: { it: field(type, { ...(check && { check }) }) } };
    expect(normaliseFields(of, { it: normal })).toMatchObject({ fields: { it: normal } });
  },
);

const scalars: [says: string, type: FieldType, sent: unknown, normal: unknown][] = [
  ['takes a number for a text', 'text', 42, '42'],
  ['takes a number for a phone', 'phone', 5125550142, '+15125550142'],
  ['takes a number for a ZIP code', 'zip', 78704, '78704'],
  ['takes 1 for yes', 'boolean', 1, true],
  ['keeps true', 'boolean', true, true],
  ['keeps a fraction', 'number', 2.5, 2.5],
  ['takes eight digits for a date', 'date', 19840302, '1984-03-02'],
  ['collapses the blanks of a text', 'text', '  Mary \t Ann\n', 'Mary Ann'],
  ['removes control characters from a text', 'text', 'Ann\u0000\u001b[2J', 'Ann [2J'],
  ['composes letters and accents', 'text', 'Rene\u0301', 'Ren\u00e9'],
  ['keeps a text of 1000 characters', 'text', 'a'.repeat(1000), 'a'.repeat(1000)],
  ['finds a choice in another letter case', 'choice', 'Full', 'full'],
  ['finds a choice with other separators', 'choice', 'Liability only', 'liability_only'],
];
test.for(scalars)('%s', ([, type, sent, normal]) => {
  const choices = type === 'choice' ? ['full', 'liability_only'] : [];
  const vertical = { name: 'one', fields: { it: field(type, { choices }) } };
  expect(normaliseFields(vertical, { it: sent })).toMatchObject({ fields: { it: normal } });
});

const invalid: [says: string, type: FieldType, sent: unknown][] = [
  ['a text of 1001 characters is invalid', 'text', 'a'.repeat(1001)],
  ['a phone of a hundred thousand digits is invalid, at once', 'phone', '5'.repeat(100_000)],
  ['a ZIP code whose leading zero JSON lost is invalid', 'zip', 2138],
  ['a number past every number is invalid', 'number', JSON.parse('1e999')],
  ['a value that is no choice is invalid', 'choice', 'third_party'],
];
test.for(invalid)('%s', ([, type, sent]) => {
  const choices = type === 'choice' ? ['full'] : [];
  const vertical = { name: 'one', fields: { it: field(type, { choices }) } };
  const problem = { field: 'it', reason: 'field_invalid' };
  expect(normaliseFields(vertical, { it: sent })).toMatchObject({
    fields: {},
    problems: [problem],
  });
});

const wrong: [says: string, type: FieldType, sent: unknown, error: object][] = [
  [
    'an object for a text is a wrong type',
    'text',
    { first: 'Ann' },
    { says: 'an object was sent' },
  ],
  ['a list for a phone is a wrong type', 'phone', ['512'], { says: 'a list was sent' }],
  ['true for a text is a wrong type', 'text', true, { says: 'a boolean was sent' }],
  ['a list for a number is a wrong type', 'number', [1], { fix: 'send a number' }],
  [
    'an id too long for JSON is refused, never rounded',
    'text',
    24900000000000004,
    { fix: 'send it as text' },
  ],
];
test.for(wrong)('%s', ([, type, sent, error]) => {
  expect(normaliseFields(oneField(type), { it: sent })).toMatchObject({
    kind: 'wrong_types',
    errors: [{ field: 'fields.it', ...error }],
  });
});

test('never throws and never invents a field, whatever is sent (seed 7)', () => {
  const vertical = world.verticals['auto'] as Vertical;
  const anything = fc.dictionary(
    fc.oneof(fc.constantFrom(...Object.keys(vertical.fields)), fc.string()),
    fc.jsonValue({ maxDepth: 3 }),
  );
  fc.assert(
    fc.property(anything, (raw) => {
      const read = normaliseFields(vertical, raw as Record<string, unknown>);
      if (read.kind === 'wrong_types') return read.errors.length > 0;
      return Object.keys(read.fields).every((name) => Object.hasOwn(vertical.fields, name));
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a plain American number is read as the library reads it', () => {
  const mark = fc.constantFrom('', ' ', '-', '.');
  const digits = (count: number) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count });
  const written = fc.tuple(
    ...[fc.constantFrom('', '1', '+1', '+1 ', '1-', '(', '1 ('), digits(3)],
    ...[fc.constantFrom('', ')', ') '), mark, digits(3), mark, digits(4)],
  );
  fc.assert(
    fc.property(written, (parts) => {
      const text = parts.map((part) => (Array.isArray(part) ? part.join('') : part)).join('');
      const library = parsePhoneNumberFromString(text, { defaultCountry: 'US', extract: false });
      const read = normaliseFields(oneField('phone'), { it: text });
      const number = read.kind === 'normal' ? read.fields['it'] : undefined;
      if (number !== undefined) expect(number).toBe(library?.number);
      else if (library?.countryCallingCode === '1') expect(isPlanned(library.number)).toBe(false);
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

/** By the shape of the numbering plan: from 200 on, neither N11 nor an area N9X or 555. */
function isPlanned(number: string): boolean {
  return /^\+1(?!\d11|555)[2-9][0-8]\d(?!\d11)[2-9]\d{6}$/.test(number);
}
