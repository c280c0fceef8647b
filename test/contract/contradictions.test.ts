// What must be warned about, and what must not: contradictory filters. Random filters and leads:
// contradictions-property.test.ts.

import { describe, expect, test } from 'vitest';

import { parseWorld } from '../../src/world/parse.ts';
import { spoil } from './world-document.ts';

/** The warnings about the contract's filter. */
function warningsOf(filter: unknown): { path: string; says: string }[] {
  const parsed = parseWorld(spoil('contracts.apex_auto.filter', filter));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.warnings.filter(({ path }) => path.startsWith('contracts.apex_auto.filter'));
}

const tx = { field: 'state', is: 'TX' };
const ca = { field: 'state', is: 'CA' };
const alive = (index: number) => ({ field: 'phone', contains: `${index}` });

describe('warns of', () => {
  const cases: [filter: unknown, at: string, why: string][] = [
    [{ all: [tx, ca] }, '.all[1]', 'state is "TX", and state is "CA"'],
    [
      { all: [tx, { all: [{ not: { not: ca } }] }] },
      '.all[1].all[0].not.not',
      'state is "TX", and',
    ],
    [
      {
        all: [
          { field: 'age', at_least: 30 },
          { field: 'age', below: 25 },
        ],
      },
      '.all[1]',
      'age is at least 30, and age is below 25',
    ],
    [
      {
        all: [
          { field: 'age', above: 30 },
          { field: 'age', below: 31 },
        ],
      },
      '.all[1]',
      'age is above 30, and age is below 31',
    ],
    [
      {
        all: [
          { field: 'score', at_least: 30 },
          { field: 'score', below: 30 },
        ],
      },
      '.all[1]',
      'score is at least 30, and',
    ],
    [
      {
        all: [
          { field: 'dob', above: '1990-01-01' },
          { field: 'dob', at_most: '1990-01-01' },
        ],
      },
      '.all[1]',
      'dob is above 1990-01-01, and',
    ],
    [
      {
        all: [
          { field: 'zip', in: ['10001', '10002'] },
          { field: 'zip', in: ['10003'] },
        ],
      },
      '.all[1]',
      'zip is one of 10001, 10002, and zip is one of 10003',
    ],
    [
      {
        all: [
          { field: 'zip', in_zips: ['787*'] },
          { field: 'zip', in_zips: ['10000-78699'] },
        ],
      },
      '.all[1]',
      'zip is a zip in 787*, and',
    ],
    [
      {
        all: [
          { field: 'zip', within: { miles: 50, of: '78704' } },
          { field: 'zip', within: { miles: 50, of: '75201' } },
        ],
      },
      '.all[1]',
      'zip is within 50 miles of 78704, and zip is within 50 miles of 75201',
    ],
    [
      {
        all: [
          { field: 'zip', within: { miles: 10, of: '78704' } },
          { not: { field: 'zip', within: { miles: 20, of: '78701' } } },
        ],
      },
      '.all[1].not',
      'zip is within 10 miles of 78704, and not (zip is within 20 miles of 78701)',
    ],
    [{ all: [{ field: 'state', in_region: ['west'] }, tx] }, '.all[1]', 'state is a state in west'],
    [
      { all: [{ field: 'phone', contains: '512' }, { not: { field: 'phone', contains: '512' } }] },
      '.all[1].not',
      'phone is text that contains "512", and not (phone',
    ],
    [
      { all: [{ field: 'phone', contains: '5125' }, { not: { field: 'phone', contains: '512' } }] },
      '.all[1].not',
      'phone is text that contains "5125", and not (phone is text that contains "512")',
    ],
    [
      {
        all: [
          { field: 'phone', starts_with: '+1512' },
          { field: 'phone', starts_with: '+1505' },
        ],
      },
      '.all[1]',
      'phone is text that starts with "+1512", and',
    ],
    [
      {
        all: [
          { field: 'zip', exists: false },
          { field: 'zip', is: '78704' },
        ],
      },
      '.all[1]',
      'zip is',
    ],
    [{ field: 'local_hour', above: 23 }, '', 'local_hour is above 23'],
    [
      {
        all: [
          { field: 'service', is_not: 'hvac' },
          { not: { field: 'service', is: 'roofing' } },
          { field: 'service', exists: true },
        ],
      },
      '.all[2]',
      'service is anything but "hvac", and not (service is "roofing"), and service is any value',
    ],
    [{ all: [tx, { any: [ca, { field: 'state', is: 'NV' }] }] }, '.all[1]', 'state is "TX", and'],
    [
      { all: [{ all: [tx, alive(1)] }, { not: { any: [tx, alive(2)] } }] },
      '.all[1].not.any[0]',
      'state',
    ],
    [
      { all: [{ all: [tx, ca] }, { not: { all: [tx, ca] } }] },
      '.all[0].all[1]',
      'state is "TX", and',
    ],
    [{ any: [] }, '', 'any of nothing'],
  ];
  test.for(cases)('%j', ([filter, at, why]) => {
    const [warning, ...more] = warningsOf(filter);
    expect(warning?.path).toBe(`contracts.apex_auto.filter${at}`);
    expect(warning?.says).toContain(`no lead can meet the filter: ${why}`);
    expect(more).toEqual([]);
  });

  test('an alternative that can never hold, at its place', () => {
    const filter = { all: [{ field: 'state', in: ['TX', 'OK'] }, { any: [ca, alive(1)] }] };
    expect(warningsOf(filter)).toEqual([
      {
        path: 'contracts.apex_auto.filter.all[1].any[0]',
        says: 'this alternative can never hold: state is one of TX, OK, and state is "CA"',
      },
    ]);
  });
});

describe('says nothing of', () => {
  const cases: unknown[] = [
    { any: [tx, ca] },
    { all: [tx, { field: 'state', is_not: 'CA' }] },
    { all: [tx, { field: 'state', is: 'tx' }] },
    {
      all: [
        { field: 'age', at_least: 30 },
        { field: 'age', at_most: 30 },
      ],
    },
    {
      all: [
        { field: 'score', above: 30 },
        { field: 'score', below: 31 },
      ],
    },
    {
      all: [
        { field: 'state', is_not: 'TX' },
        { field: 'state', exists: false },
      ],
    },
    { all: [{ not: { field: 'zip', in_zips: ['7*'] } }, { field: 'zip', exists: false }] },
    {
      all: [
        { field: 'zip', in_zips: ['787*'] },
        { field: 'zip', within: { miles: 9, of: '78704' } },
      ],
    },
    {
      all: [
        { field: 'zip', within: { miles: 100, of: '78704' } },
        { field: 'zip', within: { miles: 100, of: '75201' } },
      ],
    },
    { all: [tx, { not: { all: [tx, alive(1)] } }] },
    { all: [] },
    { not: { any: [] } },
  ];
  test.for(cases)('%j', (filter) => expect(warningsOf(filter)).toEqual([]));
});
