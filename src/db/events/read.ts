// The book of events as parties read it, and what is sent once more.

import type { EventType, KeptEvent, Party } from '../../domain/events/event.ts';
import type { LeadId } from '../../domain/ids.ts';
import type { Tx } from '../pool.ts';
import { EVENT_COLUMNS, type EventRow, toEvent } from './due.ts';

export const DELIVERY_STATES = ['queued', 'retrying', 'delivered', 'given_up'] as const;
export type EventDeliveryState = (typeof DELIVERY_STATES)[number];

export interface EventQuery {
  readonly party: Party;
  readonly types: readonly EventType[] | null;
  readonly leadId: LeadId | null;
  /** Only those that were queued for it, with how that went. */
  readonly webhook: string | null;
  readonly state: EventDeliveryState | null;
  /** The id of the last one of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

export interface ListedEvent extends KeptEvent {
  readonly delivery: {
    readonly state: EventDeliveryState;
    readonly tries: number;
    readonly detail: string | null;
  } | null;
}

/** What stands in SQL for "this party may hear of e"; its id is `parameter`. */
function isFor(party: Party['kind'], parameter: string): string {
  if (party === 'operator') return `(e.for_operator and ${parameter}::text is null)`;
  return `e.${party}_id = ${parameter}`;
}

/** Newest first. */
export async function listEvents(db: Tx, query: EventQuery): Promise<readonly ListedEvent[]> {
  const { party, types, leadId, webhook, state, before, limit } = query;
  const kind = webhook === null ? 'left join' : 'join';
  const found = await db.query<EventRow & { delivery: ListedEvent['delivery'] }>({
    name: `events.list_${party.kind}_${webhook === null ? 'all' : 'webhook'}`,
    text: `select ${EVENT_COLUMNS}, case when d.event is not null then
             jsonb_build_object('state', d.state, 'tries', d.tries, 'detail', d.detail)
             end as delivery
           from events e left join leads l on l.id = e.lead_id
           ${kind} event_deliveries d on d.event = e.number and d.webhook = $2
           where ${isFor(party.kind, '$1')}
             and ($3::text[] is null or e.type = any ($3))
             and ($4::text is null or e.lead_id = $4)
             and ($5::text is null or d.state = $5)
             and ($6::text is null or e.number < (select number from events where id = $6))
           order by e.number desc limit $7`,
    values: [
      party.kind === 'operator' ? null : party.id,
      ...[webhook, types, leadId, state, before, limit],
    ],
  });
  return found.rows.map(({ delivery, ...row }) => ({ ...toEvent(row), delivery }));
}

export interface Replay {
  readonly webhook: string;
  readonly party: Party;
  readonly types: readonly EventType[];
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
}

const REPLAYED = (party: Party['kind']) => `
  from events e where ${isFor(party, '$1')} and e.type = any ($2) and e.at >= $3 and e.at < $4`;

const replayValues = ({ party, types, from, to }: Replay) => [
  party.kind === 'operator' ? null : party.id,
  ...[types, from, to],
];

/** How many events a replay would send. */
export async function countReplay(db: Tx, replay: Replay): Promise<number> {
  const found = await db.query<{ count: number }>({
    name: `events.count_replay_${replay.party.kind}`,
    text: `select count(*) ${REPLAYED(replay.party.kind)}`,
    values: replayValues(replay),
  });
  return found.rows[0]?.count ?? 0;
}

/**
 * Queues up to `limit` events for a webhook once more, those after number `after`, as if they were
 * new. What is queued already stays so. Returns the number of the last one; undefined at the end.
 */
export async function replaySome(
  db: Tx,
  replay: Replay,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ readonly last: number; readonly count: number } | undefined> {
  const queued = await db.query<{ last: number | null; count: number }>({
    name: `events.replay_${replay.party.kind}`,
    text: `with picked as (
             select e.number, e.lead_id ${REPLAYED(replay.party.kind)} and e.number > $6
             order by e.number limit $7
           ), queued as (
             insert into event_deliveries (webhook, event, lead_id)
             select $5, number, lead_id from picked order by number
             on conflict (webhook, event) do update set state = 'queued', tries = 0,
               queued_at = now(), next_at = now(), detail = null
               where event_deliveries.state <> 'queued'
           )
           select max(number) as last, count(*) from picked`,
    values: [...replayValues(replay), replay.webhook, after, limit],
  });
  const [row] = queued.rows;
  return row && row.last !== null ? { last: row.last, count: row.count } : undefined;
}
