// Which endpoints may be pushed to: what PostgreSQL knows, looked at most once a second by this
// process, and only when something is to be pushed. A few pushes may still go out in the second
// after another process has seen an endpoint fail.

import {
  claimProbe,
  type Counted,
  type Failure,
  listEndpoints,
  listUnwell,
  recordFailure,
  type Unwell,
} from '../../db/delivering/endpoints.ts';
import type { Pool } from '../../db/pool.ts';
import {
  type BreakerPolicy,
  type EndpointKey,
  endpointName,
  heldMs,
} from '../../domain/delivering/endpoint.ts';

const LOOK_EVERY_MS = 1_000;

/** What may be done with a push now. */
export type Gate =
  | { readonly kind: 'open' }
  /** Look again after the pause. */
  | { readonly kind: 'held'; readonly afterMs: number; readonly detail: string }
  | { readonly kind: 'disabled'; readonly detail: string };

export type Health = ReturnType<typeof createHealth>;

/** The health of endpoints as one process sees it. */
export function createHealth(deps: { readonly pool: Pool; now(): number; random(): number }) {
  const { pool, now, random } = deps;
  let unwell: ReadonlyMap<string, Unwell> = new Map();
  let lookedAtMs = -Infinity;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const startedAtMs = now();
    const found = await listUnwell(pool);
    unwell = new Map(found.map((one) => [endpointName(one), one]));
    lookedAtMs = startedAtMs;
  }

  async function lookIfOld(): Promise<void> {
    if (now() - lookedAtMs < LOOK_EVERY_MS) return;
    looking ??= look().finally(() => (looking = undefined));
    await looking;
  }

  return {
    /** May it go out? `looks` counts how often this push has asked. */
    async gateOf(
      endpoint: EndpointKey,
      { breaker, looks }: { readonly breaker: BreakerPolicy; readonly looks: number },
    ): Promise<Gate> {
      await lookIfOld();
      const known = unwell.get(endpointName(endpoint));
      if (!known) return { kind: 'open' };
      const because = known.lastError === null ? '' : `: ${known.lastError}`;
      if (known.state === 'disabled') {
        // Ends the push for good, so what was known a second ago is not enough.
        const [current] = await listEndpoints(pool, endpoint);
        if (current?.state !== 'disabled') {
          lookedAtMs = -Infinity;
          return { kind: 'open' };
        }
        return { kind: 'disabled', detail: `the endpoint is disabled${because}` };
      }
      const toProbeMs = (known.probeAtMs ?? 0) - now();
      if (toProbeMs <= 0 && (await claimProbe(pool, endpoint, breaker))) return { kind: 'open' };
      // Taken by another push meanwhile: the next one is an interval away.
      const waitMs = toProbeMs > 0 ? toProbeMs : breaker.probeEveryMs;
      const afterMs = heldMs(breaker, { toProbeMs: waitMs, looks, random: random() });
      return { kind: 'held', afterMs, detail: `held back while the endpoint fails${because}` };
    },

    /** Counts a failure, and looks anew if it changed anything. */
    async countFailure(
      endpoint: EndpointKey,
      told: { readonly failure: Failure; readonly breaker: BreakerPolicy },
    ): Promise<Counted> {
      const counted = await recordFailure(pool, endpoint, told);
      if (counted.isNew) lookedAtMs = -Infinity;
      return counted;
    },

    /** A push arrived, and the record of it has closed the breaker: nobody waits for the look. */
    noteSuccess(endpoint: EndpointKey): void {
      if (unwell.get(endpointName(endpoint))?.state === 'open') lookedAtMs = -Infinity;
    },
  };
}
