// How much this process calls one host: so many calls at once, and so many begun per second. Each
// process counts its own.

import type { HostLimits } from '../../domain/delivering/endpoint.ts';

/** The host had no room in time. Nothing was sent, and the receiver is not to blame. */
export class Crowded extends Error {
  constructor(host: string) {
    super(`too many pushes wait for ${host}`);
  }
}

/** Longer than that a push is worth a timer of its own. */
const MOST_WAIT_MS = 20_000;

interface Lane {
  busy: number;
  /** When the next call may begin, by the rate. */
  nextAtMs: number;
  readonly queue: { readonly atOnce: number; go(): void }[];
}

export type Lanes = ReturnType<typeof createLanes>;

/** The lanes of one process. */
export function createLanes(now: () => number) {
  const lanes = new Map<string, Lane>();

  function leave(host: string, lane: Lane): void {
    lane.busy -= 1;
    // Deliveries to one host may have limits of their own: the first that fits is next.
    const next = lane.queue.findIndex(({ atOnce }) => lane.busy < atOnce);
    if (next >= 0) lane.queue.splice(next, 1)[0]?.go();
    else if (lane.busy === 0 && lane.nextAtMs <= now()) lanes.delete(host);
  }

  async function takePlace(host: string, lane: Lane, atOnce: number): Promise<void> {
    if (lane.busy < atOnce && lane.queue.length === 0) {
      lane.busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const place = {
        atOnce,
        go: () => {
          clearTimeout(timer);
          lane.busy += 1;
          resolve();
        },
      };
      const timer = setTimeout(() => {
        lane.queue.splice(lane.queue.indexOf(place), 1);
        reject(new Crowded(host));
      }, MOST_WAIT_MS);
      lane.queue.push(place);
    });
  }

  async function awaitTurn(host: string, lane: Lane, perSecond: number): Promise<void> {
    const atMs = Math.max(lane.nextAtMs, now());
    const waitMs = atMs - now();
    if (waitMs > MOST_WAIT_MS) throw new Crowded(host);
    lane.nextAtMs = atMs + 1_000 / perSecond;
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs));
  }

  return {
    /** Waits for room; the caller calls what is returned when its call is done. */
    async enter(host: string, { atOnce, perSecond }: HostLimits): Promise<() => void> {
      if (atOnce === null && perSecond === null) return () => undefined;
      const lane = lanes.get(host) ?? { busy: 0, nextAtMs: 0, queue: [] };
      lanes.set(host, lane);
      await takePlace(host, lane, atOnce ?? Infinity);
      try {
        if (perSecond !== null) await awaitTurn(host, lane, perSecond);
      } catch (crowded) {
        leave(host, lane);
        throw crowded;
      }
      return () => leave(host, lane);
    },
  };
}
