// Operators that know places: zip lists, circles and regions, on both sides of each edge, with what
// a refusal says; and that long lists are quick and kept once.

import { describe, expect, test } from 'vitest';

import { milesBetween, pointOfZip } from '../../src/eligibility/places/points.ts';
import { createValueLists } from '../../src/eligibility/filters/value-lists.ts';
import { compiled, factsWith } from './filter-case.ts';

const at = (zip: string | undefined) => factsWith({ zip });

describe('in_zips', () => {
  const LIST = ['10001', '78700-78799', '00*', '09001'];
  const cases: [zip: string | undefined, holds: boolean][] = [
    ['10001', true],
    ['10002', false],
    ['78699', false],
    ['78700', true],
    ['78799', true],
    ['78800', false],
    ['78704-1234', true],
    ['00901', true], // Puerto Rico.
    ['01001', false],
    ['09001', true], // Military post.
    ['09002', false],
    [undefined, false],
  ];
  test.for(cases)('%s is %s', ([zip, holds]) => {
    expect(compiled({ field: 'zip', in_zips: LIST })(at(zip)).ok).toBe(holds);
    expect(compiled({ not: { field: 'zip', in_zips: LIST } })(at(zip)).ok).toBe(!holds);
  });

  test('of ZIP+4 the first five digits count, also in plain lists', () => {
    expect(compiled({ field: 'zip', in: ['78704-1234'] })(at('78704')).ok).toBe(true);
    expect(compiled({ field: 'zip', is: '78704-1234' })(at('78704')).ok).toBe(true);
    expect(compiled({ field: 'zip', is_not: '78704-1234' })(at('78704')).ok).toBe(false);
    expect(compiled({ field: 'zip', not_in: ['78704'] })(at('78705')).ok).toBe(true);
  });

  test('a refusal names the field, the fact and the list', () => {
    const filter = compiled({ field: 'zip', in_zips: ['1*', '2*', '3*', '4*', '5*', '6*'] });
    expect(filter(at('78704'))).toEqual({
      ok: false,
      detail: 'zip is "78704", wants a zip in 1*, 2*, 3*, 4*, 5* and 1 more',
    });
  });
});

describe('within', () => {
  const [austin, dallas] = [pointOfZip('78704'), pointOfZip('75201')];
  if (!austin || !dallas) throw new Error('Austin and Dallas are known');
  const miles = milesBetween(austin, dallas);

  const cases: [says: string, within: object, zip: string | undefined, holds: boolean][] = [
    ['the centre itself', { miles: 0.001, of: '78704' }, '78704', true],
    ['a neighbour', { miles: 5, of: '78704' }, '78701', true],
    ['beyond the edge', { miles: 5, of: '78704' }, '75201', false],
    ['exactly on the edge', { miles, of: '78704' }, '75201', true],
    ['a hair outside', { miles: miles - 1e-6, of: '78704' }, '75201', false],
    ['ZIP+4', { miles: 5, of: '78704-0001' }, '78701-1234', true],
    ['around a point', { miles: 5, lat: 30.2428, lon: -97.7658 }, '78704', true],
    ['around another', { miles: 5, lat: 30.2428, lon: 97.7658 }, '78704', false],
    ['Puerto Rico', { miles: 30, of: '00901' }, '00907', true],
    ['a military zip has no place', { miles: 12_000, of: '78704' }, '09001', false],
    ['a zip that nobody has', { miles: 12_000, of: '78704' }, '99999', false],
    ['no zip', { miles: 12_000, of: '78704' }, undefined, false],
  ];
  test.for(cases)('%s', ([, within, zip, holds]) => {
    expect(compiled({ field: 'zip', within })(at(zip)).ok).toBe(holds);
    expect(compiled({ not: { field: 'zip', within } })(at(zip)).ok).toBe(!holds);
  });

  const filter = { field: 'zip', within: { miles: 25, of: '78704' } };
  const around = { field: 'zip', within: { miles: 2.5, lat: 30.25, lon: -97.75 } };
  const details: [filter: unknown, zip: string | undefined, detail: string][] = [
    [filter, '75201', 'zip is "75201", 184.9 miles away, wants within 25 miles of 78704'],
    [filter, '09001', 'zip is "09001", a place that nobody knows, wants within 25 miles of 78704'],
    [filter, undefined, 'zip is missing, wants within 25 miles of 78704'],
    [around, '75201', 'zip is "75201", 184.1 miles away, wants within 2.5 miles of 30.25, -97.75'],
    [
      { not: filter },
      '78701',
      'zip is "78701", 2.4 miles away, must not be within 25 miles of 78704',
    ],
    [
      { not: { all: [filter, filter] } },
      '78701',
      'must not hold: all of (zip is within 25 miles of 78704; zip is within 25 miles of 78704)',
    ],
  ];
  test.for(details)('%j of %s says %s', ([document, zip, detail]) => {
    expect(compiled(document)(at(zip))).toEqual({ ok: false, detail });
  });

  test('tells neither a personal zip nor how far it is', () => {
    const verdict = compiled(filter, { personal: ['zip'] })(at('75201'));
    const detail = 'zip does not fit (its value is personal), wants within 25 miles of 78704';
    expect(verdict).toEqual({ ok: false, detail });
  });
});

