// Events are kept for thirty days, then forgotten, in small parts.

import type { Pool } from '../pool.ts';

const PART = 1_000;

/** Drops old events that wait for no webhook, and signals that were sent long ago. */
export async function deleteOldEvents(pool: Pool, isOver: () => boolean): Promise<void> {
  for (let dropped = PART; dropped === PART && !isOver();) {
    const gone = await pool.query({
      name: 'events.delete_old',
      text: `delete from events where number in (
               select number from events e where at < now() - interval '30 days'
                 and not exists (select from event_deliveries d where d.event = e.number
                   and d.state in ('queued', 'retrying'))
               order by at limit ${PART} for update skip locked)`,
    });
    dropped = gone.rowCount ?? 0;
  }
  await pool.query({
    name: 'outbox.delete_old',
    text: `delete from outbox where id in (
             select id from outbox where sent_at < now() - interval '30 days' limit ${PART})`,
  });
}
