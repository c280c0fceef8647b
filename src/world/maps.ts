// Looking into maps that came from outside, where a key may be the name of what every object has.

export type LooseMap = Readonly<Record<string, unknown>>;

/** The entry of an id; undefined where there is none, and for what every object has. */
export function ownOf<T>(map: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(map, id) ? map[id] : undefined;
}

/** True for a map; a list is none. */
export function isMap(value: unknown): value is LooseMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is a map, else an empty one. */
export function mapOf(value: unknown): LooseMap {
  return isMap(value) ? value : {};
}

/** The map under a key; an empty one where there is no map. */
export function mapAt(map: LooseMap, key: string): LooseMap {
  return mapOf(ownOf(map, key));
}
