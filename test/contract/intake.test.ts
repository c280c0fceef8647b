// Goal: a submission is read into the draft that it means, and refused by name where it cannot be.
// Method: names and whole bodies against a small world; single values are in field-values.test.ts.

import { describe, expect, test } from 'vitest';

import type { Vertical } from '../../src/domain/world/world.ts';
import { normaliseFields } from '../../src/intake/fields.ts';
import { parseShape } from '../../src/intake/shape.ts';
import { leadSubmission, toDraft } from '../../src/intake/submission.ts';
import { field, world } from './intake-world.ts';

describe('names', () => {
  const vertical = world.verticals['auto'] as Vertical;
  const matches: [says: string, raw: Record<string, unknown>, read: object][] = [
    ['an exact name matches', { first_name: 'Ann' }, { fields: { first_name: 'Ann' } }],
    ['letter case does not matter', { First_Name: 'Ann' }, { fields: { first_name: 'Ann' } }],
    ['separators do not matter', { 'first name': 'Ann' }, { fields: { first_name: 'Ann' } }],
    [
      'dots do not matter',
      { 'Date.Of.Birth': '3/2/1984' },
      { fields: { date_of_birth: '1984-03-02' } },
    ],
    [
      'an unknown name is reported and loses nothing',
      { shoe_size: { eu: 42 } },
      { unknownFields: ['shoe_size'] },
    ],
    [
      'a blank under one name gives way to a value under another',
      { first_name: ' ', firstName: 'Ann' },
      { fields: { first_name: 'Ann' } },
    ],
    [
      'one value under two names is one value',
      { first_name: 'Ann', firstName: 'Ann' },
      { fields: { first_name: 'Ann' }, unknownFields: [] },
    ],
    [
      'T51 two values for one field are refused, neither is lost silently',
      { first_name: 'Ann', 'First.Name': 'Bea' },
      { kind: 'wrong_types', errors: [{ field: 'fields.First.Name' }] },
    ],
    ['a name that every object has is unknown', { toString: 'x' }, { unknownFields: ['toString'] }],
  ];
  test.for(matches)('%s', ([, raw, read]) => {
    expect(normaliseFields(vertical, raw)).toMatchObject(read);
  });

  test('a loose name that two fields share matches neither', () => {
    const twins = { name: 't', fields: { first_name: field('text'), firstname: field('text') } };
    const read = normaliseFields(twins, { FirstName: 'Ann', first_name: 'Bea' });
    expect(read).toMatchObject({ fields: { first_name: 'Bea' }, unknownFields: ['FirstName'] });
  });

  test('T46 blank values are missing, required or not', () => {
    const raw = { first_name: '', phone: '   ', zip: null, email: '\t' };
    expect(normaliseFields(vertical, raw)).toEqual({
      kind: 'normal',
      fields: {},
      problems: ['first_name', 'phone', 'zip'].map((name) => ({
        field: name,
        reason: 'field_missing',
        says: 'missing',
      })),
      unknownFields: [],
    });
  });

  test('a problem never quotes the value', () => {
    const read = normaliseFields(vertical, { phone: 'canary-4711', email: 'canary-4711' });
    expect(read).toMatchObject({ kind: 'normal' });
    expect(JSON.stringify(read)).not.toContain('4711');
  });
});

