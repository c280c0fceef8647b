// How long the fuzz goes on, and from which seed. `npm test` takes the same requests every time;
// SLUICE_FUZZ=50 takes fifty times as many, from a seed of its own each time, which a failure
// prints; SLUICE_FUZZ_SEED takes those of a failure again.

const { SLUICE_FUZZ: times, SLUICE_FUZZ_SEED: seed } = process.env;

export const isLong = times !== undefined;

/** Parameters of a property that `npm test` gives this many runs. */
export function budget(runs: number): { numRuns: number; seed: number } {
  const chosen = seed === undefined ? (isLong ? Date.now() % 2 ** 31 : 20_260) : Number(seed);
  return { numRuns: Math.ceil(runs * Number(times ?? 1)), seed: chosen };
}

/** The time limit of a test of that many times the work. */
export const limitMs = 30_000 * Math.max(1, Number(times ?? 1));
