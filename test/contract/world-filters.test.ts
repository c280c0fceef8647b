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
  // Facts that follow from fields.
  [
    { field: 'local_hours', at_least: 8 },
    '.field',
    /is neither a field of the vertical nor one of .*local_hour/,
    'did you mean local_hour?',
  ],
  [
    { field: 'local_hour', in_zips: ['787*'] },
    '.in_zips',
    '"local_hour" is a number; "in_zips" wants a zip',
    'one of is, is_not, in, not_in, exists, at_least, at_most, above, below',
  ],
  [{ field: 'local_hour', at_least: '08:00' }, '.at_least', /"08:00" is no number$/],
  [{ field: 'local_weekday', is: 'monday' }, '.is', /"monday" is none of its values$/],
  [{ field: 'phone_type', in: ['mobil'] }, '.in[0]', /is none of/, 'did you mean mobile?'],
  // Places.
  [{ field: 'state', in_zips: ['787*'] }, '.in_zips', '"state" is a state; "in_zips" wants a zip'],
  [
    { field: 'zip', in_zips: ['787*', '787xx'] },
    '.in_zips[1]',
    /^"787xx" is neither/,
    'write 787*',
  ],
  [
    { field: 'zip', in_zips: ['78799-78700'] },
    '.in_zips[0]',
    '"78799-78700" ends before it begins',
    'write 78700-78799',
  ],
  [{ field: 'zip', in_zips: [10001] }, '.in_zips[0]', /^wants text, not/, 'put it in quotes'],
  [
    { field: 'state', within: { miles: 5, of: '78704' } },
    '.within',
    '"state" is a state; "within" wants a zip',
  ],
  [{ field: 'zip', within: { miles: 5 } }, '.within', 'wants of (a zip), or both lat and lon'],
  [{ field: 'zip', within: { miles: 5, lat: 30 } }, '.within', /^wants of/],
  [{ field: 'zip', within: { miles: 5, of: '78704', lat: 30, lon: -97 } }, '.within', /^wants of/],
  [{ field: 'zip', within: { of: '78704' } }, '.within.miles', 'is missing'],
  [{ field: 'zip', within: { miles: 0, of: '78704' } }, '.within.miles', /^wants/],
  [
    { field: 'zip', within: { miles: 12_437, of: '78704' } },
    '.within.miles',
    'wants at most 12436',
  ],
  [{ field: 'zip', within: { miles: 5, lat: 91, lon: 0 } }, '.within.lat', 'wants at most 90'],
  [{ field: 'zip', within: { miles: 5, of: '787' } }, '.within.of', /does not have five digits$/],
  [
    { field: 'zip', within: { miles: 5, of: '09001' } },
    '.within.of',
    'nobody knows where "09001" lies',
    'write lat and lon, or a zip near by',
  ],
  [
    { field: 'zip', in_region: ['south'] },
    '.in_region',
    '"zip" is a zip; "in_region" wants a state',
  ],
  [{ field: 'state', in_region: ['southwest'] }, '.in_region[0]', /^wants northeast, midwest/],
  // Keywords.
  [
    { field: 'dob', contains_any: ['1'] },
    '.contains_any',
    '"dob" is a date; "contains_any" wants text',
  ],
  [{ field: 'phone', contains_all: [] }, '.contains_all', 'wants at least 1 entries'],
  [{ field: 'phone', contains_any: [''] }, '.contains_any[0]', 'wants at least 1 characters'],
  [
    { field: 'phone', is: '1', whole_words: true },
    '',
    'whole_words stands beside contains, contains_any or contains_all only',
  ],
  [{ all: [], whole_words: true }, '', 'whole_words stands beside a field only'],
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

describe('a fact that follows from a field', () => {
  const fields: [name: string, fields: object, says: string, fix: string][] = [
    ['age', {}, 'a date field date_of_birth or dob, which is not there', 'add a date field'],
    ['state', {}, 'a zip field, which is not there', 'add a zip field to the vertical'],
    ['local_hour', {}, 'a zip or state field, which is not there', 'add a zip or state field'],
    ['local_weekday', {}, 'a zip or state field, which is not there', 'add a zip or state field'],
    ['phone_type', {}, 'a phone field, which is not there', 'add a phone field to the vertical'],
    [
      'phone_type',
      { home: { type: 'phone' }, work: { type: 'phone' } },
      'a phone field, and there are several',
      'call the one that counts "phone"',
    ],
    [
      'local_hour',
      { from_zip: { type: 'zip' }, to_zip: { type: 'zip' } },
      'a zip or state field, and there are several',
      'call the one that counts "zip"',
    ],
  ];
  test.for(fields)('%s is not there with fields %j', ([name, fields, says, fix]) => {
    const whole = spoil('verticals.auto.fields', { note: { type: 'text' }, ...fields });
    const contracts = whole['contracts'] as Record<string, object>;
    const filter = { field: name, exists: true };
    contracts['apex_auto'] = { ...contracts['apex_auto'], filter };
    const parsed = parseWorld(whole);
    const path = 'contracts.apex_auto.filter.field';
    const found = parsed.ok ? undefined : parsed.errors.find((each) => each.path === path);
    expect(found?.says).toBe(`"${name}" is derived from ${says}`);
    expect(found?.fix).toContain(fix);
  });

  test('gives its place to a field of its name, with the type of that field', () => {
    const field = { type: 'choice', choices: ['cell', 'land'] };
    const whole = spoil('verticals.auto.fields.phone_type', field);
    const contracts = whole['contracts'] as Record<string, object>;
    const filterIs = (is: string) => {
      contracts['apex_auto'] = { ...contracts['apex_auto'], filter: { field: 'phone_type', is } };
      return parseWorld(whole).ok;
    };
    expect([filterIs('cell'), filterIs('mobile')]).toEqual([true, false]);
  });
});
