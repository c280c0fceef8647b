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
  export default zipcodes;
}

declare module 'tz-lookup' {
  export default function tzLookup(latitude: number, longitude: number): string;
}
