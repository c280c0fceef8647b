// Filters: operators of equality, order and text on both sides of their edges and on a fact that is
// missing, what a refusal says, that no personal value is told, and the time that a bad pattern
// takes. Places: filter-places.test.ts.

import { describe, expect, test } from 'vitest';

import { compiled, factsWith } from './filter-case.ts';

const facts = factsWith({
  state: 'TX',
  age: 42,
  dob: '1984-03-02',
  insured: true,
  carrier: 'Meridian Mutual',
  email: 'ann@example.com',
  notes: 'Roof leaks; wants an “Ice-Dam” survey, señor Ñandú 2nd floor',
});
const holds = (filter: unknown) => compiled(filter)(facts).ok;

describe('an operator', () => {
  const cases: [field: string, test: Record<string, unknown>, holds: boolean][] = [
    ['state', { is: 'TX' }, true],
    ['state', { is: 'tx' }, true],
    ['state', { is: 'OK' }, false],
    ['state', { is_not: 'tx' }, false],
    ['state', { is_not: 'OK' }, true],
    ['state', { in: ['OK', 'tx'] }, true],
    ['state', { in: ['OK'] }, false],
    ['state', { not_in: ['OK', 'TX'] }, false],
    ['state', { not_in: ['OK'] }, true],
    ['age', { at_least: 42 }, true],
    ['age', { at_least: 43 }, false],
    ['age', { at_most: 42 }, true],
    ['age', { at_most: 41 }, false],
    ['age', { above: 41 }, true],
    ['age', { above: 42 }, false],
    ['age', { below: 43 }, true],
    ['age', { below: 42 }, false],
    ['age', { is: 42 }, true],
    ['age', { is: '42' }, false],
    ['age', { at_least: '1' }, false],
    ['state', { at_least: 1 }, false],
    ['dob', { at_most: '1984-03-02' }, true],
    ['dob', { below: '1984-03-02' }, false],
    ['insured', { is: true }, true],
    ['insured', { is: false }, false],
    ['insured', { at_least: 0 }, false],
    ['carrier', { contains: 'meridian' }, true],
    ['carrier', { contains: 'oakline' }, false],
    ['carrier', { starts_with: 'MERI' }, true],
    ['carrier', { starts_with: 'mutual' }, false],
    ['carrier', { matches: 'M.+ual$' }, true],
    ['carrier', { matches: '^mutual' }, false],
    ['carrier', { matches: '(?i)^MERIDIAN' }, true],
    ['age', { matches: '4' }, false],
    ['carrier', { contains_any: ['oakline', 'MUTUAL'] }, true],
    ['carrier', { contains_any: ['oakline', 'granite'] }, false],
    ['carrier', { contains_all: ['mutual', 'meridian'] }, true],
    ['carrier', { contains_all: ['mutual', 'granite'] }, false],
    ['age', { contains_any: ['4'] }, false],
    // Whole words: what stands on either side is no letter and no digit.
    ['carrier', { contains: 'mut', whole_words: false }, true],
    ['carrier', { contains: 'mut', whole_words: true }, false],
    ['carrier', { contains: 'MUTUAL', whole_words: true }, true],
    ['carrier', { contains: 'meridian mutual', whole_words: true }, true],
    ['carrier', { contains: 'meridian mutua', whole_words: true }, false],
    ['notes', { contains: 'roof', whole_words: true }, true],
    ['notes', { contains: 'leak', whole_words: true }, false],
    ['notes', { contains: 'ice', whole_words: true }, true],
    ['notes', { contains: 'dam', whole_words: true }, true],
    ['notes', { contains: 'ñand', whole_words: true }, false],
    ['notes', { contains: 'andú', whole_words: true }, false],
    ['notes', { contains: 'ñandú', whole_words: true }, true],
    ['notes', { contains: '2', whole_words: true }, false],
    ['notes', { contains: 'loor', whole_words: true }, false],
    ['notes', { contains: '; wants', whole_words: true }, true],
    ['notes', { contains_any: ['leak', 'floor'], whole_words: true }, true],
    ['notes', { contains_all: ['leaks', 'surve'], whole_words: true }, false],
    ['notes', { contains_all: ['leaks', 'survey'], whole_words: true }, true],
    ['age', { exists: true }, true],
    ['age', { exists: false }, false],
    // A fact that is missing.
    ['zip', { is: '78704' }, false],
    ['zip', { is_not: '78704' }, true],
    ['zip', { in: ['78704'] }, false],
    ['zip', { not_in: ['78704'] }, true],
    ['zip', { at_least: '' }, false],
    ['zip', { below: 5 }, false],
    ['zip', { contains: '7' }, false],
    ['zip', { contains_any: ['7'] }, false],
    ['zip', { contains_all: ['7'] }, false],
    ['zip', { contains: '7', whole_words: true }, false],
    ['zip', { matches: '.*' }, false],
    ['zip', { exists: true }, false],
    ['zip', { exists: false }, true],
  ];
  test.for(cases)('%s %j is %s', ([field, test, expected]) => {
    expect(holds({ field, ...test })).toBe(expected);
  });
});

