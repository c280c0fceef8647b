// Tells once for each window that a cap is reached, when the first offer finds no room in it.

import { LRUCache } from 'lru-cache';
import type { FullWindow } from '../../activities/cap-desk.ts';
import { recordEvent } from '../../db/events/number.ts';
import type { Pool } from '../../db/pool.ts';

/** Windows that this process has told of; others tell once by the event's name. */
const REMEMBERED = 10_000;

/** A function that may be called at every denial, and never throws. */
export function createFullCaps(deps: {
  readonly pool: Pool;
  readonly onError: (error: unknown) => void;
}): (full: FullWindow) => void {
  const told = new LRUCache<string, true>({ max: REMEMBERED });
  return ({ buyerId, key, limit, left, endsAtMs }) => {
    // A window without an end, such as a balance, may be full again: told once a day of UTC.
    const day = endsAtMs === null ? [new Date().toISOString().slice(0, 10)] : [];
    const once = ['cap.reached', key, limit, ...day].join('/');
    if (told.has(once)) return;
    told.set(once, true);
    const payload = { buyer: buyerId, window: key, limit, left };
    recordEvent(deps.pool, { type: 'cap.reached', payload, once }).catch((error: unknown) => {
      told.delete(once);
      deps.onError(error);
    });
  };
}
