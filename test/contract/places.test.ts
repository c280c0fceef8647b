// Zips, states, regions, zones and distances: the tables against those they were made from, and
// well-known places. The zones are held against tz-lookup, which draws its borders more coarsely
// than the boundaries that the table was made from, so a few zips near borders may differ.

import tzLookup from 'tz-lookup';
import { describe, expect, test } from 'vitest';
import zipcodes from 'zipcodes';

import { REGION_NAMES, statesOf } from '../../src/domain/world/regions.ts';
import { milesBetween, pointAt, pointOfZip } from '../../src/eligibility/places/points.ts';
import { stateOfZip } from '../../src/eligibility/places/states.ts';
import { ZipSet, zipFault } from '../../src/eligibility/places/zip-set.ts';
import { zoneOf } from '../../src/eligibility/places/zones.ts';
import { offsetAt } from '../../src/eligibility/zones.ts';

const PLACES = Object.values(zipcodes.codes).filter(({ country }) => country === 'US');
const MILITARY = ['AA', 'AE', 'AP'];

test('every zip of the package has the state that the package gives it', () => {
  const wrong = PLACES.filter(({ zip, state }) => stateOfZip(zip) !== state);
  expect(PLACES.length).toBeGreaterThan(42_000);
  expect(wrong.map(({ zip }) => zip)).toEqual([]);
});

describe('the state of', () => {
  const cases: [zip: string, state: string | undefined][] = [
    ['00501', 'NY'],
    ['00601', 'PR'],
    ['00801', 'VI'],
    ['06389', 'CT'],
    ['06390', 'NY'], // Fishers Island, served from Connecticut.
    ['09001', 'AE'],
    ['34001', 'AA'],
    ['73960', 'TX'], // Texhoma, served from Oklahoma.
    ['96201', 'AP'],
    ['96799', 'AS'],
    ['96941', 'FM'],
    ['99950', 'AK'],
    ['78799', 'TX'], // Nobody has it yet; all around it are Texan.
    ['00001', undefined],
    ['21300', undefined], // Baltimore ends at 212, and 214 is Annapolis.
    ['', undefined],
    ['abc', undefined],
  ];
  test.for(cases)('%s is %s', ([zip, state]) => expect(stateOfZip(zip)).toBe(state));
});

test('regions are made of divisions, and divide the fifty states and the capital', () => {
  const regions = ['northeast', 'midwest', 'south', 'west'] as const;
  const divisions = REGION_NAMES.filter((name) => !(regions as readonly string[]).includes(name));
  const states = regions.flatMap(statesOf).toSorted();
  expect(new Set(states).size).toBe(51);
  expect(states.length).toBe(51);
  expect(divisions.length).toBe(9);
  expect(divisions.flatMap(statesOf).toSorted()).toEqual(states);
  expect(regions.map((name) => statesOf(name).length)).toEqual([9, 12, 17, 13]);
});

describe('the zone of', () => {
  const sameClocks = (one: string, other: string) =>
    ['2026-01-15T12:00Z', '2026-07-15T12:00Z']
      .map((text) => Date.parse(text))
      .every((atMs) => offsetAt(one, atMs) === offsetAt(other, atMs));

  test('99 of 100 zips is the one that another table gives their place', () => {
    const known = PLACES.filter(({ state, longitude }) => {
      return !MILITARY.includes(state) && (longitude < 0 || state !== 'NY');
    });
    const differ = known.filter(({ zip, latitude, longitude }) => {
      const zone = zoneOf({ zip });
      return zone === undefined || !sameClocks(zone, tzLookup(latitude, longitude));
    });
    expect(known.length).toBeGreaterThan(41_000);
    expect(differ.length / known.length).toBeLessThan(0.01);
    // Whole states of one zone differ nowhere but at the borders of the country.
    const inland = differ.filter(({ state }) => ['CO', 'IA', 'MO', 'PA', 'VA'].includes(state));
    expect(inland.length).toBeLessThan(3);
  });

  const towns: [town: string, zip: string, zone: string][] = [
    ['Pensacola', '32501', 'America/Chicago'],
    ['Tallahassee', '32301', 'America/New_York'],
    ['Gary', '46402', 'America/Chicago'],
    ['Evansville', '47708', 'America/Chicago'],
    ['Indianapolis', '46204', 'America/New_York'],
    ['Bowling Green', '42101', 'America/Chicago'],
    ['Louisville', '40202', 'America/New_York'],
    ['Nashville', '37201', 'America/Chicago'],
    ['Knoxville', '37902', 'America/New_York'],
    ['Chattanooga', '37402', 'America/New_York'],
    ['Iron Mountain', '49801', 'America/Chicago'],
    ['Marquette', '49855', 'America/New_York'],
    ['El Paso', '79901', 'America/Denver'],
    ['El Paso, post boxes', '88540', 'America/Denver'],
    ['Midland', '79701', 'America/Chicago'],
    ['Goodland', '67735', 'America/Denver'],
    ['Wichita', '67202', 'America/Chicago'],
    ['Scottsbluff', '69361', 'America/Denver'],
    ['Omaha', '68102', 'America/Chicago'],
    ['Rapid City', '57701', 'America/Denver'],
    ['Sioux Falls', '57104', 'America/Chicago'],
    ['Dickinson', '58601', 'America/Denver'],
    ['Williston', '58801', 'America/Chicago'],
    ['Fargo', '58102', 'America/Chicago'],
    ['Coeur d’Alene', '83814', 'America/Los_Angeles'],
    ['Boise', '83702', 'America/Denver'],
    ['Ontario, Oregon', '97914', 'America/Denver'],
    ['Portland', '97201', 'America/Los_Angeles'],
    ['West Wendover', '89883', 'America/Denver'],
    ['Las Vegas', '89101', 'America/Los_Angeles'],
    ['Window Rock', '86515', 'America/Denver'],
    ['Phoenix', '85001', 'America/Phoenix'],
    ['Adak', '99546', 'America/Adak'],
    ['Juneau', '99801', 'America/Anchorage'],
    ['Honolulu', '96813', 'Pacific/Honolulu'],
    ['Wake Island', '96898', 'Pacific/Wake'],
    ['Pago Pago', '96799', 'Pacific/Pago_Pago'],
    ['Saipan', '96950', 'Pacific/Saipan'],
    ['Chuuk', '96942', 'Pacific/Chuuk'],
  ];
  test.for(towns)('%s, %s, is %s', ([, zip, zone]) => expect(zoneOf({ zip })).toBe(zone));

  const states: [state: string, zone: string | undefined][] = [
    ['NY', 'America/New_York'],
    ['CA', 'America/Los_Angeles'],
    ['PR', 'America/Puerto_Rico'],
    ['AB', 'America/Edmonton'],
    ['TX', undefined],
    ['FL', undefined],
    ['AZ', undefined],
    ['ON', undefined],
    ['AE', undefined],
    ['constructor', undefined],
  ];
  test.for(states)('state %s is %s', ([state, zone]) => expect(zoneOf({ state })).toBe(zone));
});