describe('submissions', () => {
  const loadedWorld = { version: 7, world };
  const body = {
    campaign: 'auto_insurance',
    fields: { first_name: 'Ann', phone: '(512) 555-0142', zip: '78704', shoe_size: 42 },
  };
  const draft = (more: object, sourceId = 'acme') => {
    const shaped = parseShape(leadSubmission, { ...body, ...more });
    if (shaped.kind === 'wrong') return shaped;
    return toDraft(shaped.value, { sourceId, loadedWorld });
  };

  test('the smallest submission becomes a draft with everything else empty', () => {
    expect(draft({})).toEqual({
      kind: 'draft',
      draft: {
        campaignId: 'auto_insurance',
        sourceId: 'acme',
        subSource: null,
        externalId: null,
        worldVersion: 7,
        test: false,
        raw: body.fields,
        fields: { first_name: 'Ann', phone: '+15125550142', zip: '78704' },
        problems: [],
        unknownFields: ['shoe_size'],
        behaviour: {},
        consent: null,
        askingCents: null,
      },
    });
  });

  test('everything that may be sent arrives', () => {
    const more = {
      sub_source: 'page 3',
      external_id: 4711,
      consent: { text: 'I agree', at: '2026-11-22T10:00:00-05:00', ip: '203.0.113.7' },
      behaviour: { time_on_page_s: 41.5, form: 'short', returning: true },
      test: true,
      asking_cents: 900,
    };
    expect(draft(more)).toMatchObject({
      draft: {
        subSource: 'page 3',
        externalId: '4711',
        consent: more.consent,
        behaviour: more.behaviour,
        test: true,
        askingCents: 900,
      },
    });
  });

  const refused: [says: string, more: object, errors: object[]][] = [
    [
      'a name outside fields is refused with where it belongs',
      { phone: '512' },
      [{ field: 'phone', says: 'not a known name', fix: expect.stringContaining('fields') }],
    ],
    ['a missing campaign is named', { campaign: undefined }, [{ field: 'campaign' }]],
    ['fields as a list are refused', { fields: ['Ann'] }, [{ field: 'fields' }]],
    ['an amount with decimals is refused', { asking_cents: 9.5 }, [{ field: 'asking_cents' }]],
    ['a negative amount is refused', { asking_cents: -1 }, [{ field: 'asking_cents' }]],
    ['test as a text is refused', { test: 'yes' }, [{ field: 'test' }]],
    [
      'a consent time without its offset is refused',
      { consent: { at: '2026-11-22T10:00:00' } },
      [{ field: 'consent.at' }],
    ],
    [
      'a consent name that is not known is refused',
      { consent: { tcpa: true } },
      [{ field: 'consent.tcpa' }],
    ],
    [
      'a certificate that is no web address is refused',
      { consent: { trustedform_url: 'javascript:alert(1)' } },
      [{ field: 'consent.trustedform_url' }],
    ],
    [
      'an id past what JSON keeps is refused',
      { external_id: 24900000000000004 },
      [{ field: 'external_id' }],
    ],
    [
      'every error is said at once',
      { campaign: '', test: 1, colour: 'red' },
      [{ field: 'campaign' }, { field: 'test' }, { field: 'colour' }],
    ],
  ];
  test.for(refused)('%s', ([, more, errors]) => {
    expect(draft(more)).toMatchObject({ kind: 'wrong', errors });
  });

  test('an error never quotes the value', () => {
    const wrong = draft({ consent: { at: 'canary-4711', ip: 'canary-4711' }, test: 'canary-4711' });
    expect(wrong).toMatchObject({ kind: 'wrong' });
    expect(JSON.stringify(wrong)).not.toContain('4711');
  });

  const campaigns: [says: string, campaign: string, drafted: object][] = [
    ['an unknown campaign', 'solar', { kind: 'unknown_campaign', allowed: ['auto_insurance'] }],
    [
      'a name that every object has',
      'constructor',
      { kind: 'unknown_campaign', allowed: ['auto_insurance'] },
    ],
    [
      'a campaign of other sources',
      'home',
      { kind: 'campaign_not_allowed', allowed: ['auto_insurance'] },
    ],
  ];
  test.for(campaigns)('%s is told apart, with the campaigns it may use', ([, name, drafted]) => {
    expect(draft({ campaign: name })).toEqual(drafted);
  });

  test('T50 the fictional numbers of examples pass', () => {
    for (const area of ['512', '212', '800', '888']) {
      const sent = { ...body.fields, phone: `(${area}) 555-0100` };
      expect(draft({ fields: sent })).toMatchObject({
        draft: { problems: [], fields: { phone: `+1${area}5550100` } },
      });
    }
  });
});
