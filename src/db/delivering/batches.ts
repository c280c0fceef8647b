// Sold leads that go to their buyer together: who joins which batch, which are due, and how they
// ended. Once a batch is begun nobody joins it, so what is sent is what is written down as sent.

import type { ContractId, DeliveryKey, LeadId } from '../../domain/ids.ts';
import type { DeliveryState, Sale } from '../../domain/outcome.ts';
import { HEAL, recordDelivery, TELL } from '../deliveries.ts';
import { inTransaction, type Pool, type Tx } from '../pool.ts';

/** One batch: the leads of one delivery that are due at one time. */
export interface BatchKey {
  readonly contractId: ContractId;
  readonly target: string;
  readonly dueAtMs: number;
}

export interface BatchItem {
  readonly leadId: LeadId;
  readonly sale: Sale;
}

const dueAt = (key: Pick<BatchKey, 'dueAtMs'>) => new Date(key.dueAtMs);
const keyValues = (key: BatchKey) => [key.contractId, key.target, dueAt(key)];

/**
 * Puts a sold lead into a batch, once, and lists it as waiting for it: one that is in a batch stays
 * in it, unless that has ended and an operator asked for the lead again. Returns when its batch is
 * due; undefined if this one was begun meanwhile.
 */
export async function joinBatch(
  pool: Pool,
  push: DeliveryKey,
  { dueAtMs, detail }: { readonly dueAtMs: number; readonly detail: string },
): Promise<number | undefined> {
  const { leadId, contractId, target } = push;
  return inTransaction(pool, async (tx) => {
    const place = await findPlace(tx, push);
    if (place && !place.isOver) return place.dueAtMs;
    if (!(await keepOpen(tx, { contractId, target, dueAtMs }))) return undefined;
    const joined = await tx.query({
      name: 'batches.join',
      text: `insert into batch_items (lead_id, contract_id, target, due_at)
             values ($1, $2, $3, $4)
             on conflict (lead_id, contract_id, target) do update
               set due_at = excluded.due_at, queued_at = now() where $5`,
      values: [leadId, contractId, target, dueAt({ dueAtMs }), place !== undefined],
    });
    // Another run of the same step has put it in: the next look finds where.
    if (joined.rowCount !== 1) return undefined;
    await recordDelivery(tx, { ...push, state: 'trying', tries: 0, detail, nextTryAtMs: dueAtMs });
    return dueAtMs;
  });
}

interface Place {
  readonly dueAtMs: number;
  /** Its batch has ended, and it is to go out again. */
  readonly isOver: boolean;
}

async function findPlace(tx: Tx, push: DeliveryKey): Promise<Place | undefined> {
  const found = await tx.query<{ due_at: Date; is_over: boolean }>({
    name: 'batches.find_place',
    text: `select i.due_at, b.state in ('sent', 'failed') and d.state = 'trying' as is_over
           from batch_items i join batches b using (contract_id, target, due_at)
             join deliveries d using (lead_id, contract_id, target)
           where i.lead_id = $1 and i.contract_id = $2 and i.target = $3 for update of i`,
    values: [push.leadId, push.contractId, push.target],
  });
  const [row] = found.rows;
  return row && { dueAtMs: row.due_at.getTime(), isOver: row.is_over };
}

/** Locks the batch until the transaction ends, so that it is not begun; false if it was. */
async function keepOpen(tx: Tx, key: BatchKey): Promise<boolean> {
  await tx.query({
    name: 'batches.open',
    text: `insert into batches (contract_id, target, due_at) values ($1, $2, $3)
           on conflict do nothing`,
    values: keyValues(key),
  });
  const open = await tx.query({
    name: 'batches.lock',
    text: `select from batches where contract_id = $1 and target = $2 and due_at = $3
             and state = 'open' for share`,
    values: keyValues(key),
  });
  return open.rowCount === 1;
}