describe('distances', () => {
  test('are those of the map', () => {
    const [newYork, losAngeles] = [pointAt(40.7128, -74.006), pointAt(34.0522, -118.2437)];
    expect(milesBetween(newYork, losAngeles)).toBeCloseTo(2445.6, 0);
    expect(milesBetween(pointAt(0, 0), pointAt(0, 180))).toBeCloseTo(12_436.8, 0);
    expect(milesBetween(pointAt(0, 0), pointAt(1, 0))).toBeCloseTo(69.09, 2);
    expect(milesBetween(pointAt(51, 7), pointAt(51, 7))).toBe(0);
    expect(milesBetween(pointAt(10, 179.9), pointAt(10, -179.9))).toBeLessThan(14);
  });

  test('agree with the package’s own, which rounds to the mile', () => {
    for (const [one, other] of [
      ['78704', '75201'],
      ['10001', '90001'],
      ['99501', '33101'],
    ] as const) {
      const [a, b] = [pointOfZip(one), pointOfZip(other)];
      if (!a || !b) throw new Error(`no place for ${one} or ${other}`);
      expect(Math.abs(milesBetween(a, b) - zipcodes.distance(one, other))).toBeLessThan(1);
    }
  });

  const placed: [zip: string, isKnown: boolean][] = [
    ['78704', true],
    ['78704-1234', true],
    ['00901', true],
    ['96910', true],
    ['09001', false], // Military post: the package has it in Italy.
    ['34001', false],
    ['10200', false], // The package has it in Kyrgyzstan: a sign was lost.
    ['99999', false],
    ['T0A', false],
  ];
  test.for(placed)('the place of %s is known: %s', ([zip, isKnown]) => {
    expect(pointOfZip(zip) !== undefined).toBe(isKnown);
  });
});

describe('a zip list', () => {
  const cases: [entry: string, has: string[], hasNot: string[]][] = [
    ['10001', ['10001', '10001-0000'], ['10000', '10002', '1000', '100010', '10001-']],
    ['10001-0042', ['10001'], ['10002', '00042']],
    ['78700-78799', ['78700', '78750', '78799'], ['78699', '78800']],
    ['787*', ['78700', '78799'], ['78699', '78800', '07870']],
    ['0*', ['00000', '09999'], ['10000']],
    ['7870*', ['78700', '78709'], ['78710', '78699']],
    ['00000-99999', ['00000', '99999'], ['', '9999', 'abcde', '१२३४५']],
  ];
  test.for(cases)('%s has %j, not %j', ([entry, has, hasNot]) => {
    const set = ZipSet.of([entry]);
    expect(has.filter((zip) => !set.has(zip))).toEqual([]);
    expect(hasNot.filter((zip) => set.has(zip))).toEqual([]);
  });

  test('lists what it has, in order', () => {
    const set = ZipSet.of(['99999', '00002-00003', '0000*', '00031-00033']);
    const expected = [...Array(10).keys()].map((digit) => `0000${digit}`);
    expect([...set]).toEqual([...expected, '00031', '00032', '00033', '99999']);
  });

  const faults: [entry: string, says: string, fix?: string][] = [
    ['', 'is neither a zip, nor a range, nor a beginning', 'such as 10001, 78700-78799 or 787*'],
    ['*', 'is neither a zip, nor a range, nor a beginning'],
    ['787xx', 'is neither a zip, nor a range, nor a beginning', 'write 787*'],
    ['787**', 'is neither a zip, nor a range, nor a beginning', 'write 787*'],
    ['787', 'is neither a zip, nor a range, nor a beginning'],
    ['787-789', 'is neither a zip, nor a range, nor a beginning'],
    ['78704 ', 'is neither a zip, nor a range, nor a beginning'],
    ['78799-78700', 'ends before it begins', 'write 78700-78799'],
  ];
  test.for(faults)('refuses "%s": %s', ([entry, says, fix]) => {
    expect(zipFault(entry)).toMatchObject(fix === undefined ? { says } : { says, fix });
  });
});
