// Makes up leads: invented people, each different, the same ones for the same seed.

const FIRST = ['Ann', 'Luis', 'Mei', 'Omar', 'Nina', 'Paul', 'Rosa', 'Ivan', 'Dana', 'Kofi'];
const LAST = [
  'Lee',
  'Garcia',
  'Novak',
  'Okafor',
  'Smith',
  'Haddad',
  'Rossi',
  'Kim',
  'Berg',
  'Diaz',
];
const PLACES = [
  ['TX', '78704', '512'],
  ['CA', '90012', '213'],
  ['FL', '33101', '305'],
  ['NY', '10001', '212'],
  ['CO', '80202', '303'],
  ['AZ', '85004', '602'],
  ['GA', '30303', '404'],
  ['OH', '43215', '614'],
] as const;

const PROJECTS = [
  ['roofing', 'The roof leaks over the attic'],
  ['windows', 'Six windows, two of them broken'],
  ['hvac', 'The heat pump is loud'],
  ['plumbing', 'A leak below the sink'],
  ['roofing', 'New gutter on a mobile home'],
] as const;

/** A submission as a source posts it. */
export interface MadeLead {
  readonly campaign: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The `index`-th lead of a seed: about a house for the campaign `home_services`, about a car for
 * any other. Numbers of the fictional 555-01xx kind with a longer line number.
 */
export function makeLead(campaign: string, seed: number, index: number): MadeLead {
  const [state, zip, area] = pick(PLACES, index);
  const first = pick(FIRST, index * 7 + seed);
  const last = pick(LAST, index * 3 + Math.floor(index / 10));
  const [service, project] = pick(PROJECTS, index);
  const isHome = campaign === 'home_services';
  const number = String(2_000_000 + ((seed * 1_009 + index) % 8_000_000));
  return {
    campaign,
    fields: {
      first_name: first,
      last_name: last,
      phone: `(${area}) ${exchange(number)}-${number.slice(3)}`,
      email: `${first}.${last}.${seed}.${index}@example.com`.toLowerCase(),
      zip,
      state,
      ...(isHome
        ? { service, project, homeowner: index % 4 !== 0 }
        : {
            date_of_birth: `19${60 + (index % 40)}-0${1 + (index % 9)}-1${index % 9}`,
            currently_insured: index % 3 !== 0,
          }),
    },
  };
}

/** An exchange never begins with 0 or 1. */
function exchange(number: string): string {
  return `${2 + (Number(number[0]) % 8)}${number.slice(1, 3)}`;
}

function pick<T>(from: readonly T[], index: number): T {
  const found = from[((index % from.length) + from.length) % from.length];
  if (found === undefined) throw new Error('picked from nothing');
  return found;
}