/** Begins those that are due; one that was begun before is due again after five minutes. */
export async function claimBatches(pool: Pool, most: number): Promise<readonly BatchKey[]> {
  const claimed = await pool.query<{ contract_id: ContractId; target: string; due_at: Date }>({
    name: 'batches.claim',
    text: `with due as (
             select contract_id, target, due_at from batches
             where state in ('open', 'begun') and due_at <= now() and sweep_at <= now()
             order by due_at limit $1 for update skip locked
           )
           update batches b set state = 'begun', sweep_at = now() + interval '5 minutes'
           from due where (b.contract_id, b.target, b.due_at)
             = (due.contract_id, due.target, due.due_at)
           returning b.contract_id, b.target, b.due_at`,
    values: [most],
  });
  return claimed.rows.map(({ contract_id: contractId, target, due_at: at }) => ({
    ...{ contractId, target, dueAtMs: at.getTime() },
  }));
}

/** These are looked at again with the next sweep. */
export async function claimBatchesAgain(db: Tx, keys: readonly BatchKey[]): Promise<void> {
  for (const key of keys) {
    await db.query({
      name: 'batches.claim_again',
      text: `update batches set sweep_at = now()
             where contract_id = $1 and target = $2 and due_at = $3`,
      values: keyValues(key),
    });
  }
}

export interface LoadedBatch {
  /** How often it was sent before. */
  readonly tries: number;
  /** In the order in which they were sold. */
  readonly items: readonly BatchItem[];
}

/** A batch with its leads. Throws if there is none. */
export async function loadBatch(db: Tx, key: BatchKey): Promise<LoadedBatch> {
  const batch = await db.query<{ tries: number }>({
    name: 'batches.load',
    text: `select tries from batches where contract_id = $1 and target = $2 and due_at = $3`,
    values: keyValues(key),
  });
  const [row] = batch.rows;
  if (!row) throw new Error(`no batch ${key.contractId}/${key.target} of ${key.dueAtMs}`);
  const found = await db.query<Sale & { leadId: LeadId }>({
    name: 'batches.load_items',
    text: `select lead_id as "leadId", round, price_cents as "priceCents", reference
           from batch_items join sales using (lead_id, contract_id)
           where contract_id = $1 and target = $2 and due_at = $3 order by sold_at, lead_id`,
    values: keyValues(key),
  });
  return { tries: row.tries, items: found.rows.map(({ leadId, ...sale }) => ({ leadId, sale })) };
}

/** What is known of a batch after a try. */
export interface BatchNews {
  /** `trying`: it is sent again; anything else ends it. */
  readonly state: DeliveryState;
  /** Without personal data and secrets. Null: its time is over, after what was said last. */
  readonly detail: string | null;
  /** 0 where nothing was sent. */
  readonly tried: 0 | 1;
  readonly nextTryAtMs?: number;
  /** The endpoint works, whatever it said of this batch. */
  readonly works?: true;
}

/**
 * Writes it down for the batch and for each of its leads, and tells how they ended whoever listens.
 * A batch that has ended stays as it is, so it may be repeated.
 */
export async function recordBatch(db: Tx, key: BatchKey, news: BatchNews): Promise<void> {
  const { state, detail, tried, nextTryAtMs = null, works = false } = news;
  await db.query({
    name: 'batches.record',
    text: `with batch as (
             update batches set detail = coalesce($5, 'given up: ' || detail), tries = tries + $6,
               state = case $4 when 'trying' then 'begun' when 'delivered' then 'sent'
                 else 'failed' end,
               ended_at = case when $4 <> 'trying' then now() end
             where contract_id = $1 and target = $2 and due_at = $3 and state = 'begun'
             returning contract_id, target, due_at, detail
           ), healed as (
             ${HEAL} and contract_id = $1 and target = $2 and $8 and exists (select from batch)
           ), stored as (
             update deliveries d set state = $4, detail = batch.detail, tries = d.tries + $6,
               next_try_at = to_timestamp($7::bigint / 1000.0), at = now()
             from batch join batch_items i using (contract_id, target, due_at)
             where (d.lead_id, d.contract_id, d.target) = (i.lead_id, i.contract_id, i.target)
               and d.state = 'trying'
             returning d.lead_id, d.contract_id, d.target, d.state
           ) ${TELL}`,
    values: [
      ...keyValues(key),
      ...[state, detail, tried, nextTryAtMs, works || state === 'delivered'],
    ],
  });
}
