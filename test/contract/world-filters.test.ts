// Every mistake that a filter may hold is told at its place: names, operators, values, patterns.

import { describe, expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { spoil } from './world-document.ts';

type Text = string | RegExp;

/** Filters as the contract's `filter`, and where in it the mistake is. */
const filters: [filter: unknown, at: string, says: Text, fix?: Text][] = [
  [{}, '', 'wants exactly one of all, any, not, or field with an operator'],
  [{ all: [], any: [] }, '', /^wants exactly one of/],
  [{ all: [], is: 1 }, '', 'is stands beside a field only'],
  [{ field: 'state' }, '', /^wants exactly one operator: is, is_not/],
  [{ field: 'state', is: 'TX', in: ['OK'] }, '', /^wants exactly one operator/],
  [{ field: 'state', equals: 'TX' }, '.equals', 'is not a setting'],
  [
    { all: [{ any: [{ field: 'stat', is: 'TX' }] }] },
    '.all[0].any[0].field',
    /^"stat" is neither a field/,
    'did you mean state?',
  ],
  [
    { not: { field: 'age', contains: '4' } },
    '.not.contains',
    '"age" is a number; "contains" wants text',
  ],
  [
    { field: 'state', at_least: 4 },
    '.at_least',
    '"state" is a state; "at_least" wants a number or a date',
  ],
  [
    { field: 'zip', in: ['78704', 2134] },
    '.in[1]',
    '"zip" is a zip; 2134 is no text',
    'put it in quotes: "2134"',
  ],
  [{ field: 'zip', is: '2134' }, '.is', '"zip" is a zip; "2134" does not have five digits'],
  [{ field: 'state', is: 'Texas' }, '.is', /is not a code of two letters$/],
  [{ field: 'service', is: 'roofin' }, '.is', /is none of its values$/, 'did you mean roofing?'],
  [{ field: 'dob', at_most: '1984-02-30' }, '.at_most', /is no date such as 1984-03-02$/],
  [{ field: 'homeowner', is: 'yes' }, '.is', /is neither true nor false$/],
  [{ field: 'score', at_least: 'high' }, '.at_least', /is no number$/],
  [{ field: 'source', is: 'acne' }, '.is', /is none of its values$/, 'did you mean acme?'],
  [{ field: 'phone', matches: '(?=x)' }, '.matches', /^is no RE2 pattern/],
  [{ field: 'phone', matches: '(' }, '.matches', /^is no RE2 pattern/],
  [{ field: 'zip', in: [] }, '.in', 'wants at least 1 entries'],
  [{ field: 'zip', exists: 'no' }, '.exists', 'wants true or false, not text'],
  [{ field: 'zip', is: null }, '.is', 'wants text, a number, true or false'],
  [nested(10), '.not'.repeat(10), 'is nested deeper than 10 levels'],
  [
    { all: Array(3).fill({ all: Array(200).fill({ field: 'zip', exists: true }) }) },
    '',
    'has more than 500 tests',
  ],
];

function nested(levels: number): unknown {
  return levels === 0 ? { field: 'zip', exists: true } : { not: nested(levels - 1) };
}

describe('tells', () => {
  test.for(filters)('%j', ([filter, at, says, fix]) => {
    const parsed = parseWorld(spoil('contracts.apex_auto.filter', filter));
    const matching = (text: Text): unknown =>
      typeof text === 'string' ? text : expect.stringMatching(text);
    const issue = { path: `contracts.apex_auto.filter${at}`, says: matching(says) };
    const expected = fix === undefined ? issue : { ...issue, fix: matching(fix) };
    const errors = parsed.ok ? [] : parsed.errors;
    expect(errors).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
  });
});
