// Whole numbers of JSON keep every digit, and nothing else changes.

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseJsonExactly } from '../../src/domain/fields/json-numbers.ts';

const facts: [text: string, value: unknown][] = [
  ['24900000000000003', '24900000000000003'],
  ['[-24900000000000003, 9007199254740991]', ['-24900000000000003', 9007199254740991]],
  [
    '{"a":"24900000000000003","24900000000000003":1}',
    { a: '24900000000000003', '24900000000000003': 1 },
  ],
  [
    '["\\"24900000000000003", "\\\\", 24900000000000003]',
    ['"24900000000000003', '\\', '24900000000000003'],
  ],
  ['1.2490000000000000312345', 1.2490000000000000312345],
  [
    '[24900000000000003.5, 24900000000000003e2, 1e-9]',
    [24900000000000003.5, 24900000000000003e2, 1e-9],
  ],
];
test.for(facts)('%s', ([text, value]) => expect(parseJsonExactly(text)).toEqual(value));

test('any other JSON is what it was', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJsonExactly(text)).toEqual(JSON.parse(text, digitsKept));
    }),
  );
});

test('what is no JSON throws, however long its quotes are', () => {
  expect(() => parseJsonExactly('"' + '\\"'.repeat(500_000))).toThrow(SyntaxError);
});

/** Numbers that are written as a whole number too long for a double come as text. */
function digitsKept(_: string, value: unknown): unknown {
  const isLong = typeof value === 'number' && !Number.isSafeInteger(value);
  return isLong && /^-?\d+$/.test(String(value)) ? String(value) : value;
}
