// Paths name one place in a document, or are no paths.

import { expect, test } from 'vitest';

import { parsePath, valueAt } from '../../src/domain/world/value-path.ts';

const document = { a: { 'b c': [{ d: 0 }, null], length: 2 }, 'x.y': 1, list: ['p', 'q'] };

const found: [path: string, value: unknown][] = [
  ['$.a["b c"][0].d', 0],
  ["$['x.y']", 1],
  ['list[1]', 'q'],
  ['$.list[2]', undefined],
  ['$.a.b', undefined],
  ['$.list.length', undefined],
  ['$.a[0]', undefined],
  ['$.a.constructor', undefined],
  ['$.a.length', 2],
];
test.for(found)('%s is %j', ([path, value]) => {
  expect(valueAt(document, parsePath(path) ?? [])).toEqual(value);
});

test.for([
  '',
  '$.',
  '$..a',
  '.a',
  '$.a[*]',
  '$.a[?(@.b)]',
  '$.a b',
  '$.a[-1]',
  `$${'.a'.repeat(21)}`,
])('%j is no path', (path) => expect(parsePath(path)).toBeUndefined());
