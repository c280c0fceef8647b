// What buyers have paid in: each deposit once, by the caller's name for it. The row is the truth;
// the buyer's caps are told until they confirm, and then the leads that wait.

import type { Deposits } from '../domain/caps/caps.ts';
import { balanceKeyOf } from '../domain/caps/keys.ts';
import type { BuyerId, CampaignId } from '../domain/ids.ts';
import { inTransaction, type Pool, type Tx } from './pool.ts';
import { wakeWaiting } from './waiting.ts';

/** A payment of a buyer; one that is taken back, in part or whole, is negative. */
export interface NewDeposit {
  /** The caller's own name for it. */
  readonly id: string;
  readonly buyerId: BuyerId;
  readonly cents: number;
  readonly note: string | null;
  /** The operator. */
  readonly by: string;
}

export interface Deposit extends NewDeposit {
  /** Counts up from 1 for each buyer. */
  readonly number: number;
  /** All that the buyer has paid in, up to this one. */
  readonly totalCents: number;
  readonly at: Date;
  /** When the buyer's caps confirmed it; null until then. */
  readonly toldAt: Date | null;
}

export type Recorded =
  | { readonly kind: 'recorded' | 'repeat'; readonly deposit: Deposit }
  /** The id names another amount, or a deposit of another buyer. */
  | { readonly kind: 'conflict'; readonly deposit: Deposit };

const COLUMNS = `id, buyer_id as "buyerId", cents, note, done_by as by, number,
  total_cents as "totalCents", done_at as at, told_at as "toldAt"`;

/** Records a deposit once; a repeat of its id returns what was recorded first. */
export async function recordDeposit(pool: Pool, deposit: NewDeposit): Promise<Recorded> {
  const { id, buyerId, cents } = deposit;
  return inTransaction(pool, async (tx) => {
    // One at a time for each buyer: a total that missed an earlier number would lose its cents.
    await tx.query({
      name: 'deposits.lock',
      text: `select pg_advisory_xact_lock(hashtext('sluice.deposits'), hashtext($1))`,
      values: [buyerId],
    });
    const inserted = await tx.query<Deposit>({
      name: 'deposits.insert',
      text: `insert into deposits (id, buyer_id, number, cents, total_cents, note, done_by)
             select $1::text, $2::text, coalesce(max(number), 0) + 1, $3::bigint,
               coalesce(sum(cents), 0)::bigint + $3, $4::text, $5::text
             from deposits where buyer_id = $2
             on conflict (id) do nothing returning ${COLUMNS}`,
      values: [id, buyerId, cents, deposit.note, deposit.by],
    });
    const [recorded] = inserted.rows;
    if (recorded) return { kind: 'recorded', deposit: recorded };
    const found = await tx.query<Deposit>({
      name: 'deposits.find',
      text: `select ${COLUMNS} from deposits where id = $1`,
      values: [id],
    });
    const [first] = found.rows;
    if (!first) throw new Error('a deposit was neither inserted nor found by its id');
    const isSame = first.buyerId === buyerId && first.cents === cents;
    return { kind: isSame ? 'repeat' : 'conflict', deposit: first };
  });
}

/** A buyer's deposits, newest first, with numbers below `before`. */
export async function listDeposits(
  db: Tx,
  buyerId: BuyerId,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<readonly Deposit[]> {
  const found = await db.query<Deposit>({
    name: 'deposits.list',
    text: `select ${COLUMNS} from deposits
           where buyer_id = $1 and ($2::int is null or number < $2)
           order by number desc limit $3`,
    values: [buyerId, before, limit],
  });
  return found.rows;
}

/** What a buyer has paid in. */
export interface PaidIn {
  readonly buyerId: BuyerId;
  readonly totalCents: number;
  /** As far as the buyer's caps have confirmed. */
  readonly toldCents: number;
}

/** What these buyers have paid in; nothing about those that never did. */
export async function readPaidIn(db: Tx, buyerIds: readonly BuyerId[]): Promise<readonly PaidIn[]> {
  const found = await db.query<PaidIn>({
    name: 'deposits.read_paid_in',
    text: `select buyer_id as "buyerId", sum(cents)::bigint as "totalCents",
             coalesce(sum(cents) filter (where told_at is not null), 0)::bigint as "toldCents"
           from deposits where buyer_id = any($1) group by buyer_id order by buyer_id`,
    values: [buyerIds],
  });
  return found.rows;
}

/** The totals that buyers' caps have not confirmed yet; of one buyer, or of all. */
export async function listUntold(
  db: Tx,
  buyerId: BuyerId | null,
): Promise<readonly { readonly buyerId: BuyerId; readonly deposits: Deposits }[]> {
  const found = await db.query<{ buyerId: BuyerId; upTo: number; totalCents: number }>({
    name: 'deposits.list_untold',
    text: `select distinct on (buyer_id) buyer_id as "buyerId", number as "upTo",
             total_cents as "totalCents"
           from deposits where told_at is null and ($1::text is null or buyer_id = $1)
           order by buyer_id, number desc limit 100`,
    values: [buyerId],
  });
  return found.rows.map(({ buyerId: of, ...sum }) => {
    return { buyerId: of, deposits: { key: balanceKeyOf(of), ...sum } };
  });
}

/**
 * Marks the deposits of a buyer, up to one by its number, as confirmed by its caps. The leads that
 * wait in these campaigns are to be woken.
 */
export async function markTold(
  db: Tx,
  { buyerId, upTo }: { readonly buyerId: BuyerId; readonly upTo: number },
  wakes: readonly CampaignId[],
): Promise<void> {
  await db.query({
    name: 'deposits.mark_told',
    text: `update deposits set told_at = now(), wakes = $3
           where buyer_id = $1 and number <= $2 and told_at is null`,
    values: [buyerId, upTo, wakes],
  });
}

/**
 * Leads are told this long after the caps were. Until then a process may refuse a lead by what was:
 * it waits up to 2.5 s for a denial that is on its way, and remembers it for a second. A lead woken
 * within that time would be refused again, and nothing would wake it a second time.
 */
const WAKE_AFTER = `interval '4 seconds'`;

/** Tells the waiting leads that a buyer has paid, once for each deposit that its caps count. */
export async function wakeForDeposits(pool: Pool): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const due = await tx.query<Pick<Deposit, 'id' | 'buyerId' | 'cents'> & { wakes: CampaignId[] }>(
      {
        name: 'deposits.claim_unwoken',
        text: `update deposits set woken_at = now() where id in (
               select id from deposits where woken_at is null and told_at < now() - ${WAKE_AFTER}
               order by told_at limit 100 for update skip locked)
             returning id, buyer_id as "buyerId", cents, wakes`,
      },
    );
    const paid = due.rows.filter(({ cents }) => cents > 0);
    // One of a buyer's speaks for the others: the leads try once, with all that was paid in.
    const byBuyer = new Map(paid.map((deposit) => [deposit.buyerId, deposit]));
    for (const { id, wakes } of byBuyer.values()) await wakeWaiting(tx, wakes, `deposit ${id}`);
  });
}
