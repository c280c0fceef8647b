// Filters that ask about ranges, web addresses and what follows from e-mail and place, on both
// sides of each edge.

import { describe, expect, test } from 'vitest';

import { createEligibility } from '../../src/eligibility/explain.ts';
import { isDisposable } from '../../src/eligibility/leads/disposable.ts';
import { parseWorld } from '../../src/world/parse.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { spoil } from './world-document.ts';

const FIELDS = {
  income: { type: 'range' },
  email: { type: 'email' },
  zip: { type: 'zip' },
  state: { type: 'state' },
  sex: { type: 'gender' },
  page: { type: 'url', personal: false },
  code: { type: 'postal_code' },
};

function worldWith(filter: unknown) {
  const whole = spoil('verticals.auto.fields', FIELDS);
  const { contracts } = whole as { contracts: Record<string, object> };
  contracts['bolt_auto'] = { ...contracts['bolt_auto'], filter };
  return parseWorld(whole);
}

function matches(filter: unknown, fields: Record<string, string>): boolean {
  const parsed = worldWith(filter);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const lead = sampleLead({ fields });
  const live = { deniedKey: () => undefined };
  const asked = { lead, score: 50, live, atMs: 0 };
  return createEligibility(parsed.world).explain('bolt_auto', asked).kind === 'eligible';
}

type Case = [test: object, income: string, holds: boolean];
const ranges: Case[] = [
  [{ at_least: 50_000 }, '50000-75000', true],
  [{ at_least: 50_001 }, '50000-75000', false],
  [{ above: 49_999 }, '50000-75000', true],
  [{ above: 50_000 }, '50000-75000', false],
  [{ at_most: 75_000 }, '50000-75000', true],
  [{ at_most: 74_999 }, '50000-75000', false],
  [{ below: 75_001 }, '50000-75000', true],
  [{ below: 75_000 }, '50000-75000', false],
  [{ at_least: 50_000 }, '50000+', true],
  [{ at_most: 1_000_000 }, '50000+', false],
  [{ at_least: 7 }, '7', true],
  [{ above: 7 }, '7', false],
  [{ is: '50000+' }, '50000+', true],
  [{ is: '50000+' }, '50000', false],
];
describe('a range', () => {
  test.for(ranges)('%j of %s: %s', ([asks, income, holds]) => {
    expect(matches({ field: 'income', ...asks }, { income })).toBe(holds);
  });

  test('that is missing passes no limit', () => {
    expect(matches({ field: 'income', at_least: 0 }, {})).toBe(false);
  });

  const mistakes: [test: object, says: RegExp][] = [
    [{ at_least: '50k' }, /is a range, which is held against a number/],
    [{ is: '50k' }, /is no range such as/],
    [{ contains: '5' }, /"income" is a range; "contains" wants text/],
  ];
  test.for(mistakes)('is not asked %j', ([asks, says]) => {
    const parsed = worldWith({ field: 'income', ...asks });
    expect(parsed.ok ? '' : parsed.errors[0]?.says).toMatch(says);
  });

  const possible: [filter: object, warned: boolean][] = [
    [{ all: [{ at_least: 5 }, { at_most: 4 }] }, true],
    [{ all: [{ at_least: 5 }, { at_most: 5 }] }, false],
    [{ all: [{ exists: true }, { not: { at_least: 5 } }, { not: { at_most: 5 } }] }, false],
  ];
  test.for(possible)('%j: warned about: %s', ([filter, warned]) => {
    const asks = JSON.parse(
      JSON.stringify(filter).replace(/\{"(at_\w+|exists)"/g, '{"field":"income","$1"'),
    ) as object;
    const parsed = worldWith(asks);
    const told = parsed.ok ? parsed.warnings.filter(({ says }) => says.includes('no lead')) : [];
    expect(told.length > 0).toBe(warned);
  });
});

const facts: [filter: object, fields: Record<string, string>, holds: boolean][] = [
  [{ field: 'email_type', is: 'disposable' }, { email: 'x@mailinator.com' }, true],
  [{ field: 'email_type', is: 'role' }, { email: 'info@acme.example' }, true],
  [{ field: 'email_type', is: 'free' }, { email: 'ann@gmail.com' }, true],
  [{ field: 'email_type', is: 'own' }, { email: 'ann@acme.example' }, true],
  [{ field: 'email_type', is_not: 'disposable' }, {}, true],
  [{ field: 'zip_in_state', is: true }, { zip: '78704', state: 'TX' }, true],
  [{ field: 'zip_in_state', is: false }, { zip: '73001', state: 'TX' }, true],
  [{ field: 'zip_in_state', exists: true }, { zip: '00001', state: 'TX' }, false],
  [{ field: 'zip_in_state', exists: true }, { zip: '78704' }, false],
  [{ field: 'sex', is: 'Female' }, { sex: 'female' }, true],
  [{ field: 'page', contains: 'quote' }, { page: 'https://a.example/quote' }, true],
  [{ field: 'code', starts_with: 'm5v' }, { code: 'M5V 3L9' }, true],
];
test.for(facts)('%j of %j: %s', ([filter, fields, holds]) => {
  expect(matches(filter, fields)).toBe(holds);
});

test('a slip of a large provider’s name is nobody’s throw-away domain', () => {
  expect([isDisposable('hotmial.com'), isDisposable('yopmail.com')]).toEqual([false, true]);
});
