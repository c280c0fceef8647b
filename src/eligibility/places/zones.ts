// The time zone in which a person lives, by zip, or by state where a state has one zone. Zips of a
// state with two zones are told apart by lists: the zips whose place lies in the smaller part. They
// were computed from the places of zipcodes 8.0.0 and the boundaries of geo-tz 8.1.9 (drawn by
// OpenStreetMap contributors, ODbL 1.0); test/contract/places.test.ts holds them against tz-lookup.

import { stateOfZip } from './states.ts';
import { ZipSet } from './zip-set.ts';

/** The zone of each state, or of its larger part. Military post may be anywhere. */
const ZONES: Readonly<Record<string, string>> = {
  'America/New_York': 'CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV',
  'America/Chicago': 'AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI',
  'America/Denver': 'CO ID MT NM UT WY',
  'America/Phoenix': 'AZ',
  'America/Los_Angeles': 'CA NV OR WA',
  'America/Anchorage': 'AK',
  'Pacific/Honolulu': 'HI',
  'America/Puerto_Rico': 'PR',
  'America/St_Thomas': 'VI',
  'Pacific/Guam': 'GU',
  'Pacific/Saipan': 'MP',
  'Pacific/Pago_Pago': 'AS',
  'Pacific/Palau': 'PW',
  'Pacific/Majuro': 'MH',
  'Pacific/Pohnpei': 'FM',
  'America/Edmonton': 'AB NT',
  'America/Winnipeg': 'MB',
  'America/Halifax': 'NB NS PE',
  'America/Whitehorse': 'YT',
};

/** The other zone of a state that has two, and the zips that lie in it. */
const OTHERS: Readonly<Record<string, { readonly zone: string; readonly zips: string }>> = {
  AK: {
    zone: 'America/Adak',
    zips: `99546-99547`,
  },
  AZ: {
    zone: 'America/Denver',
    zips: `86016 86020 86028 86031 86033 86035 86044-86045 86053-86054 86502-86511 86514-86547
86556`,
  },
  FL: {
    zone: 'America/Chicago',
    zips: `32401-32455 32459-32592`,
  },
  FM: { zone: 'Pacific/Chuuk', zips: '96942-96943' },
  HI: {
    zone: 'Pacific/Wake',
    zips: `96898`,
  },
  ID: {
    zone: 'America/Los_Angeles',
    zips: `83501-83546 83548 83552-83555 83801-83877`,
  },
  IN: {
    zone: 'America/Chicago',
    zips: `46301-46411 46531-46534 46968 47514-47515 47520 47523 47525 47531 47536-47537
47550-47552 47556 47574 47576-47577 47579 47586-47588 47601-47750 47922 47943 47948
47951 47963-47964 47977-47978`,
  },
  KS: {
    zone: 'America/Denver',
    zips: `67733 67735 67741 67758-67762 67836 67857 67878-67879`,
  },
  KY: {
    zone: 'America/Chicago',
    zips: `40111-40115 40119 40140 40143-40146 40152-40153 40170-40171 40176 40178 42001-42464
42602-42629 42642 42712-42715 42717 42720-42722 42726-42731 42741-42746 42749-42757
42759-42765 42782`,
  },
  MI: {
    zone: 'America/Chicago',
    zips: `49801-49802 49812 49815 49821 49831 49834 49845-49848 49852 49858 49863 49870
49873-49877 49881 49886-49887 49892-49893 49896 49902-49903 49911 49915 49920 49927
49935-49938 49947 49959 49964 49968-49969`,
  },
  ND: {
    zone: 'America/Denver',
    zips: `58529 58533-58535 58562 58564 58569 58601-58630 58632-58636 58639-58656 58838`,
  },
  NE: {
    zone: 'America/Denver',
    zips: `69021 69023 69027 69030 69033 69037 69041 69045 69121-69122 69125-69129 69131
69133-69134 69140-69141 69144-69150 69152-69156 69160 69162 69168 69190 69211 69216
69218-69219 69301-69367`,
  },
  NV: {
    zone: 'America/Denver',
    zips: `89883`,
  },
  OR: {
    zone: 'America/Denver',
    zips: `97901-97903 97906 97908-97920`,
  },
  SD: {
    zone: 'America/Denver',
    zips: `57521 57532 57537 57543 57547 57551-57553 57567 57574 57577 57620-57630 57633-57645
57649-57799`,
  },
  TN: {
    zone: 'America/New_York',
    zips: `37302-37304 37307-37312 37314-37317 37320-37323 37325-37326 37329 37331-37333
37336-37337 37341 37343 37350-37351 37353-37354 37361-37364 37369-37373 37377 37379
37381 37384-37385 37391 37401-37450 37601-37722 37724-37998`,
  },
  TX: {
    zone: 'America/Denver',
    zips: `79821 79835-79839 79847 79849-79851 79853 79901-88595`,
  },
};

const ZONE_OF_STATE: ReadonlyMap<string, string> = new Map(
  Object.entries(ZONES).flatMap(([zone, states]) =>
    states.split(' ').map((state) => [state, zone] as const),
  ),
);

const inOtherZone = new Map<string, ZipSet>();

/**
 * The IANA zone of a place. The zip decides where it is known; a state (upper-case code) only where
 * it has one zone: half of Florida's panhandle would be called an hour too early otherwise.
 */
export function zoneOf(place: {
  readonly zip?: string | undefined;
  readonly state?: string | undefined;
}): string | undefined {
  const { zip, state } = place;
  const byZip = zip === undefined ? undefined : stateOfZip(zip);
  const zone = zip === undefined || byZip === undefined ? undefined : zoneIn(byZip, zip);
  if (zone !== undefined) return zone;
  return state === undefined || Object.hasOwn(OTHERS, state) ? undefined : ZONE_OF_STATE.get(state);
}

function zoneIn(state: string, zip: string): string | undefined {
  const other = Object.hasOwn(OTHERS, state) ? OTHERS[state] : undefined;
  if (other) {
    let zips = inOtherZone.get(state);
    if (!zips) inOtherZone.set(state, (zips = ZipSet.of(other.zips.split(/\s+/))));
    if (zips.has(zip)) return other.zone;
  }
  return ZONE_OF_STATE.get(state);
}
