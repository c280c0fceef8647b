// Rolling caps: what was used in the last N hours, in buckets of a sixtieth of the period. A hold
// counts until its bucket leaves, which is the whole period after the bucket's end: a moment too
// long, never too short. No calendar is needed.

/** What counts, by the instant at which it stops to count. */
export type Buckets = Record<number, number>;

const BUCKETS = 60;

/** When a hold made at an instant stops to count. */
export function bucketAt(atMs: number, spanMs: number): number {
  const bucketMs = spanMs / BUCKETS;
  return (Math.floor(atMs / bucketMs) + 1) * bucketMs + spanMs;
}

export function addToBucket(buckets: Buckets, endsAtMs: number, amount: number): void {
  buckets[endsAtMs] = (buckets[endsAtMs] ?? 0) + amount;
}

/** Takes at most what the bucket holds, and returns how much that was. */
export function takeFromBucket(buckets: Buckets, endsAtMs: number, amount: number): number {
  const there = buckets[endsAtMs] ?? 0;
  const taken = Math.min(there, amount);
  if (taken === there) delete buckets[endsAtMs];
  else buckets[endsAtMs] = there - taken;
  return taken;
}

/** Drops the buckets that have left, and returns what they held. */
export function dropPast(buckets: Buckets, nowMs: number): number {
  let dropped = 0;
  for (const [endsAt, amount] of Object.entries(buckets)) {
    if (Number(endsAt) > nowMs) continue;
    dropped += amount;
    delete buckets[Number(endsAt)];
  }
  return dropped;
}

/** When the oldest bucket leaves; undefined when there is none. */
export function oldestEnd(buckets: Buckets): number | undefined {
  const ends = Object.keys(buckets).map(Number);
  return ends.length > 0 ? Math.min(...ends) : undefined;
}