describe('in_region', () => {
  const cases: [regions: string[], state: string | undefined, holds: boolean][] = [
    [['south'], 'TX', true],
    [['south'], 'tx', true],
    [['south'], 'MO', false],
    [['south', 'midwest'], 'MO', true],
    [['west_south_central'], 'TX', true],
    [['west_south_central'], 'TN', false],
    [['south'], 'DC', true],
    [['northeast'], 'PA', true],
    [['west'], 'HI', true],
    [['northeast', 'midwest', 'south', 'west'], 'PR', false],
    [['northeast', 'midwest', 'south', 'west'], 'AE', false],
    [['northeast', 'midwest', 'south', 'west'], 'ON', false],
    [['northeast', 'midwest', 'south', 'west'], undefined, false],
  ];
  test.for(cases)('%j with %s is %s', ([regions, state, holds]) => {
    expect(compiled({ field: 'state', in_region: regions })(factsWith({ state })).ok).toBe(holds);
  });

  test('a refusal names the state and the regions', () => {
    const filter = compiled({ field: 'state', in_region: ['west', 'new_england'] });
    const detail = 'state is "TX", wants a state in west, new_england';
    expect(filter(factsWith({ state: 'TX' }))).toEqual({ ok: false, detail });
  });
});

describe('40,000 zips', () => {
  const zips = Array.from({ length: 40_000 }, (_, index) => String(10_000 + 2 * index));
  const forms: [says: string, document: object][] = [
    ['in', { field: 'zip', in: zips }],
    ['not_in', { not: { field: 'zip', not_in: zips } }],
    ['in_zips', { field: 'zip', in_zips: zips }],
  ];
  test.for(forms)('%s: are looked up in far less than 0.1 ms', ([says, document]) => {
    const filter = compiled(document);
    const [inside, outside] = [at('89998'), at('89999')];
    const LOOKUPS = 100;
    const times = Array.from({ length: 200 }, () => {
      const began = performance.now();
      for (let each = 0; each < LOOKUPS; each += 1) filter(each % 2 === 0 ? inside : outside);
      return (performance.now() - began) / LOOKUPS;
    });
    expect([filter(inside).ok, filter(outside).ok]).toEqual([true, false]);
    const median = times.toSorted((a, b) => a - b)[100] ?? Infinity;
    process.stdout.write(`${says}: 40,000 zips, ${(median * 1000).toFixed(2)} µs a lead\n`);
    expect(median).toBeLessThan(0.1);
  });

  test('are kept once, however many contracts use them', () => {
    const lists = createValueLists();
    const copies = Array.from({ length: 3 }, () => lists.zipSet([...zips]));
    expect(new Set(copies).size).toBe(1);
    expect(lists.zipSet([...zips, '10001'])).not.toBe(copies[0]);
    expect(createValueLists().zipSet(zips)).not.toBe(copies[0]);
  });
});
