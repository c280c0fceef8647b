// How webhooks do: since when one takes nothing, and why nothing is sent to one any more.

import type { EventType } from '../../domain/events/event.ts';
import type { Pool, Tx } from '../pool.ts';
import { inTransaction } from '../pool.ts';
import { recordEvent } from './number.ts';

export interface WebhookHealth {
  readonly id: string;
  readonly url: string;
  readonly lastOkAt: Date | null;
  readonly failingSince: Date | null;
  readonly lastFailedAt: Date | null;
  readonly lastFailure: string | null;
  readonly disabledAt: Date | null;
  readonly disabledWhy: string | null;
  /** Events that are not delivered yet. */
  readonly waiting: number;
  readonly givenUp: number;
}

/** Which webhook, and where it is: with another address it is another one. */
export interface WebhookPlace {
  readonly id: string;
  readonly url: string;
}

/** It took an event. Written at most every few seconds while all is well. */
export async function recordTaken(db: Tx, { id, url }: WebhookPlace): Promise<void> {
  await db.query({
    name: 'webhooks.record_taken',
    text: `insert into webhooks (id, url, last_ok_at) values ($1, $2, now())
           on conflict (id) do update set url = excluded.url, last_ok_at = now(),
             failing_since = null, disabled_at = null, disabled_why = null
           where webhooks.url <> excluded.url or webhooks.failing_since is not null
             or webhooks.last_ok_at is null or webhooks.last_ok_at < now() - interval '5 seconds'`,
    values: [id, url],
  });
}

/**
 * It did not take one. With `why`, or once it has failed for `disableAfterMs`, it is disabled, and
 * that is an event. Returns whether this call disabled it.
 */
export async function recordRefused(
  pool: Pool,
  { id, url }: WebhookPlace,
  failed: {
    readonly detail: string;
    readonly why?: string | undefined;
    readonly disableAfterMs: number;
  },
): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    const written = await tx.query<{ over: boolean }>({
      name: 'webhooks.record_refused',
      text: `insert into webhooks as w (id, url, failing_since, last_failed_at, last_failure)
             values ($1, $2, now(), now(), $3)
             on conflict (id) do update set url = $2, last_failed_at = now(), last_failure = $3,
               failing_since = case when w.url = $2 then coalesce(w.failing_since, now())
                 else now() end,
               disabled_at = case when w.url = $2 then w.disabled_at end,
               disabled_why = case when w.url = $2 then w.disabled_why end
             returning disabled_at is null
               and failing_since <= now() - $4 * interval '1 millisecond' as over`,
      values: [id, url, failed.detail, failed.disableAfterMs],
    });
    const why = failed.why ?? (written.rows[0]?.over ? 'it took nothing for too long' : undefined);
    if (why === undefined) return false;
    const disabled = await tx.query({
      name: 'webhooks.disable',
      text: `update webhooks set disabled_at = now(), disabled_why = $2
             where id = $1 and disabled_at is null`,
      values: [id, why],
    });
    if (disabled.rowCount !== 1) return false;
    await recordEvent(tx, { type: 'webhook.disabled', payload: { webhook: id, why } });
    return true;
  });
}

/** Begins anew with one: it is sent what comes from now on. */
export async function enableWebhook(db: Tx, id: string): Promise<void> {
  await db.query({
    name: 'webhooks.enable',
    text: `update webhooks set disabled_at = null, disabled_why = null, failing_since = null
           where id = $1`,
    values: [id],
  });
}

/** Forgets what was known of addresses that are other ones now. */
export async function forgetMoved(db: Tx, places: readonly WebhookPlace[]): Promise<void> {
  await db.query({
    name: 'webhooks.forget_moved',
    text: `delete from webhooks w using jsonb_to_recordset($1) as now (id text, url text)
           where w.id = now.id and w.url <> now.url`,
    values: [JSON.stringify(places)],
  });
}

/** Those that are sent nothing. */
export async function listDisabled(db: Tx): Promise<readonly string[]> {
  const found = await db.query<{ id: string }>({
    name: 'webhooks.list_disabled',
    text: `select id from webhooks where disabled_at is not null`,
  });
  return found.rows.map(({ id }) => id);
}

/** How these do; those that were never tried are left out unless something waits for them. */
export async function readHealth(
  db: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WebhookHealth>> {
  const found = await db.query<WebhookHealth>({
    name: 'webhooks.read_health',
    text: `select given.id, coalesce(w.url, '') as url, last_ok_at as "lastOkAt",
             failing_since as "failingSince", last_failed_at as "lastFailedAt",
             last_failure as "lastFailure", disabled_at as "disabledAt",
             disabled_why as "disabledWhy",
             (select count(*) from event_deliveries
              where webhook = given.id and state in ('queued', 'retrying')) as waiting,
             (select count(*) from event_deliveries
              where webhook = given.id and state = 'given_up') as "givenUp"
           from unnest($1::text[]) as given (id) left join webhooks w on w.id = given.id`,
    values: [ids],
  });
  return new Map(found.rows.map((row) => [row.id, row]));
}

/** Which events of pushes are written from now on: those that a webhook asks for. */
export async function storeWanted(db: Tx, types: readonly EventType[]): Promise<void> {
  await db.query({
    name: 'webhooks.store_wanted',
    text: `with gone as (delete from wanted_events where type <> all ($1))
           insert into wanted_events (type) select unnest($1::text[]) on conflict do nothing`,
    values: [types],
  });
}
