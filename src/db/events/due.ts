// Events on their way to webhooks: handed to one process at a time, and what each try came to.

import type { EventType, KeptEvent } from '../../domain/events/event.ts';
import type { LeadId, SourceId } from '../../domain/ids.ts';
import { msOf, type Tx } from '../pool.ts';

/** An event that this process is to send now, under the lease of the claim. */
export interface DueEvent {
  readonly webhook: string;
  readonly number: number;
  /** This one included. */
  readonly tries: number;
  /** Since it was queued. */
  readonly ageMs: number;
  readonly event: KeptEvent;
}

/** The webhooks that something is due for, each found by one look into the index. */
export async function listDueWebhooks(db: Tx): Promise<readonly string[]> {
  const found = await db.query<{ webhook: string }>({
    name: 'event_deliveries.list_webhooks',
    text: `with recursive one as (
             (select webhook, next_at from event_deliveries
              where state in ('queued', 'retrying') order by webhook, next_at limit 1)
             union all
             select later.* from one cross join lateral (
               select webhook, next_at from event_deliveries
               where state in ('queued', 'retrying') and webhook > one.webhook
               order by webhook, next_at limit 1) later
           )
           select webhook from one where next_at <= now()`,
  });
  return found.rows.map(({ webhook }) => webhook);
}

export const EVENT_COLUMNS = `e.number, e.id, e.type, ${msOf('e.at')} as "atMs", e.sequence,
  e.payload, e.lead_id as "leadId", l.source_id as "sourceId", l.campaign_id as "campaignId",
  l.external_id as "externalId", l.test`;

export interface EventRow {
  readonly number: number;
  readonly id: string;
  readonly type: EventType;
  readonly atMs: number;
  readonly sequence: number | null;
  readonly payload: KeptEvent['payload'];
  readonly leadId: LeadId | null;
  readonly sourceId: SourceId | null;
  readonly campaignId: string | null;
  readonly externalId: string | null;
  readonly test: boolean | null;
}

/** The event of a row of `EVENT_COLUMNS`. */
export function toEvent(row: EventRow): KeptEvent {
  const { id, type, sequence, payload, leadId, externalId } = row;
  const lead = leadId !== null && {
    id: leadId,
    sourceId: row.sourceId ?? '',
    campaignId: row.campaignId ?? '',
    externalId,
    test: row.test ?? false,
  };
  const at = new Date(row.atMs).toISOString();
  return { id, type, at, sequence, payload, lead: lead || null };
}

/**
 * Claims what is due, up to `room` for each webhook. Who claims has until the lease is over; then
 * another process sends it again, under the same id. An event of a lead waits for the first try of
 * those before it, so that they arrive in order where nothing fails.
 */
export async function claimDue(
  db: Tx,
  room: readonly { readonly webhook: string; readonly most: number }[],
  leaseMs: number,
): Promise<readonly DueEvent[]> {
  const claimed = await db.query<EventRow & { webhook: string; tries: number; ageMs: number }>({
    name: 'event_deliveries.claim',
    text: `with due as (
             select d.* from jsonb_to_recordset($1) as r (webhook text, most int)
             cross join lateral (
               select webhook, event from event_deliveries d
               where d.webhook = r.webhook and state in ('queued', 'retrying')
                 and next_at <= now()
                 and (lead_id is null or not exists (
                   select from event_deliveries b where b.lead_id = d.lead_id
                     and b.webhook = d.webhook and b.event < d.event and b.state = 'queued'))
               order by next_at, event limit r.most for update skip locked) d
           ), claimed as (
             update event_deliveries d set tries = tries + 1,
               next_at = now() + $2 * interval '1 millisecond'
             from due where d.webhook = due.webhook and d.event = due.event
             returning d.webhook, d.event, d.tries, d.queued_at
           )
           select c.webhook, c.tries, ${msOf('now()')} - ${msOf('c.queued_at')} as "ageMs",
             ${EVENT_COLUMNS}
           from claimed c join events e on e.number = c.event
           left join leads l on l.id = e.lead_id order by e.number`,
    values: [JSON.stringify(room), leaseMs],
  });
  return claimed.rows.map(({ webhook, tries, ageMs, ...row }) => ({
    ...{ webhook, tries, ageMs, number: row.number },
    event: toEvent(row),
  }));
}

type Key = Pick<DueEvent, 'webhook' | 'number'>;

/** It was taken. */
export async function markDelivered(db: Tx, { webhook, number }: Key): Promise<void> {
  await db.query({
    name: 'event_deliveries.mark_delivered',
    text: `update event_deliveries set state = 'delivered', detail = null
           where webhook = $1 and event = $2`,
    values: [webhook, number],
  });
}

/** It was not: tried again after `waitMs`, or given up and listed. Delivered stays delivered. */
export async function markFailed(
  db: Tx,
  { webhook, number }: Key,
  { waitMs, detail }: { readonly waitMs: number | undefined; readonly detail: string },
): Promise<void> {
  await db.query({
    name: 'event_deliveries.mark_failed',
    text: `update event_deliveries set detail = $3,
             state = case when $4::bigint is null then 'given_up' else 'retrying' end,
             next_at = now() + coalesce($4::bigint, 0) * interval '1 millisecond'
           where webhook = $1 and event = $2 and state <> 'delivered'`,
    values: [webhook, number, detail, waitMs ?? null],
  });
}

/** Nothing more is sent to a webhook: what waits for it is given up, up to `limit` at a time. */
export async function giveUpAll(
  db: Tx,
  webhook: string,
  { detail, limit }: { readonly detail: string; readonly limit: number },
): Promise<number> {
  const given = await db.query({
    name: 'event_deliveries.give_up_all',
    text: `update event_deliveries set state = 'given_up', detail = $2
           where webhook = $1 and event in (
             select event from event_deliveries
             where webhook = $1 and state in ('queued', 'retrying') limit $3
             for update skip locked)`,
    values: [webhook, detail, limit],
  });
  return given.rowCount ?? 0;
}
