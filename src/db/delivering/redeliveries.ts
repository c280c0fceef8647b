// Pushes that operators ask for again: who, when, and the number that makes each its own workflow,
// once. Asked for in one commit; the sweeper starts what is not started.

import type { DeliveryKey } from '../../domain/ids.ts';
import { inTransaction, type Pool, type Tx } from '../pool.ts';
import { conditionsOf, type DeliveryFilter } from './list.ts';

/** Which pushes again: those named, or those that a filter finds. */
export interface RedeliveryWish {
  readonly which:
    | { readonly kind: 'named'; readonly deliveries: readonly DeliveryKey[] }
    | { readonly kind: 'filter'; readonly filter: DeliveryFilter };
  readonly by: string;
  readonly mode: 'ask' | 'dry_run';
  /** At most so many, those of the oldest leads first. */
  readonly limit: number;
}

export interface Redelivered {
  /** Those that are pushed again, or would be. */
  readonly chosen: readonly DeliveryKey[];
  /** There are more than the limit took. */
  readonly more: boolean;
  /** Left alone because their endpoint is disabled: it has to be enabled first. */
  readonly disabled: number;
}

const KEY = `d.lead_id, d.contract_id, d.target`;
const IS_DISABLED = `exists (select from endpoints e where e.contract_id = d.contract_id
  and e.target = d.target and e.state = 'disabled')`;

/**
 * Has pushes made again. One that is being tried is left alone, so that asking twice makes one
 * repeat; so is one whose endpoint is disabled. Named ones may have been delivered: an operator
 * knows that the receiver has lost it.
 */
export async function askRedeliveries(pool: Pool, wish: RedeliveryWish): Promise<Redelivered> {
  const { by, mode, limit } = wish;
  return inTransaction(pool, async (tx) => {
    const found = await findWanted(tx, wish);
    const open = found.filter(({ isDisabled }) => !isDisabled);
    const chosen = open.slice(0, limit).map(({ leadId, contractId, target }) => {
      return { leadId, contractId, target };
    });
    if (mode === 'ask' && chosen.length > 0) await ask(tx, chosen, by);
    const disabled = found.length - open.length;
    return { chosen, more: open.length > limit || found.length > 2 * limit, disabled };
  });
}

type Found = DeliveryKey & { readonly isDisabled: boolean };

async function findWanted(tx: Tx, { which, limit }: RedeliveryWish): Promise<readonly Found[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const wanted =
    which.kind === 'named'
      ? [`(${KEY}) in (${keysOf(which.deliveries, value)})`, `d.state <> 'trying'`]
      : [...conditionsOf(which.filter, value), `d.state in ('failed', 'unclear')`];
  const found = await tx.query<Found>({
    text: `/* redeliveries.find */
      select d.lead_id as "leadId", d.contract_id as "contractId", d.target,
        ${IS_DISABLED} as "isDisabled"
      from deliveries d where ${wanted.join(' and ')}
      order by ${IS_DISABLED}, ${KEY} limit ${value(2 * limit + 1)} for update of d`,
    values,
  });
  return found.rows;
}

function keysOf(keys: readonly DeliveryKey[], value: (given: unknown) => string): string {
  const column = (of: (key: DeliveryKey) => string) => `${value(keys.map(of))}::text[]`;
  return `select * from unnest(${column((key) => key.leadId)},
    ${column((key) => key.contractId)}, ${column((key) => key.target)})`;
}

async function ask(tx: Tx, chosen: readonly DeliveryKey[], by: string): Promise<void> {
  const column = (of: (key: DeliveryKey) => string) => chosen.map(of);
  await tx.query({
    name: 'redeliveries.ask',
    text: `with chosen as (
             select * from unnest($1::text[], $2::text[], $3::text[])
               as k (lead_id, contract_id, target)
           ), moved as (
             update deliveries d set state = 'trying', next_try_at = null, at = now(),
               detail = 'asked for again by ' || $4 || ', after: ' || d.detail
             from chosen k where (d.lead_id, d.contract_id, d.target)
               = (k.lead_id, k.contract_id, k.target)
           )
           insert into redeliveries (lead_id, contract_id, target, n, asked_by)
           select k.lead_id, k.contract_id, k.target, 1 + (select count(*) from redeliveries r
             where (r.lead_id, r.contract_id, r.target) = (k.lead_id, k.contract_id, k.target)), $4
           from chosen k`,
    values: [
      column(({ leadId }) => leadId),
      column(({ contractId }) => contractId),
      column(({ target }) => target),
      by,
    ],
  });
}

export interface AskedRedelivery extends DeliveryKey {
  readonly n: number;
  readonly by: string;
}

/**
 * Hands what is not started to `start`, oldest first, and marks those it did not throw on. A crash
 * in between starts one again, under the same number. Returns how many were started.
 */
export async function startRedeliveries(
  pool: Pool,
  start: (asked: AskedRedelivery) => Promise<void>,
): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const due = await tx.query<AskedRedelivery>({
      name: 'redeliveries.list_due',
      text: `select lead_id as "leadId", contract_id as "contractId", target, n, asked_by as by
             from redeliveries where started_at is null order by asked_at, lead_id limit 50
             for update skip locked`,
    });
    let started = 0;
    for (const asked of due.rows) {
      const isStarted = await start(asked).then(
        () => true,
        () => false,
      );
      // The rest would only wait for the same server; they stay for the next round.
      if (!isStarted) break;
      started += 1;
    }
    const done = due.rows.slice(0, started);
    if (done.length > 0) {
      await tx.query({
        name: 'redeliveries.mark_started',
        text: `update redeliveries r set started_at = now()
               from unnest($1::text[], $2::text[], $3::text[], $4::int[])
                 as k (lead_id, contract_id, target, n)
               where (r.lead_id, r.contract_id, r.target, r.n)
                 = (k.lead_id, k.contract_id, k.target, k.n)`,
        values: [
          done.map(({ leadId }) => leadId),
          done.map(({ contractId }) => contractId),
          done.map(({ target }) => target),
          done.map(({ n }) => n),
        ],
      });
    }
    return started;
  });
}
