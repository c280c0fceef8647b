// Filters and the facts they ask about: every operator on both sides of its edge and on a fact that
// is missing, what a refusal says, that no personal value is told, and the time that the worst ones
// take.

import { describe, expect, test } from 'vitest';

import type { Lead } from '../../src/domain/lead.ts';
import type { Filter, FilterTest } from '../../src/domain/world/filter.ts';
import type { FieldValue } from '../../src/domain/world/world.ts';
import { routingFacts, type Facts } from '../../src/eligibility/facts.ts';
import { compileFilter } from '../../src/eligibility/filter.ts';
import { sampleLead } from '../support/sample-lead.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

const facts: Facts = new Map<string, FieldValue>([
  ['state', 'TX'],
  ['age', 42],
  ['dob', '1984-03-02'],
  ['insured', true],
  ['carrier', 'Meridian Mutual'],
  ['email', 'ann@example.com'],
]);
const none = new Set<string>();
const leaf = (field: string, test: FilterTest): Filter => ({ kind: 'test', field, test });
const holds = (filter: Filter) => compileFilter(filter, none)(facts).ok;

describe('an operator', () => {
  const cases: [field: string, test: FilterTest, holds: boolean][] = [
    ['state', { op: 'is', value: 'TX' }, true],
    ['state', { op: 'is', value: 'tx' }, true],
    ['state', { op: 'is', value: 'OK' }, false],
    ['state', { op: 'is_not', value: 'tx' }, false],
    ['state', { op: 'is_not', value: 'OK' }, true],
    ['state', { op: 'in', values: ['OK', 'tx'] }, true],
    ['state', { op: 'in', values: ['OK'] }, false],
    ['state', { op: 'not_in', values: ['OK', 'TX'] }, false],
    ['state', { op: 'not_in', values: ['OK'] }, true],
    ['age', { op: 'at_least', value: 42 }, true],
    ['age', { op: 'at_least', value: 43 }, false],
    ['age', { op: 'at_most', value: 42 }, true],
    ['age', { op: 'at_most', value: 41 }, false],
    ['age', { op: 'above', value: 41 }, true],
    ['age', { op: 'above', value: 42 }, false],
    ['age', { op: 'below', value: 43 }, true],
    ['age', { op: 'below', value: 42 }, false],
    ['age', { op: 'is', value: 42 }, true],
    ['age', { op: 'is', value: '42' }, false],
    ['age', { op: 'at_least', value: '1' }, false],
    ['state', { op: 'at_least', value: 1 }, false],
    ['dob', { op: 'at_most', value: '1984-03-02' }, true],
    ['dob', { op: 'below', value: '1984-03-02' }, false],
    ['insured', { op: 'is', value: true }, true],
    ['insured', { op: 'is', value: false }, false],
    ['insured', { op: 'at_least', value: 0 }, false],
    ['carrier', { op: 'contains', value: 'meridian' }, true],
    ['carrier', { op: 'contains', value: 'oakline' }, false],
    ['carrier', { op: 'starts_with', value: 'MERI' }, true],
    ['carrier', { op: 'starts_with', value: 'mutual' }, false],
    ['carrier', { op: 'matches', value: 'M.+ual$' }, true],
    ['carrier', { op: 'matches', value: '^mutual' }, false],
    ['carrier', { op: 'matches', value: '(?i)^MERIDIAN' }, true],
    ['age', { op: 'matches', value: '4' }, false],
    ['age', { op: 'exists', value: true }, true],
    ['age', { op: 'exists', value: false }, false],
    // A fact that is missing.
    ['zip', { op: 'is', value: '78704' }, false],
    ['zip', { op: 'is_not', value: '78704' }, true],
    ['zip', { op: 'in', values: ['78704'] }, false],
    ['zip', { op: 'not_in', values: ['78704'] }, true],
    ['zip', { op: 'at_least', value: '' }, false],
    ['zip', { op: 'below', value: 5 }, false],
    ['zip', { op: 'contains', value: '7' }, false],
    ['zip', { op: 'matches', value: '.*' }, false],
    ['zip', { op: 'exists', value: true }, false],
    ['zip', { op: 'exists', value: false }, true],
  ];
  test.for(cases)('%s %j is %s', ([field, test, expected]) => {
    expect(holds(leaf(field, test))).toBe(expected);
  });
});

