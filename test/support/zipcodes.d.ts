// The parts of two packages without types that tests look at.

declare module 'zipcodes' {
  interface Place {
    readonly zip: string;
    readonly latitude: number;
    readonly longitude: number;
    readonly state: string;
    readonly country: string;
  }
  const zipcodes: {
    readonly codes: Readonly<Record<string, Place>>;
    distance(one: string, other: string): number;
  };
  export = zipcodes;
}

declare module 'tz-lookup' {
  function tzLookup(latitude: number, longitude: number): string;
  export = tzLookup;
}
