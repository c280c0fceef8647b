// No alarm is false: a filter that is warned about as a whole matches no lead, and an alternative
// that is warned about never decides. Random filters over few values, so that tests meet and clash.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { FieldValue } from '../../src/domain/world/world.ts';
import { createValueLists } from '../../src/eligibility/filters/value-lists.ts';
import { listContradictions } from '../../src/world/checks/contradictions.ts';
import { factsOf } from '../../src/world/checks/filter.ts';
import { filter as filterSchema } from '../../src/world/schema/filter.ts';
import { compiled, factsWith } from './filter-case.ts';
import { smallDocument, worldOf } from './world-document.ts';

const zips = ['78704', '78701', '75201', '10001', '00901', '09001'];
const values: Readonly<Record<string, readonly FieldValue[]>> = {
  state: ['TX', 'CA', 'NY', 'PR'],
  zip: zips,
  age: [20, 25, 30],
  local_hour: [0, 9, 23],
  dob: ['1990-01-01', '1990-01-02'],
  homeowner: [true, false],
  service: ['roofing', 'hvac'],
  phone: ['+15125550142', '+15055550199'],
};
const orders = ['at_least', 'at_most', 'above', 'below'];
const pieces = ['+1', '512', '+15', '5', '+1505', '0'];
const centre = fc.record({
  miles: fc.constantFrom(1, 10, 120, 1500),
  of: fc.constantFrom('78704', '75201', '10001'),
});

function testsOf(field: string): fc.Arbitrary<unknown> {
  const value = fc.constantFrom(...(values[field] ?? []));
  const list = fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
  const isBoolean = field === 'homeowner';
  const equal = [
    value.map((is) => ({ field, is })),
    value.map((each) => ({ field, is_not: each })),
    fc.boolean().map((exists) => ({ field, exists })),
    ...(isBoolean ? [] : [list.map((each) => ({ field, in: each }))]),
    ...(isBoolean ? [] : [list.map((each) => ({ field, not_in: each }))]),
  ];
  const order = fc
    .tuple(fc.constantFrom(...orders), value)
    .map(([op, limit]) => ({ field, [op]: limit }));
  const piece = fc.constantFrom(...pieces);
  const text = [
    piece.map((each) => ({ field, contains: each })),
    piece.map((each) => ({ field, starts_with: each })),
    piece.map((each) => ({ field, contains: each, whole_words: true })),
    fc.constantFrom('^\\+1512', '9$', '[A-Z]').map((each) => ({ field, matches: each })),
    fc.array(piece, { minLength: 1, maxLength: 2 }).map((each) => ({ field, contains_any: each })),
    fc.array(piece, { minLength: 1, maxLength: 2 }).map((each) => ({ field, contains_all: each })),
  ];
  const entries = fc.constantFrom('787*', '78702-79000', '10001', '0*', '1*');
  const more: Readonly<Record<string, readonly fc.Arbitrary<unknown>[]>> = {
    age: [order, order],
    local_hour: [order, order],
    dob: [order, order],
    phone: text,
    zip: [
      centre.map((within) => ({ field, within })),
      fc.array(entries, { minLength: 1, maxLength: 2 }).map((list) => ({ field, in_zips: list })),
      ...text,
    ],
    state: [
      fc.constantFrom('south', 'west', 'new_england').map((each) => ({ field, in_region: [each] })),
      fc.constantFrom('T', '^C', 't').map((each) => ({ field, matches: each })),
    ],
  };
  return fc.oneof(...equal, ...(more[field] ?? []));
}

const anyTest = fc.constantFrom(...Object.keys(values)).chain(testsOf);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    anyTest,
    fc.array(tie('tree'), { maxLength: 4 }).map((all) => ({ all })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('tree').map((not) => ({ not })),
  ),
}));

const maybe = (list: readonly FieldValue[]) =>
  fc.constantFrom<FieldValue | undefined>(...list, undefined);
const facts = fc.record({
  state: maybe(['TX', 'CA', 'NY', 'PR', 'CT']),
  zip: maybe([...zips, '78750', '99999', '10002']),
  age: maybe([-1, 19, 20, 21, 24, 25, 26, 29, 30, 31]),
  local_hour: maybe([...Array(24).keys()]),
  dob: maybe(['1989-12-31', '1990-01-01', '1990-01-02', '1990-01-03']),
  homeowner: maybe([true, false]),
  service: maybe(['roofing', 'hvac']),
  phone: maybe(['+15125550142', '+15055550199', '+442071234567']),
});

const vertical = worldOf(smallDocument()).verticals['auto'];
if (!vertical) throw new Error('the document has a vertical auto');
const known = factsOf({ path: [], lookups: [], vertical, sourceIds: new Set(['acme']) });

/** The same warnings, without a whole world around them. */
function alarmsOf(filter: unknown) {
  const around = { path: ['filter'], facts: known, lists: createValueLists() };
  return listContradictions(filterSchema.parse(filter), around);
}

describe('no alarm is false:', () => {
  const RUNS = 1000;
  const LEADS = 60;

  test('a filter that is warned about as a whole matches no lead', () => {
    let warned = 0;
    const leads = fc.sample(facts, { numRuns: 400, seed: 7 }).map(factsWith);
    const property = fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (all) => {
      const isDead = alarmsOf({ all }).some(({ says }) => says.startsWith('no lead'));
      if (!isDead) return;
      warned += 1;
      const filter = compiled({ all });
      expect(leads.filter((lead) => filter(lead).ok)).toEqual([]);
    });
    fc.assert(property, { numRuns: RUNS, seed: 20261124 });
    expect(warned).toBeGreaterThan(RUNS / 20);
  });

  test('an alternative that is warned about may as well not be there', () => {
    let warned = 0;
    const leads = fc.sample(facts, { numRuns: LEADS, seed: 8 }).map(factsWith);
    const property = fc.property(
      anyTest,
      anyTest,
      fc.array(tree, { maxLength: 3 }),
      (a, b, any) => {
        const dead = alarmsOf({ all: [a, b, { any }] }).flatMap(
          ({ path, says }) =>
            (says.startsWith('this') ? /^filter\.all\[2\]\.any\[(\d+)\]$/.exec(path)?.[1] : []) ??
            [],
        );
        if (dead.length === 0) return;
        warned += 1;
        const whole = compiled({ all: [a, b, { any }] });
        const less = compiled({
          all: [a, b, { any: any.filter((_, index) => !dead.includes(String(index))) }],
        });
        for (const lead of leads) expect(less(lead).ok).toBe(whole(lead).ok);
      },
    );
    fc.assert(property, { numRuns: RUNS, seed: 20261125 });
    expect(warned).toBeGreaterThan(RUNS / 50);
  });
});
