// Which persons a buyer has, or may have. A row belongs to one attempt and counts as long as the
// attempt does: a rejection frees the person without touching the row, a return does not. Only the
// hash of a person is kept.

import type { ContractId, LeadId, OfferKey } from '../../domain/ids.ts';
import type { RepeatQuestion, SeenBefore } from '../../domain/person.ts';
import { msOf, type Tx } from '../pool.ts';
import { hashOf } from '../verdicts.ts';

/** The states in which the buyer has the person, or may have. */
export const HAS_PERSON = `('sending', 'accepted', 'pending', 'in_doubt', 'returned',
  'accepted_conflict')`;

/** A contract's questions about a lead, as the table knows persons. */
export interface AskedHashes {
  readonly questions: readonly RepeatQuestion[];
  readonly hashes: readonly Buffer[];
}

/** Hashes each person once, however many contracts ask about it. */
export function hashPersons(questions: readonly RepeatQuestion[]): AskedHashes {
  const known = new Map<string, Buffer>();
  const hashes = questions.map(({ key }) => {
    const name = JSON.stringify([key.fields, key.values]);
    const hash = known.get(name) ?? hashOf(key);
    known.set(name, hash);
    return hash;
  });
  return { questions, hashes };
}

/**
 * For each contract that asks, the latest lead of the same person that its buyer has. One query,
 * whatever the number of contracts. `except` is an attempt that does not count: the asking one.
 */
export async function findSeen(
  db: Tx,
  { questions, hashes }: AskedHashes,
  at: { readonly nowMs: number; readonly except?: OfferKey },
): Promise<ReadonlyMap<ContractId, SeenBefore>> {
  const { nowMs, except } = at;
  const found = await db.query<{ no: number; lead_id: LeadId; seen_ms: number }>({
    name: 'buyer_persons.find_seen',
    text: `with asked as (
             select * from unnest($1::text[], $2::text[], $3::bytea[], $4::int[])
               with ordinality as a (buyer, through, hash, days, no)
           )
           select no - 1 as no, p.lead_id,
             ${msOf('p.seen_at')} as seen_ms
           from asked a
           join buyer_persons p on p.hash = a.hash
             and p.seen_at > $5::timestamptz - make_interval(days => a.days)
             and split_part(p.buyer_id, '.', 1) = a.buyer
             and (a.through is null or split_part(p.contract_id, '.', 1) = a.through)
           join attempts t on t.lead_id = p.lead_id and t.contract_id = p.contract_id
             and t.round = p.round and t.state in ${HAS_PERSON}
           where (p.lead_id, p.contract_id, p.round) is distinct from ($6::text, $7::text, $8::int)
           order by p.seen_at, p.lead_id, no desc`,
    values: [
      questions.map(({ buyer }) => buyer),
      questions.map(({ through }) => through),
      hashes,
      questions.map(({ withinDays }) => withinDays),
      new Date(nowMs),
      except?.leadId ?? null,
      except?.contractId ?? null,
      except?.round ?? null,
    ],
  });
  const seen = new Map<ContractId, SeenBefore>();
  for (const { no, lead_id: leadId, seen_ms: atMs } of found.rows) {
    const question = questions[no];
    if (!question) throw new Error(`question ${no} was never asked`);
    const { contractId, key, withinDays } = question;
    seen.set(contractId, { leadId, atMs, fields: key.fields, withinDays });
  }
  return seen;
}

/**
 * Makes claims of one person for one buyer wait for each other until the transaction ends. Ask
 * after it, in a statement of its own: only that one sees what the one before committed.
 */
export async function lockPersons(tx: Tx, { questions, hashes }: AskedHashes): Promise<void> {
  const names = questions.map(({ buyer }, index) => `${buyer}/${hashes[index]?.toString('hex')}`);
  await tx.query({
    name: 'buyer_persons.lock',
    // In one order for all, or two leads with two keys in common could wait for each other.
    text: `select pg_advisory_xact_lock(no) from (
             select distinct hashtextextended(name, 0) as no from unnest($1::text[]) name
             order by no
           ) ordered`,
    values: [names],
  });
}

/** Forgets persons whose longest window is over, some thousand at a time. */
export async function deleteOldPersons(db: Tx): Promise<void> {
  await db.query({
    name: 'buyer_persons.delete_old',
    text: `delete from buyer_persons where (hash, lead_id, contract_id, round) in (
             select hash, lead_id, contract_id, round from buyer_persons
             where keep_until < now() order by keep_until limit 5000)`,
  });
}
