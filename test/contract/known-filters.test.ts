// Filters that many contracts share are compiled and asked once, and say what they would say alone.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Facts } from '../../src/eligibility/facts.ts';
import { compileFilter } from '../../src/eligibility/filters/filter.ts';
import { settingOf } from '../../src/eligibility/filters/setting.ts';
import { createValueLists } from '../../src/eligibility/filters/value-lists.ts';
import { filter as filterSchema } from '../../src/world/schema/filter.ts';
import { factsWith } from './filter-case.ts';

const FIELD = { required: false, personal: false, choices: [] };

const newSetting = (zip: 'zip' | 'text' = 'zip') =>
  settingOf(
    { fields: { state: { ...FIELD, type: 'state' }, zip: { ...FIELD, type: zip } } },
    createValueLists(),
  );

/** Facts that count how often they are asked for. */
function counted(facts: Facts) {
  const asked = { times: 0 };
  const get = (name: string) => {
    asked.times += 1;
    return facts.get(name);
  };
  return { asked, facts: { get, has: (name: string) => facts.has(name) } };
}

const compiledWith = (setting: ReturnType<typeof newSetting>, document: unknown) =>
  compileFilter(filterSchema.parse(document), setting);

test('a filter of a thousand contracts is asked once per lead, also as a part of others', () => {
  const setting = newSetting();
  const wanted = { field: 'state', in: ['TX', 'OK'] };
  const documents = [wanted, { all: [wanted] }, { any: [wanted] }, { not: { all: [wanted] } }];
  const filters = Array.from({ length: 1_000 }, (_, n) => compiledWith(setting, documents[n % 3]));
  const { asked, facts } = counted(factsWith({ state: 'TX' }));
  expect(filters.every((matches) => matches(facts).ok)).toBe(true);
  expect(asked.times).toBe(1);
});

test('the same words mean something else in another vertical', () => {
  const document = { field: 'zip', in: ['73301'] };
  const facts = factsWith({ zip: '73301-0001' });
  expect(compiledWith(newSetting('zip'), document)(facts).ok).toBe(true);
  expect(compiledWith(newSetting('text'), document)(facts).ok).toBe(false);
});

const fact = fc.record({
  state: fc.constantFrom('TX', 'OK', 'CO', undefined),
  zip: fc.constantFrom('73301', '80202', '10001', undefined),
  score: fc.constantFrom(10, 50, 90),
});

const one = fc.oneof(
  fc.constantFrom('TX', 'OK', 'CO').map((state) => ({ field: 'state', is: state })),
  fc.constantFrom('7', '8').map((start) => ({ field: 'zip', starts_with: start })),
  fc.constantFrom(11, 50).map((least) => ({ field: 'score', at_least: least })),
);

const { filter } = fc.letrec<{ filter: unknown }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    one,
    fc.record({ all: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ),
}));

test('filters beside others say of every lead what each says alone', () => {
  fc.assert(
    fc.property(
      fc.array(filter, { minLength: 2, maxLength: 12 }),
      fc.array(fact, { minLength: 2, maxLength: 4 }),
      (documents, leads) => {
        const setting = newSetting();
        const together = documents.map((document) => compiledWith(setting, document));
        // Each lead twice, so that a memory of the one before would show.
        for (const facts of [...leads, ...leads].map(factsWith)) {
          const alone = documents.map((document) => compiledWith(newSetting(), document)(facts));
          expect(together.map((matches) => matches(facts))).toEqual(alone);
        }
      },
    ),
    { numRuns: 300 },
  );
});