describe('a filter', () => {
  const yes = leaf('state', { op: 'is', value: 'TX' });
  const no = leaf('state', { op: 'is', value: 'OK' });
  const groups: [says: string, filter: Filter, holds: boolean][] = [
    ['all of nothing', { kind: 'all', of: [] }, true],
    ['all of true and false', { kind: 'all', of: [yes, no] }, false],
    ['all of true', { kind: 'all', of: [yes, yes] }, true],
    ['any of nothing', { kind: 'any', of: [] }, false],
    ['any of false and true', { kind: 'any', of: [no, yes] }, true],
    ['any of false', { kind: 'any', of: [no, no] }, false],
    ['not false', { kind: 'not', of: no }, true],
    ['not true', { kind: 'not', of: yes }, false],
    ['not not true', { kind: 'not', of: { kind: 'not', of: yes } }, true],
  ];
  test.for(groups)('%s', ([, filter, expected]) => expect(holds(filter)).toBe(expected));

  const young = leaf('age', { op: 'below', value: 30 });
  const states = leaf('state', { op: 'in', values: ['OK', 'NM', 'AR', 'LA', 'KS', 'MO', 'CO'] });
  const details: [filter: Filter, detail: string][] = [
    [no, 'state is "TX", wants "OK"'],
    [states, 'state is "TX", wants one of OK, NM, AR, LA, KS and 2 more'],
    [young, 'age is 42, wants below 30'],
    [leaf('zip', { op: 'exists', value: true }), 'zip is missing, wants any value'],
    [leaf('state', { op: 'not_in', values: ['TX'] }), 'state is "TX", wants none of TX'],
    [
      leaf('carrier', { op: 'matches', value: '^O' }),
      'carrier is "Meridian Mutual", wants text that matches "^O"',
    ],
    [{ kind: 'all', of: [yes, young, no] }, 'age is 42, wants below 30'],
    [
      { kind: 'any', of: [no, young] },
      'no alternative holds: state is "TX", wants "OK"; age is 42, wants below 30',
    ],
    [
      { kind: 'any', of: [no, no, no, no, no] },
      `no alternative holds: ${Array(3).fill('state is "TX", wants "OK"').join('; ')}; 2 more`,
    ],
    [{ kind: 'not', of: yes }, 'must not hold: state is "TX"'],
    [
      { kind: 'not', of: { kind: 'all', of: [yes, leaf('age', { op: 'above', value: 1 })] } },
      'must not hold: all of (state is "TX"; age is above 1)',
    ],
  ];
  test.for(details)('%j says %s', ([filter, detail]) => {
    expect(compileFilter(filter, none)(facts)).toEqual({ ok: false, detail });
  });

  test('never tells the value of a personal field', () => {
    const filter = leaf('email', { op: 'contains', value: '@work.example' });
    const verdict = compileFilter(filter, new Set(['email']))(facts);
    const detail =
      'email does not fit (its value is personal), wants text that contains "@work.example"';
    expect(verdict).toEqual({ ok: false, detail });
  });

  test('S19: a pattern that would hang a backtracking engine takes milliseconds', () => {
    const matches = compileFilter(leaf('notes', { op: 'matches', value: '(a+)+$' }), none);
    const notes: Facts = new Map([['notes', `${'a'.repeat(100_000)}!`]]);
    const began = performance.now();
    expect(matches(notes).ok).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
  });

  test('finds a zip among 40,000 in under 0.1 ms', () => {
    const values = Array.from({ length: 40_000 }, (_, index) => String(10_000 + index));
    const listed = compileFilter(leaf('zip', { op: 'in', values }), none);
    const zip: Facts = new Map([['zip', '49999']]);
    const times = Array.from({ length: 50 }, () => {
      const began = performance.now();
      expect(listed(zip).ok).toBe(true);
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(0.1);
  });
});

describe('facts', () => {
  const factOf = (name: string, changes: Partial<Lead> = {}) =>
    routingFacts(sampleLead(changes), 61, NOW).get(name);

  test('are the fields, and age, score, source and sub-source', () => {
    const lead = { subSource: 'fb-12', fields: { state: 'TX', dob: '2000-11-23' } };
    expect([...routingFacts(sampleLead(lead), 61, NOW)]).toEqual([
      ['state', 'TX'],
      ['dob', '2000-11-23'],
      ['age', 25],
      ['score', 61],
      ['source', 'acme'],
      ['sub_source', 'fb-12'],
    ]);
  });

  const births: [born: string, age: number | undefined][] = [
    ['2000-11-21', 26],
    ['2000-11-22', 26],
    ['2000-11-23', 25],
    ['2004-02-29', 22],
    ['2026-11-22', 0],
    ['soon', undefined],
    ['', undefined],
  ];
  test.for(births)('born %s is %s years old', ([born, age]) => {
    expect(factOf('age', { fields: { date_of_birth: born } })).toBe(age);
  });

  test('the vertical’s own age wins over the derived one', () => {
    expect(factOf('age', { fields: { age: 30, dob: '1984-03-02' } })).toBe(30);
  });

  test('T46: empty text is no fact', () => {
    expect(factOf('state', { fields: { state: '' } })).toBeUndefined();
    expect(factOf('sub_source', { subSource: '' })).toBeUndefined();
  });
});
