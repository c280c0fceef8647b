// The regions and divisions of the United States as the Census Bureau draws them. Puerto Rico, the
// other territories and the military post belong to none.

const DIVISIONS = {
  new_england: 'CT ME MA NH RI VT',
  middle_atlantic: 'NJ NY PA',
  east_north_central: 'IL IN MI OH WI',
  west_north_central: 'IA KS MN MO NE ND SD',
  south_atlantic: 'DE DC FL GA MD NC SC VA WV',
  east_south_central: 'AL KY MS TN',
  west_south_central: 'AR LA OK TX',
  mountain: 'AZ CO ID MT NV NM UT WY',
  pacific: 'AK CA HI OR WA',
} as const;

const REGIONS = {
  northeast: [DIVISIONS.new_england, DIVISIONS.middle_atlantic],
  midwest: [DIVISIONS.east_north_central, DIVISIONS.west_north_central],
  south: [DIVISIONS.south_atlantic, DIVISIONS.east_south_central, DIVISIONS.west_south_central],
  west: [DIVISIONS.mountain, DIVISIONS.pacific],
} as const;

const NAMES = { ...REGIONS, ...DIVISIONS };

/** A region, such as `south`, or one of its divisions, such as `west_south_central`. */
export type Region = keyof typeof NAMES;

export const REGION_NAMES = Object.keys(NAMES) as readonly Region[];

/** The states of a region, upper-case codes. */
export function statesOf(region: Region): readonly string[] {
  return [NAMES[region]].flat().flatMap((codes) => codes.split(' '));
}
