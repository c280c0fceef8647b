// Derived facts: what they are derived from, both sides of each edge, clocks that change, and that
// what costs something is derived once, when it is asked for.

import { describe, expect, test } from 'vitest';

import { factFieldsOf } from '../../src/domain/facts.ts';
import type { Lead } from '../../src/domain/lead.ts';
import type { Field, FieldType } from '../../src/domain/world/world.ts';
import { routingFacts } from '../../src/eligibility/facts.ts';
import { sampleLead } from '../support/sample-lead.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

const fieldsOf = (types: Readonly<Record<string, FieldType>>) =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]): [string, Field] => [
      name,
      { type, required: false, personal: false, choices: [] },
    ]),
  );

const PERSON = { zip: 'zip', phone: 'phone', dob: 'date', date_of_birth: 'date' } as const;

/** A fact of a lead of a vertical, at an instant. */
function factOf(
  name: string,
  changes: Partial<Lead>,
  { types = PERSON as Readonly<Record<string, FieldType>>, at = NOW } = {},
) {
  const from = factFieldsOf(fieldsOf(types));
  return routingFacts(sampleLead(changes), { score: 61, atMs: at }, from).get(name);
}

describe('facts', () => {
  const fields: [name: string, fact: unknown][] = [
    ['state', 'TX'],
    ['score', 61],
    ['source', 'acme'],
    ['sub_source', 'fb-12'],
    ['age', 25],
    ['carrier', undefined],
    ['flagged', true],
    ['flag.email', true],
    ['flag.mail', false],
  ];
  test.for(fields)('hold %s of the lead', ([name, fact]) => {
    const told = { subSource: 'fb-12', flags: ['email'] };
    const lead = { ...told, fields: { state: 'TX', dob: '2000-11-23' } };
    expect(factOf(name, lead, { types: { state: 'state', dob: 'date' } })).toBe(fact);
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

  test('a field of the vertical takes the place of a derived fact, also where a lead lacks it', () => {
    const types = { ...PERSON, age: 'number', state: 'state', phone_type: 'text' } as const;
    const given = { age: 30, dob: '1984-03-02', state: 'OK', zip: '78704', phone_type: 'cell' };
    const less = { dob: '1984-03-02', zip: '78704', phone: '+18005551234' };
    for (const name of ['age', 'state', 'phone_type'] as const) {
      expect(factOf(name, { fields: given }, { types })).toBe(given[name]);
      expect(factOf(name, { fields: less }, { types })).toBeUndefined();
    }
  });

  test('T46: empty text is no fact', () => {
    expect(factOf('carrier', { fields: { carrier: '' } })).toBeUndefined();
    expect(factOf('sub_source', { subSource: '' })).toBeUndefined();
    expect(factOf('state', { fields: { zip: '' } })).toBeUndefined();
  });

  const states: [zip: string, state: string | undefined][] = [
    ['78704', 'TX'],
    ['78704-1234', 'TX'],
    ['00901', 'PR'],
    ['09001', 'AE'],
    ['00000', undefined],
  ];
  test.for(states)('the state of zip %s is %s', ([zip, state]) => {
    expect(factOf('state', { fields: { zip } })).toBe(state);
  });

  const lines: [phone: string, type: string | undefined][] = [
    ['+15124721234', 'landline_or_mobile'],
    ['+18005551234', 'toll_free'],
    ['+19005551234', 'premium_rate'],
    ['+15005550001', 'personal'],
    ['+17002345678', undefined],
    ['+447911123456', 'mobile'],
    ['+442071234567', 'landline'],
    ['+445612345678', 'voip'],
  ];
  test.for(lines)('the line of %s is %s', ([phone, type]) => {
    expect(factOf('phone_type', { fields: { phone } })).toBe(type);
  });
});

describe('the local hour', () => {
  const at = (text: string) => Date.parse(text);
  const cases: [says: string, fields: Lead['fields'], atMs: number, hour: number | undefined][] = [
    ['from the zip', { zip: '78704' }, at('2026-11-22T12:00:00Z'), 6],
    ['the last millisecond of it', { zip: '78704' }, at('2026-11-22T12:59:59.999Z'), 6],
    ['the next', { zip: '78704' }, at('2026-11-22T13:00:00Z'), 7],
    ['midnight is 0', { zip: '10001' }, at('2026-11-22T05:00:00Z'), 0],
    ['the hour before is 23', { zip: '10001' }, at('2026-11-22T04:59:59Z'), 23],
    ['before clocks go forward', { zip: '10001' }, at('2026-03-08T06:59:59Z'), 1],
    ['after they went forward', { zip: '10001' }, at('2026-03-08T07:00:00Z'), 3],
    ['before clocks go back', { zip: '10001' }, at('2026-11-01T05:30:00Z'), 1],
    ['the same hour again', { zip: '10001' }, at('2026-11-01T06:30:00Z'), 1],
    ['after it', { zip: '10001' }, at('2026-11-01T07:00:00Z'), 2],
    ['Arizona keeps its clocks', { zip: '85001' }, at('2026-07-01T12:00:00Z'), 5],
    ['and the Navajo Nation does not', { zip: '86515' }, at('2026-07-01T12:00:00Z'), 6],
    ['Puerto Rico', { zip: '00901' }, at('2026-07-01T12:00:00Z'), 8],
    ['Guam is on the next day', { zip: '96910' }, at('2026-07-01T15:00:00Z'), 1],
    ['nobody knows where the military is', { zip: '09001' }, NOW, undefined],
    ['not even from its state', { zip: '09001', state: 'AE' }, NOW, undefined],
    ['from a state of one zone', { state: 'CA' }, NOW, 4],
    ['not from a state of two', { state: 'TX' }, NOW, undefined],
    ['the zip goes before the state', { zip: '10001', state: 'CA' }, NOW, 7],
    ['a zip that nobody has', { zip: '00000', state: 'CA' }, NOW, 4],
    ['neither', {}, NOW, undefined],
  ];
  test.for(cases)('%s', ([, fields, atMs, hour]) => {
    const types = { zip: 'zip', state: 'state' } as const;
    expect(factOf('local_hour', { fields }, { types, at: atMs })).toBe(hour);
  });

  const days: [at: string, zip: string, day: string | undefined][] = [
    ['2026-11-22T12:00:00Z', '10001', 'sun'],
    ['2026-11-23T04:59:59Z', '10001', 'sun'],
    ['2026-11-23T05:00:00Z', '10001', 'mon'],
    ['2026-11-23T05:00:00Z', '90001', 'sun'],
    ['2026-11-22T14:00:00Z', '96910', 'mon'],
    ['2026-11-22T14:00:00Z', '09001', undefined],
  ];
  test.for(days)('the weekday at %s in %s is %s', ([at, zip, day]) => {
    expect(factOf('local_weekday', { fields: { zip } }, { at: Date.parse(at) })).toBe(day);
  });
});

describe('fields that facts are derived from', () => {
  const cases: [types: Readonly<Record<string, FieldType>>, derived: string[]][] = [
    [{}, []],
    [{ dob: 'text' }, []],
    [{ dob: 'date' }, ['age']],
    [{ home_zip: 'zip' }, ['state', 'local_hour', 'local_weekday']],
    [{ state: 'state' }, ['local_hour', 'local_weekday']],
    [{ from_zip: 'zip', to_zip: 'zip' }, []],
    [{ zip: 'zip', to_zip: 'zip' }, ['state', 'local_hour', 'local_weekday']],
    [{ work: 'phone' }, ['phone_type']],
    [{ work: 'phone', home: 'phone' }, []],
    [{ work: 'phone', phone_type: 'choice' }, []],
  ];
  test.for(cases)('%j gives %j', ([types, derived]) => {
    expect([...factFieldsOf(fieldsOf(types)).derived]).toEqual(derived);
  });
});

test('a fact is derived when it is asked for, and once', () => {
  let reads = 0;
  const lead = sampleLead();
  const fields = { ...lead.fields, zip: '78704' };
  const from = factFieldsOf(fieldsOf(PERSON));
  const counted = {
    ...from,
    get zip() {
      reads += 1;
      return from.zip;
    },
  };
  const facts = routingFacts({ ...lead, fields }, { score: 1, atMs: NOW }, counted);
  expect(facts.get('zip')).toBe('78704');
  expect(reads).toBe(0);
  expect(facts.get('local_hour')).toBe(6);
  expect(reads).toBe(1);
  for (const name of ['local_hour', 'local_weekday', 'local_hour']) facts.get(name);
  expect(reads).toBe(1);
});
