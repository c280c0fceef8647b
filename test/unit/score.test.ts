// The rules scorer: what each fact is worth, that the reasons add up, and that none tells who it
// is.

import { expect, test } from 'vitest';

import type { Lead } from '../../src/domain/lead.ts';
import { bandOf, scoreLead } from '../../src/domain/score.ts';
import type { Field, FieldType, Vertical } from '../../src/domain/world/world.ts';
import { sampleLead } from '../support/sample-lead.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

const field = (type: FieldType): Field => ({ type, required: true, personal: true, choices: [] });
const vertical: Vertical = {
  name: 'Auto',
  fields: {
    first_name: field('text'),
    last_name: field('text'),
    phone: field('phone'),
    email: field('email'),
    zip: field('zip'),
    state: field('state'),
    date_of_birth: field('date'),
  },
};

const isDisposable = (domain: string) => domain === 'mailinator.com';
const leadWith = (changes: Partial<Lead> = {}) => sampleLead({ receivedAtMs: NOW, ...changes });

const fieldsWith = (changes: Record<string, string>): Partial<Lead> => ({
  fields: { ...leadWith().fields, ...changes },
});
const scoreOf = (changes: Partial<Lead> = {}) =>
  scoreLead({ lead: leadWith(changes), vertical, atMs: NOW, isDisposable });
const base = scoreOf().score;

test('scores a whole, plain lead high', () => {
  expect(scoreOf()).toMatchObject({ score: 84, band: 'high', scorer: 'rules' });
});

const changes: [says: string, changes: Partial<Lead>, points: number][] = [
  ['a certificate of consent', { consent: { trustedform_url: 'https://cert.example/1' } }, 12],
  ['a consent text alone', { consent: { text: 'I agree' } }, 4],
  ['an empty consent', { consent: {} }, 0],
  ['a form filled in 2 seconds', { behaviour: { form_seconds: 2 } }, -25],
  ['a form filled in 3 seconds', { behaviour: { form_seconds: 3 } }, 0],
  ['a form filled in 8 seconds', { behaviour: { form_seconds: 8 } }, 8],
  ['4 seconds on the page', { behaviour: { time_on_page_s: 4 } }, -10],
  ['5 seconds on the page', { behaviour: { time_on_page_s: 5 } }, 0],
  ['15 seconds on the page', { behaviour: { time_on_page_s: 15 } }, 4],
  ['behaviour that is no number', { behaviour: { form_seconds: 'fast' } }, 0],
  ['a disposable address', fieldsWith({ email: 'x@mailinator.com' }), -28],
  ['a name with digits', fieldsWith({ first_name: 'Ann3' }), -17],
  ['a name without a vowel', fieldsWith({ last_name: 'Brtk' }), -17],
  ['a short name without a vowel', fieldsWith({ last_name: 'Ng' }), 0],
  ['a name in another alphabet', fieldsWith({ last_name: 'Иванова' }), 0],
  ['a letter three times', fieldsWith({ first_name: 'Annna', last_name: 'Leee' }), -17],
  ['a walk over the keyboard', fieldsWith({ first_name: 'Asdfa' }), -17],
  ['a placeholder', fieldsWith({ first_name: 'Test' }), -17],
  ['a child', fieldsWith({ date_of_birth: '2008-11-23' }), -22],
  ['the eighteenth birthday', fieldsWith({ date_of_birth: '2008-11-22' }), 0],
  ['a person of 96', fieldsWith({ date_of_birth: '1930-01-01' }), -22],
  ['5 minutes of age', { receivedAtMs: NOW - 5 * 60_000 }, -4],
  ['an hour of age', { receivedAtMs: NOW - 3_600_000 }, -9],
  ['a day of age', { receivedAtMs: NOW - 86_400_000 }, -24],
  [
    'a field that is invalid',
    { problems: [{ field: 'zip', reason: 'field_invalid', says: '' }] },
    -15,
  ],
];
test.for(changes)('counts %s', ([, change, points]) => {
  expect(scoreOf(change).score).toBe(Math.min(100, base + points));
});

test('a missing phone costs its points and completeness', () => {
  const { phone: _, ...fields } = leadWith().fields;
  expect(scoreOf({ fields }).score).toBe(base - 20 - 3);
});

test('the score is the sum of its reasons, within 0 and 100', () => {
  for (const [, change] of changes) {
    const { score, reasons } = scoreOf(change);
    const sum = reasons.reduce((total, [points]) => total + points, 50);
    expect(score).toBe(Math.min(100, Math.max(0, sum)));
  }
  const worst = scoreOf({
    fields: { first_name: 'asdf1', email: 'x@yopmail.com', date_of_birth: '2020-01-01' },
    behaviour: { form_seconds: 0, time_on_page_s: 0 },
    receivedAtMs: NOW - 2 * 86_400_000,
  });
  expect(worst).toMatchObject({ score: 0, band: 'low' });
});

test('asks nothing of a vertical without names, phone, e-mail or birth', () => {
  const plain: Vertical = { name: 'Plain', fields: { zip: field('zip') } };
  const { reasons } = scoreLead({
    lead: leadWith({ fields: { zip: '78704' } }),
    vertical: plain,
    atMs: NOW,
    isDisposable,
  });
  expect(reasons.map(([points]) => points)).toEqual([10, 5, 4]);
});

test('no reason quotes what the lead holds', () => {
  for (const [, change] of changes) {
    const said = JSON.stringify(scoreOf(change).reasons).toLowerCase();
    const values = Object.values(leadWith(change).fields).map((value) => String(value));
    for (const value of values.filter((text) => text.length > 3)) {
      expect(said).not.toContain(value.toLowerCase());
    }
  }
});

test.for([
  [100, 'high'],
  [70, 'high'],
  [69, 'medium'],
  [40, 'medium'],
  [39, 'low'],
  [0, 'low'],
] as const)('a score of %i is %s', ([score, band]) => expect(bandOf(score)).toBe(band));
