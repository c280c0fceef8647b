// What of a lead may stand on a suppression list, in which normal form; and whose earlier leads a
// duplicate rule knows.

import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';

import { memoryOf, minutesText } from '../../src/domain/duplicates.ts';
import { normalRange, rangesOf } from '../../src/domain/suppression/ip.ts';
import { listableValues, nameAndAddress } from '../../src/domain/suppression/suppression.ts';
import type { Field, FieldType } from '../../src/domain/world/world.ts';

const field = (type: FieldType): Field => ({ type, required: false, personal: true, choices: [] });
const fields = {
  first_name: field('text'),
  last_name: field('text'),
  street: field('text'),
  phone: field('phone'),
  mobile: field('phone'),
  email: field('email'),
  zip: field('zip'),
};

describe('a lead', () => {
  const asked = (values: Record<string, string>, ip?: string) =>
    listableValues({ fields: values, consent: ip === undefined ? null : { ip } }, { fields }).map(
      ({ kind, value }) => `${kind} ${value}`,
    );

  test('is looked up by each phone, e-mail and its domain, and the zip', () => {
    const values = { phone: '+15125550142', mobile: '+15125550143', email: 'a@x.example' };
    expect(asked({ ...values, zip: '78704' })).toEqual([
      'phone +15125550142',
      'phone +15125550143',
      'email a@x.example',
      'domain x.example',
      'zip 78704',
    ]);
  });

  test('T46 without a value is looked up by none', () => {
    expect(asked({})).toEqual([]);
    expect(asked({ phone: '', email: '' }, 'no address')).toEqual([]);
  });

  test('is known by name and address only with all parts of them', () => {
    const who = { first_name: 'Ann', last_name: "O'Lee", street: '12 Main St., Apt 4' };
    expect(asked({ ...who, zip: '78704' })).toContain(
      'name_address ann|o lee|12 main st apt 4|78704',
    );
    expect(asked(who)).toEqual([]);
  });

  test('is looked up by its address and each range that holds it', () => {
    const ranges = asked({}, '203.0.113.77');
    expect(ranges).toHaveLength(17);
    expect(ranges).toContain('ip 203.0.113.77/32');
    expect(ranges).toContain('ip 203.0.113.0/24');
    expect(asked({}, '2001:db8::5')).toContain('ip 2001:db8:0:0:0:0:0:0/32');
  });
});

test('names and addresses are alike without case, punctuation and the end of the zip', () => {
  const same = nameAndAddress(['ANN', 'Lee ', '12  Main St', '78704-1234']);
  expect(same).toBe(nameAndAddress(['Ann', 'Lee', '12 Main St.', '78704']));
  expect(nameAndAddress(['Ann', '...', '12 Main St', '78704'])).toBeUndefined();
});

describe('an address', () => {
  const right = ['203.0.113.7', '203.0.113.0/24', '10.0.0.0/16', '::1', '2001:DB8::/32', '::/128'];
  test.for(right)('%s is found in itself', (text) => {
    const range = normalRange(text);
    expect(range).toBeDefined();
    expect(rangesOf(text.split('/')[0] ?? '')).toContain(range);
  });

  const wrong = [
    ...['', 'x', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4/8', '1.2.3.4/33', '1.2.3.4/24'],
    ...[
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '::12345',
      '2001:db8::1/64',
      '::/0',
      '/24',
    ],
  ];
  test.for(wrong)('"%s" is none that can be listed', (text) => {
    expect(normalRange(text)).toBeUndefined();
  });

  test('is read as the library reads it', () => {
    const words = ['0', '1', 'ffff', 'db8', '2001', '0abc', ''];
    let state = 7;
    const pick = () => words[(state = (state * 48_271) % 2_147_483_647) % words.length] ?? '';
    for (let round = 0; round < 5_000; round += 1) {
      const text = Array.from({ length: 3 + (round % 7) }, pick).join(':');
      const isRight = ipaddr.IPv6.isValid(text);
      const ours = normalRange(text);
      const theirs = isRight ? `${ipaddr.IPv6.parse(text).toNormalizedString()}/128` : undefined;
      expect(ours, text).toBe(theirs);
    }
  });
});

describe('a duplicate rule', () => {
  const place = { campaignId: 'auto', sourceId: 'acme', vertical: 'insurance' };
  const memories = [
    ['source', 'campaign/auto/source/acme'],
    ['campaign', 'campaign/auto'],
    ['vertical', 'vertical/insurance'],
    ['all', 'all'],
  ] as const;
  test.for(memories)('of scope %s remembers in %s', ([scope, memory]) => {
    expect(memoryOf({ scope }, place)).toBe(memory);
  });

  const windows: [minutes: number, text: string][] = [
    [1, '1 minute'],
    [90, '90 minutes'],
    [12 * 60, '12 hours'],
    [30 * 24 * 60, '30 days'],
    [365 * 24 * 60, '1 year'],
    [730 * 24 * 60, '2 years'],
  ];
  test.for(windows)('of %s minutes looks back %s', ([minutes, text]) => {
    expect(minutesText(minutes)).toBe(text);
  });
});
