// Words of the wire: the keys of a closed list as a tuple, and times as text.

/** The keys of a closed list, for `z.enum`. Throws on an empty list. */
export function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): [K, ...K[]] {
  const [first, ...rest] = Object.keys(record) as K[];
  if (first === undefined) throw new Error('an empty list of words');
  return [first, ...rest];
}

/** ISO 8601 in UTC, to the millisecond. */
export function toTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The same, where there may be no time yet. */
export function toTimeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : toTime(atMs);
}
