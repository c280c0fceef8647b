// How full buyers are at this moment, read without changing anything: from their entities, or,
// where an entity knows nothing yet, from what PostgreSQL would seed it with.

import type { Logger } from 'pino';
import { readCapsSeed } from '../db/caps-seed.ts';
import type { Pool } from '../db/pool.ts';
import { type CapsState, emptyCaps, seedCaps } from '../domain/caps/caps.ts';
import type { BuyerId } from '../domain/ids.ts';
import type { KnownCaps } from '../routing/caps.ts';
import type { TemporalCalls } from '../temporal.ts';

/** Queries at a time: each is a task of the caps Worker, which leads wait for too. */
const AT_ONCE = 8;

/** One reader per process. */
export function createCapReader(deps: {
  readonly pool: Pool;
  readonly log: Logger;
  readonly host: { calls(): TemporalCalls | undefined };
}) {
  async function readOne(calls: TemporalCalls, buyerId: BuyerId): Promise<CapsState> {
    const state = (await calls.readCaps(buyerId)) ?? emptyCaps();
    if (state.seeded) return state;
    const epoch = state.epoch ?? '';
    state.epoch = epoch;
    seedCaps(state, { epoch, ...(await readCapsSeed(deps.pool, buyerId)) }, Date.now());
    return state;
  }

  /** The caps of these buyers; undefined when Temporal does not answer for all of them. */
  return async (buyerIds: readonly BuyerId[]): Promise<KnownCaps | undefined> => {
    const calls = deps.host.calls();
    if (!calls) return undefined;
    const known = new Map<BuyerId, CapsState>();
    const waiting = [...new Set(buyerIds)];
    try {
      for (let next = waiting.splice(0, AT_ONCE); next.length > 0;) {
        const states = await Promise.all(next.map((buyerId) => readOne(calls, buyerId)));
        next.forEach((buyerId, index) => known.set(buyerId, states[index] ?? emptyCaps()));
        next = waiting.splice(0, AT_ONCE);
      }
    } catch (error) {
      deps.log.warn({ err: error }, 'the caps of a buyer could not be read');
      return undefined;
    }
    return known;
  };
}