describe('a filter', () => {
  const yes = { field: 'state', is: 'TX' };
  const no = { field: 'state', is: 'OK' };
  const groups: [says: string, filter: unknown, holds: boolean][] = [
    ['all of nothing', { all: [] }, true],
    ['all of true and false', { all: [yes, no] }, false],
    ['all of true', { all: [yes, yes] }, true],
    ['any of nothing', { any: [] }, false],
    ['any of false and true', { any: [no, yes] }, true],
    ['any of false', { any: [no, no] }, false],
    ['not false', { not: no }, true],
    ['not true', { not: yes }, false],
    ['not not true', { not: { not: yes } }, true],
  ];
  test.for(groups)('%s', ([, filter, expected]) => expect(holds(filter)).toBe(expected));

  const young = { field: 'age', below: 30 };
  const states = { field: 'state', in: ['OK', 'NM', 'AR', 'LA', 'KS', 'MO', 'CO'] };
  const details: [filter: unknown, detail: string][] = [
    [no, 'state is "TX", wants "OK"'],
    [states, 'state is "TX", wants one of OK, NM, AR, LA, KS and 2 more'],
    [young, 'age is 42, wants below 30'],
    [{ field: 'zip', exists: true }, 'zip is missing, wants any value'],
    [{ field: 'state', not_in: ['TX'] }, 'state is "TX", wants none of TX'],
    [
      { field: 'carrier', matches: '^O' },
      'carrier is "Meridian Mutual", wants text that matches "^O"',
    ],
    [
      { field: 'carrier', contains_any: ['oak', 'elm', 'fir', 'ash', 'yew', 'box'] },
      'carrier is "Meridian Mutual", ' +
        'wants text that contains one of oak, elm, fir, ash, yew and 1 more',
    ],
    [
      { field: 'carrier', contains_all: ['meridian', 'life'], whole_words: true },
      'carrier is "Meridian Mutual", wants text that contains all of the words meridian, life',
    ],
    [
      { field: 'carrier', contains: 'mut', whole_words: true },
      'carrier is "Meridian Mutual", wants text that contains the word "mut"',
    ],
    [{ all: [yes, young, no] }, 'age is 42, wants below 30'],
    [
      { any: [no, young] },
      'no alternative holds: state is "TX", wants "OK"; age is 42, wants below 30',
    ],
    [
      { any: [no, no, no, no, no] },
      `no alternative holds: ${Array(3).fill('state is "TX", wants "OK"').join('; ')}; 2 more`,
    ],
    [{ not: yes }, 'state is "TX", must not be "TX"'],
    [
      { not: { all: [yes, { field: 'age', above: 1 }] } },
      'must not hold: all of (state is "TX"; age is above 1)',
    ],
  ];
  test.for(details)('%j says %s', ([filter, detail]) => {
    expect(compiled(filter)(facts)).toEqual({ ok: false, detail });
  });

  test('never tells the value of a personal field', () => {
    const filter = { field: 'email', contains: '@work.example' };
    const verdict = compiled(filter, { personal: ['email'] })(facts);
    const detail =
      'email does not fit (its value is personal), wants text that contains "@work.example"';
    expect(verdict).toEqual({ ok: false, detail });
  });

  test('S19: a pattern that would hang a backtracking engine takes milliseconds', () => {
    const matches = compiled({ field: 'notes', matches: '(a+)+$' });
    const notes = factsWith({ notes: `${'a'.repeat(100_000)}!` });
    const began = performance.now();
    expect(matches(notes).ok).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
