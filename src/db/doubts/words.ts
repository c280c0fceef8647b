// What was said of an attempt after its post, as it was said: appended before it takes effect, so
// that a crash in between loses neither the words nor their effect.

import type { ContractId, LeadId, OfferKey } from '../../domain/ids.ts';
import type { Effect, Said } from '../../domain/doubts/doubt.ts';
import type { RejectionReason } from '../../domain/reasons.ts';
import type { Cents } from '../../domain/money.ts';
import type { Tx } from '../pool.ts';

/** One word about one attempt. */
export interface Word {
  readonly key: OfferKey;
  /** `status`, `buyer/{buyer}`, `operator/{operator}`, `call` or `policy`. */
  readonly teller: string;
  /** The teller's own name for it; null: each counts as a new one. */
  readonly name: string | null;
  readonly said: Said;
  readonly priceCents: Cents | null;
  readonly reference: string | null;
  readonly detail: string;
  /** What a no comes to, where its teller knows better than the word; not kept beside it. */
  readonly reason?: RejectionReason;
}

export interface RecordedWord {
  readonly id: number;
  /** Null until it was carried out. */
  readonly effect: Effect | null;
  /** False: the name stands for other words. */
  readonly same: boolean;
}

/** Appends a word, or finds the one that has its name. */
export async function recordWord(db: Tx, word: Word): Promise<RecordedWord> {
  const { leadId, contractId, round } = word.key;
  const values = [leadId, contractId, round, word.teller, word.name, word.said, word.priceCents];
  const inserted = await db.query<{ id: number }>({
    name: 'words.record',
    text: `insert into attempt_words (lead_id, contract_id, round, teller, name, said, price_cents,
             reference, detail)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (teller, name) where name is not null do nothing returning id`,
    values: [...values, word.reference, word.detail],
  });
  const [row] = inserted.rows;
  if (row) return { id: row.id, effect: null, same: true };
  const found = await db.query<RecordedWord>({
    name: 'words.find',
    text: `select id, effect, (lead_id, contract_id, round, said)
             = ($1, $2, $3::int, $6) and price_cents is not distinct from $7::bigint as same
           from attempt_words where teller = $4 and name = $5`,
    values,
  });
  const [before] = found.rows;
  if (!before) throw new Error(`word ${word.name} was neither stored nor found`);
  return before;
}

/** What a word did; where the sale has a price, before and after it. */
export interface Done {
  readonly effect: Effect;
  readonly beforeCents?: Cents | null;
  readonly afterCents?: Cents | null;
  /** Why the price is what it is, or why what was asked for was not done. */
  readonly why?: string | null;
}

/** Notes what a word did. */
export async function noteEffect(db: Tx, id: number, done: Done): Promise<void> {
  const { effect, beforeCents = null, afterCents = null, why = null } = done;
  await db.query({
    name: 'words.note_effect',
    text: `update attempt_words set effect = $2, before_cents = $3, after_cents = $4, why = $5
           where id = $1`,
    values: [id, effect, beforeCents, afterCents, why],
  });
}

/**
 * The attempts that a buyer means, the last round of each contract: of a lead, or by the reference
 * that it gave one. Those that were never sent to it are not there.
 */
export async function listMeant(
  db: Tx,
  of: {
    readonly buyerId: string;
    readonly leadId: LeadId | null;
    readonly reference: string | null;
    readonly contractId: ContractId | null;
  },
): Promise<readonly OfferKey[]> {
  const found = await db.query<{ lead_id: LeadId; contract_id: ContractId; round: number }>({
    name: of.leadId === null ? 'words.list_meant_by_reference' : 'words.list_meant_by_lead',
    text: `select distinct on (a.lead_id, a.contract_id) a.lead_id, a.contract_id, a.round
           from attempts a
           where (a.buyer_id = $1 or split_part(a.buyer_id, '.', 1) = $1)
             and ${of.leadId === null ? `a.result ->> 'reference' = $2` : 'a.lead_id = $2'}
             and ($3::text is null or a.contract_id = $3)
             and a.state not in ('planned', 'not_sent')
           order by a.lead_id, a.contract_id, a.round desc limit 3`,
    values: [of.buyerId, of.leadId ?? of.reference, of.contractId],
  });
  return found.rows.map((row) => ({
    ...{ leadId: row.lead_id, contractId: row.contract_id, round: row.round },
  }));
}

/** The price that an operator is asked for: the last one that a buyer named since one answered. */
export async function findOpenPrice(
  db: Tx,
  { leadId, contractId, round }: OfferKey,
): Promise<Cents | undefined> {
  const found = await db.query<{ price_cents: Cents }>({
    name: 'words.find_open_price',
    text: `select price_cents from attempt_words w
           where (lead_id, contract_id, round) = ($1, $2, $3::int) and effect = 'price_asked'
             and not exists (select from attempt_words o
               where (o.lead_id, o.contract_id, o.round) = ($1, $2, $3::int) and o.id > w.id
                 and o.teller like 'operator/%' and o.effect is not null
                 and o.effect <> 'refused')
           order by id desc limit 1`,
    values: [leadId, contractId, round],
  });
  return found.rows[0]?.price_cents;
}
