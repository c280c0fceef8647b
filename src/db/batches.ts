// Sold leads that go to their buyer together: who joins which batch, which are due, and how they
// ended. Once a batch is begun nobody joins it, so what is sent is what is written down as sent.

import type { ContractId, LeadId } from '../domain/ids.ts';
import type { Sale } from '../domain/outcome.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';

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

const dueAt = (key: BatchKey) => new Date(key.dueAtMs);

/**
 * Puts a sold lead into a batch, once: one that is in a batch stays in it. Returns when its batch
 * is due; undefined if this one was begun meanwhile.
 */
export async function joinBatch(
  pool: Pool,
  leadId: LeadId,
  key: BatchKey,
): Promise<number | undefined> {
  return inTransaction(pool, async (tx) => {
    await tx.query({
      name: 'batches.open',
      text: `insert into batches (contract_id, target, due_at) values ($1, $2, $3)
             on conflict do nothing`,
      values: [key.contractId, key.target, dueAt(key)],
    });
    // The row is locked until the item stands, so that a batch is not begun in between.
    const open = await tx.query<{ state: string }>({
      name: 'batches.lock',
      text: `select state from batches where contract_id = $1 and target = $2 and due_at = $3
             for share`,
      values: [key.contractId, key.target, dueAt(key)],
    });
    const joined = await tx.query<{ due_at: Date }>({
      name: 'batches.join',
      text: `with added as (
               insert into batch_items (lead_id, contract_id, target, due_at)
               select $1, $2, $3, $4 where $5 on conflict do nothing returning due_at
             )
             select due_at from added union all
             select due_at from batch_items
             where lead_id = $1 and contract_id = $2 and target = $3`,
      values: [leadId, key.contractId, key.target, dueAt(key), open.rows[0]?.state === 'open'],
    });
    return joined.rows[0]?.due_at.getTime();
  });
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
      values: [key.contractId, key.target, dueAt(key)],
    });
  }
}

/** The leads of a batch, in the order in which they were sold. */
export async function loadBatch(db: Tx, key: BatchKey): Promise<readonly BatchItem[]> {
  const found = await db.query<Sale & { leadId: LeadId }>({
    name: 'batches.load',
    text: `select lead_id as "leadId", round, price_cents as "priceCents", reference
           from batch_items join sales using (lead_id, contract_id)
           where contract_id = $1 and target = $2 and due_at = $3 order by sold_at, lead_id`,
    values: [key.contractId, key.target, dueAt(key)],
  });
  return found.rows.map(({ leadId, ...sale }) => ({ leadId, sale }));
}

/** How a batch ended, for itself and for each of its leads; once. */
export async function endBatch(
  db: Tx,
  key: BatchKey,
  end: { readonly state: 'sent' | 'failed'; readonly detail: string },
): Promise<void> {
  await db.query({
    name: 'batches.end',
    text: `with ended as (
             update batches set state = $4, detail = $5, ended_at = now()
             where contract_id = $1 and target = $2 and due_at = $3 and state = 'begun'
             returning contract_id, target, due_at
           )
           update deliveries d set state = case $4 when 'sent' then 'delivered' else 'failed' end,
             detail = $5, at = now()
           from ended join batch_items i using (contract_id, target, due_at)
           where (d.lead_id, d.contract_id, d.target) = (i.lead_id, i.contract_id, i.target)`,
    values: [key.contractId, key.target, dueAt(key), end.state, end.detail],
  });
}
