// What the routes of events ask of PostgreSQL.

import type { EventCalls } from '../../api/events/routes.ts';
import { countReplay, listEvents, type Replay, replaySome } from '../../db/events/read.ts';
import { enableWebhook, readHealth } from '../../db/events/webhooks.ts';
import type { Pool } from '../../db/pool.ts';

/** Each part is a statement of its own: a month of events must not be one. */
const REPLAYED_AT_ONCE = 2_000;

export function createEventCalls(pool: Pool): EventCalls {
  return {
    list: (query) => listEvents(pool, query),
    countReplay: (replay) => countReplay(pool, replay),
    replay: (replay) => replayAll(pool, replay),
    readHealth: (ids) => readHealth(pool, ids),
    enable: (id) => enableWebhook(pool, id),
  };
}

async function replayAll(pool: Pool, replay: Replay): Promise<number> {
  let count = 0;
  let part = await replaySome(pool, replay, { after: 0, limit: REPLAYED_AT_ONCE });
  while (part) {
    count += part.count;
    part = await replaySome(pool, replay, { after: part.last, limit: REPLAYED_AT_ONCE });
  }
  return count;
}
