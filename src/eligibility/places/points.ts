// Where a zip lies, and how far that is from somewhere. The table of places is a package of 5 MB
// that takes some 200 ms and 50 MB to read, so it is read once, and only when a world has a filter
// that asks for a distance.

import { createRequire } from 'node:module';

import type { Centre } from '../../domain/world/filter.ts';

/** A point on the unit sphere: the cheapest form to compare distances in. */
export type Point = readonly [x: number, y: number, z: number];

const EARTH_RADIUS_MILES = 3958.76;
/** Half way round the earth. */
export const MOST_MILES = Math.PI * EARTH_RADIUS_MILES;

interface Place {
  readonly zip: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly state: string;
  readonly country: string;
}

// The package gives all military post one place each in Italy, Korea or the Gulf of Guinea.
const NOWHERE = new Set(['AA', 'AE', 'AP']);
// Only they lie east of Greenwich; elsewhere it is a sign that was lost.
const FAR_EAST = new Set(['AK', 'FM', 'GU', 'HI', 'MH', 'MP', 'PW']);

let points: ReadonlyMap<string, Point> | undefined;

function loadPoints(): ReadonlyMap<string, Point> {
  // A plain import would be paid for by every process, also where no filter asks for a distance.
  const { codes } = createRequire(import.meta.url)('zipcodes') as { codes: Record<string, Place> };
  const found = new Map<string, Point>();
  for (const { zip, latitude, longitude, state, country } of Object.values(codes)) {
    const misplaced = latitude === 0 || (longitude > 0 && !FAR_EAST.has(state));
    if (country !== 'US' || NOWHERE.has(state) || misplaced) continue;
    found.set(zip, pointAt(latitude, longitude));
  }
  return found;
}

/** The place of a zip (five digits, or ZIP+4); undefined where nobody knows it. */
export function pointOfZip(zip: string): Point | undefined {
  points ??= loadPoints();
  return points.get(zip.slice(0, 5));
}

/** Whether the table of places has been read. */
export function arePointsLoaded(): boolean {
  return points !== undefined;
}

/** The point of a centre; undefined for a zip whose place nobody knows. */
export function pointOf(centre: Centre): Point | undefined {
  return centre.kind === 'zip' ? pointOfZip(centre.zip) : pointAt(centre.lat, centre.lon);
}

/** The point at degrees north and east. */
export function pointAt(lat: number, lon: number): Point {
  const [north, east] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
}

/** The great-circle distance in miles, on a sphere: up to 0.5 % off. */
export function milesBetween(a: Point, b: Point): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  const chord = Math.sqrt(x * x + y * y + z * z);
  return 2 * EARTH_RADIUS_MILES * Math.asin(Math.min(1, chord / 2));
}
