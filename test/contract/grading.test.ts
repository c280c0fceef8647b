// Goal: a model is shown how a lead looks and never who it is; and the breaker and the day's budget
// stop calls at their edges. Method: one lead with a person's data in every place, and hand-moved
// clocks.

import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../src/activities/scoring/breaker.ts';
import { createTokenBudget } from '../../src/activities/scoring/token-budget.ts';
import type { Lead } from '../../src/domain/lead.ts';
import { stateOfPhone } from '../../src/domain/scoring/area-codes.ts';
import { boundGrade } from '../../src/domain/scoring/grade.ts';
import { redact } from '../../src/domain/scoring/redacted.ts';
import type { Field, FieldType } from '../../src/domain/world/world.ts';
import { isDisposable } from '../../src/eligibility/leads/disposable.ts';
import { sampleLead } from '../support/sample-lead.ts';
import { until } from '../support/until.ts';

const field = (type: FieldType, personal: boolean): Field => ({
  ...{ type, personal, required: false, choices: [] },
});
const vertical = {
  name: 'Homes',
  fields: {
    first_name: field('text', true),
    last_name: field('text', true),
    phone: field('phone', true),
    email: field('email', true),
    zip: field('zip', false),
    state: field('state', false),
    date_of_birth: field('date', true),
    street: field('text', true),
    project: field('text', false),
    budget: field('number', false),
    homeowner: field('boolean', false),
  },
};
const fields = {
  first_name: 'Annabel',
  last_name: 'Leeworth',
  phone: '+15125550142',
  email: 'annabel.leeworth@gmail.com',
  zip: '78704',
  state: 'TX',
  date_of_birth: '1984-03-02',
  street: '12 Congress Avenue',
  project:
    'New roof for Annabel Leeworth, call (512) 555-0142 or bob@example.net, see http://x.example/me',
  budget: 9000,
  homeowner: true,
};
const shown = (changes: Partial<Lead> = {}) =>
  redact({
    lead: sampleLead({ fields, receivedAtMs: Date.UTC(2026, 10, 1), ...changes }),
    ...{ vertical, kind: 'homes', stateOfZip: () => 'TX', isDisposable },
  });

test('shows lengths, patterns and classes, and nobody’s name, number, address or birthday', () => {
  const behaviour = { form_seconds: 12, ip: '198.51.100.7', note: 'Annabel', bot_detected: false };
  const consent = { ip: '198.51.100.7', text: 'I, Annabel, agree' };
  const redacted = shown({ behaviour, consent });
  expect(redacted).toEqual({
    vertical: 'homes',
    fields: {
      first_name: { letters: 7, odd: [] },
      last_name: { letters: 8, odd: [] },
      phone: 'given',
      email: { letters: 26, domain: 'free' },
      zip: 'given',
      state: 'TX',
      date_of_birth: { years_ago: 40 },
      street: { letters: 18 },
      project: { text: 'New roof for … …, call (… or … see …' },
      budget: 9000,
      homeowner: true,
    },
    places: { zip_in_state: true, area_code_in_state: true },
    behaviour: { form_seconds: 12, bot_detected: false },
    consent: 'text',
  });
  const text = JSON.stringify(redacted);
  for (const secret of ['Annabel', 'Leeworth', '555', '0142', '@', '78704', '1984', '198.51']) {
    expect(text).not.toContain(secret);
  }
});

test('says what is odd about a name, and where places do not agree', () => {
  const odd = { ...fields, first_name: 'asdf1', phone: '+12125550142', email: 'x@mailinator.com' };
  expect(shown({ fields: odd })).toMatchObject({
    fields: {
      first_name: { odd: ['a name holds digits', 'a name follows the keyboard'] },
      email: { domain: 'disposable' },
    },
    places: { area_code_in_state: false },
  });
});

test('knows the states of area codes, each code once', () => {
  const known = [stateOfPhone('+15125550142'), stateOfPhone('+12125550142')];
  expect(known).toEqual(['TX', 'NY']);
  expect([stateOfPhone('+18005550142'), stateOfPhone('+445125550142')]).toEqual([
    undefined,
    undefined,
  ]);
});

const BOUNDS: [said: number, counts: number][] = [
  [10, 10],
  [11, 10],
  [-11, -10],
  [1e308, 10],
  [2.6, 3],
  [-0.2, 0],
];
test.for(BOUNDS)('an adjustment of %s counts as %s', ([said, counts]) => {
  const grade = boundGrade({ adjustment: said, flags: [], reason: '' }, []);
  expect(grade.adjustment).toBe(counts);
});

test('a reason is one short line without the person', () => {
  const reason = `Annabel\n at (512) 555-0142 ${'x'.repeat(300)}`;
  const bounded = boundGrade({ adjustment: 0, flags: ['profanity', 'nonsense'], reason }, [
    'Annabel',
    '+15125550142',
  ]);
  expect(bounded.reason).toMatch(/^… at \(… x+$/);
  expect(bounded.reason).toHaveLength(200);
  expect(bounded.flags).toEqual(['profanity']);
});

describe('the breaker', () => {
  function stand() {
    let nowMs = 0;
    const breaker = createBreaker(() => nowMs);
    const fail = (times: number) => Array.from({ length: times }, () => breaker.failed());
    return { breaker, fail, to: (ms: number) => void (nowMs = ms) };
  }

  test('opens at the fifth failure within half a minute, and not for five over a longer time', () => {
    const { breaker, fail, to } = stand();
    fail(4);
    to(30_000);
    breaker.failed();
    expect(breaker.allows()).toBe(true);
    fail(4);
    expect(breaker.allows()).toBe(false);
  });

  test('lets one call try after a minute; its end decides', () => {
    const { breaker, fail, to } = stand();
    fail(5);
    to(59_999);
    expect(breaker.allows()).toBe(false);
    to(60_000);
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    breaker.failed();
    expect(breaker.allows()).toBe(false);
    to(120_000);
    expect(breaker.allows()).toBe(true);
    breaker.worked();
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
  });

  test('pauses at once for as long as the API asks, ten minutes at most', () => {
    const { breaker, to } = stand();
    breaker.failed(7_000);
    to(6_999);
    expect(breaker.allows()).toBe(false);
    to(7_000);
    expect(breaker.allows()).toBe(true);
    breaker.failed(86_400_000);
    to(7_000 + 600_000);
    expect(breaker.allows()).toBe(true);
  });

  test('stays open for good until it is reset, whatever calls under way come to', () => {
    const { breaker, to } = stand();
    breaker.stop();
    breaker.worked();
    breaker.failed();
    to(1e12);
    expect(breaker.allows()).toBe(false);
    breaker.reset();
    expect(breaker.allows()).toBe(true);
  });
});

test('the budget of a day counts what other processes used, and begins anew at midnight', async () => {
  let nowMs = Date.UTC(2026, 10, 1, 12);
  let stored = 900;
  const asked: string[] = [];
  const budget = createTokenBudget({
    perDay: 1_000,
    readUsed: async (since) => (asked.push(since.toISOString()), stored),
    now: () => nowMs,
    onError: (error) => {
      throw error;
    },
  });
  expect(budget.allows()).toBe(true);
  await until('what was used is read', () => asked.length === 1);
  budget.add(99);
  expect(budget.allows()).toBe(true);
  budget.add(1);
  expect(budget.allows()).toBe(false);
  stored = 0;
  nowMs = Date.UTC(2026, 10, 2);
  expect(budget.allows()).toBe(true);
  expect(asked).toEqual(['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z']);
});
