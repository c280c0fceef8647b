// Goal: a part of a document is changed and the rest stays, byte for byte. Method: the examples of
// RFC 7396, and documents compared as text.

import { describe, expect, test } from 'vitest';

import { mergePatch, withEntry, withoutEntry, withPaused } from '../../src/world/edit.ts';
import { worldYaml } from '../../src/world/write.ts';
import { readWorldText } from '../../src/world/read.ts';

// RFC 7396, appendix A.
const examples: [original: unknown, patch: unknown, result: unknown][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];
test.for(examples)('%j patched with %j is %j', ([original, patch, result]) => {
  const before = JSON.stringify(original);
  expect(JSON.stringify(mergePatch(original, patch))).toBe(JSON.stringify(result));
  expect(JSON.stringify(original)).toBe(before);
});

describe('an entry', () => {
  const text = '{"paused":false,"buyers":{"b":{"z":1},"a":{}},"sluice":1}';
  const document: unknown = JSON.parse(text);
  const place = { section: 'buyers', id: 'b' } as const;

  test('keeps its place when it changes, and comes last when it is new', () => {
    const changed = JSON.stringify(withEntry(document, place, { z: 2 }));
    expect(changed).toBe(text.replace('"z":1', '"z":2'));
    const added = JSON.stringify(withEntry(document, { ...place, id: '_' }, {}));
    expect(added).toBe(text.replace('"a":{}', '"a":{},"_":{}'));
    expect(JSON.stringify(document)).toBe(text);
  });

  test('goes without a trace', () => {
    expect(JSON.stringify(withoutEntry(document, place))).toBe(text.replace('"b":{"z":1},', ''));
  });

  test('that is paused as wanted stays the very same', () => {
    expect(withPaused(document, false)).toBe(document);
    expect(JSON.stringify(withPaused(document, true))).toBe(text.replace('false', 'true'));
  });
});

test('a document written as YAML reads as the same document', () => {
  const document = {
    zip: '01234',
    hex: '0x1f',
    yes: 'yes',
    on: 'true',
    none: 'null',
    date: '2026-11-24',
    empty: '',
    lines: 'one\ntwo ',
    big: 1e21,
    pattern: '^(a|b): #1$',
    list: [{ a: 1 }, [], {}],
    twice: ['x'.repeat(200)],
  };
  const read = readWorldText(worldYaml(document), 'world.yaml');
  expect(read.ok && JSON.stringify(read.document)).toBe(JSON.stringify(document));
});
