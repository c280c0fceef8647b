// From the outbox to the book of events: one process at a time gives each event its number and its
// place among those of its lead, and queues it for every webhook that asks for it.

import {
  type Audience,
  audienceOf,
  EVENT_TYPES,
  type EventType,
  type KeptEvent,
} from '../../domain/events/event.ts';
import type { LeadId, SourceId } from '../../domain/ids.ts';
import { inTransaction, type Pool, type Tx } from '../pool.ts';

/** Any number, the same in every process: who holds it numbers. */
const TURN = 160_016;

/** Whom an event is for, as webhooks are chosen by it. */
export interface NumberedEvent extends Audience {
  readonly number: number;
  readonly type: EventType;
  readonly leadId: LeadId | null;
}

interface Waiting {
  readonly id: number;
  readonly type: EventType;
  readonly atMs: number;
  readonly leadId: LeadId | null;
  readonly sourceId: SourceId | null;
  readonly payload: KeptEvent['payload'];
  readonly once: string | null;
}

/**
 * Numbers up to `limit` events and queues each for the webhooks that `takersOf` names. Returns how
 * many left the outbox: 0 also when another process is at it.
 */
export async function numberEvents(
  pool: Pool,
  limit: number,
  takersOf: (event: NumberedEvent) => readonly string[],
): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const turn = await tx.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(${TURN}) as mine`,
    );
    if (!turn.rows[0]?.mine) return 0;
    const waiting = await takeOut(tx, limit);
    const known = waiting.filter(({ type }) => EVENT_TYPES.includes(type));
    const numbered = known.length > 0 ? await enter(tx, known) : [];
    await queue(tx, numbered, takersOf);
    return waiting.length;
  });
}

async function takeOut(tx: Tx, limit: number): Promise<readonly Waiting[]> {
  const taken = await tx.query<Waiting>({
    name: 'events.take_out',
    // Locked rows belong to a transaction that is not over: they come with the next turn.
    text: `with due as (
             select id from outbox where kind = 'event' order by id limit $1
             for update skip locked
           ), taken as (
             delete from outbox where id in (select id from due)
             returning id, name, created_at, lead_id, payload, once
           )
           select t.id, case name when 'lead.duplicate' then 'lead.rejected' else name end as type,
             floor(extract(epoch from created_at) * 1000)::bigint as "atMs",
             lead_id as "leadId", l.source_id as "sourceId", payload, once
           from taken t left join leads l on l.id = t.lead_id order by t.id`,
    values: [limit],
  });
  return taken.rows;
}

async function enter(tx: Tx, events: readonly Waiting[]): Promise<readonly NumberedEvent[]> {
  const rows = events.map(({ type, atMs, leadId, sourceId, payload, once }) => {
    const { operator, sourceId: source, buyerId } = audienceOf(type, payload, sourceId);
    const audience = { for_operator: operator, source_id: source, buyer_id: buyerId };
    return { type, at_ms: atMs, lead_id: leadId, payload, once, ...audience };
  });
  const entered = await tx.query<NumberedEvent>({
    name: 'events.enter',
    text: `with given as (
             select ordinality as place, g.* from rows from (
               jsonb_to_recordset($1) as (type text, at_ms bigint, lead_id text, payload jsonb,
                 once text, for_operator boolean, source_id text, buyer_id text)
             ) with ordinality g
           ), before as (
             select lead_id, max(sequence) as last from events
             where lead_id in (select lead_id from given) group by lead_id
           )
           insert into events (type, at, lead_id, sequence, payload, once, for_operator,
             source_id, buyer_id)
           select type, to_timestamp(at_ms / 1000.0), g.lead_id,
             case when g.lead_id is not null then coalesce(b.last, 0)
               + row_number() over (partition by g.lead_id order by place) end,
             payload, once, for_operator, source_id, buyer_id
           from given g left join before b on b.lead_id = g.lead_id order by place
           on conflict (once) do nothing
           returning number, type, lead_id as "leadId", for_operator as operator,
             source_id as "sourceId", buyer_id as "buyerId"`,
    values: [JSON.stringify(rows)],
  });
  return entered.rows;
}

async function queue(
  tx: Tx,
  events: readonly NumberedEvent[],
  takersOf: (event: NumberedEvent) => readonly string[],
): Promise<void> {
  const pairs = events.flatMap((event) =>
    takersOf(event).map((webhook) => ({ webhook, number: event.number, lead_id: event.leadId })),
  );
  if (pairs.length === 0) return;
  await tx.query({
    name: 'events.queue',
    text: `insert into event_deliveries (webhook, event, lead_id)
           select given.webhook, number, lead_id
           from jsonb_to_recordset($1) as given (webhook text, number bigint, lead_id text)
           where not exists (
             select from webhooks w where w.id = given.webhook and w.disabled_at is not null)`,
    values: [JSON.stringify(pairs)],
  });
}

/** Writes an event that no transaction of a lead causes; told once by its name, for good. */
export async function recordEvent(
  db: Tx,
  event: {
    readonly type: EventType;
    readonly payload: KeptEvent['payload'];
    readonly once?: string;
  },
): Promise<void> {
  await db.query({
    name: 'events.record',
    text: `insert into outbox (kind, name, payload, once) values ('event', $1, $2, $3)`,
    values: [event.type, JSON.stringify(event.payload), event.once ?? null],
  });
}
