// Finds the persons of leads that a buyer had before its rule against repeats, or beside it: sold
// under a world without the rule, or by another list of fields. A rule then knows them from its
// first day.
//
// A pass looks through the buyer's attempts, newest first, and notes up to when it has. The next
// one looks only at what came since; a rule that is new, or looks further back, begins anew.

import type { BuyerId, ContractId, LeadId } from '../../domain/ids.ts';
import type { Lead } from '../../domain/lead.ts';
import { type KeptPersons, personKeys } from '../../domain/person.ts';
import type { Pool, Tx } from '../pool.ts';
import { hashOf } from '../verdicts.ts';
import { HAS_PERSON } from './seen.ts';

const BATCH = 2_000;

/**
 * Looks through the earlier leads of every rule, and forgets what was noted about rules that are
 * gone. Safe to repeat, and in several processes at once. Ends early when `goOn` says no; what is
 * not done by then is begun anew at the next pass.
 */
export async function fillPersons(
  pool: Pool,
  kept: readonly KeptPersons[],
  goOn: () => boolean = () => true,
): Promise<void> {
  for (const one of kept) {
    const begun = await beginFill(pool, one);
    let after: Place | undefined;
    do {
      if (!goOn()) return;
      after = await fillSome(pool, one, { since: begun.since, after });
    } while (after);
    await noteFilled(pool, one, begun.at);
  }
}

/** Forgets up to when rules that are gone had looked: if one comes back, it begins anew. */
export async function forgetFills(db: Tx, kept: readonly KeptPersons[]): Promise<void> {
  await db.query({
    name: 'person_fills.forget',
    text: `delete from person_fills where (buyer_id, through, fields::text) not in (
             select buyer, through, fields
             from unnest($1::text[], $2::text[], $3::text[]) as k (buyer, through, fields))`,
    values: [
      kept.map(({ buyer }) => buyer),
      kept.map(({ through }) => through ?? ''),
      kept.map(({ fields }) => fieldsText(fields)),
    ],
  });
}

/** As PostgreSQL writes a list of ids: they hold nothing that wants quotes. */
const fieldsText = (fields: readonly string[]) => `{${fields.join(',')}}`;

/** Timestamps as PostgreSQL writes them: a Date would lose what is below the millisecond. */
interface Begun {
  readonly at: string;
  readonly since: string;
}

async function beginFill(db: Tx, { buyer, through, fields, withinDays }: KeptPersons) {
  const found = await db.query<Begun & Record<string, string>>({
    name: 'person_fills.begin',
    // A claim that commits late has an earlier time: a minute is six times the longest statement.
    text: `select now()::text as at, coalesce(
             (select filled_to - interval '1 minute' from person_fills where buyer_id = $1
                and through = $2 and fields = $3 and within_days >= $4),
             now() - make_interval(days => $4::int))::text as since`,
    values: [buyer, through ?? '', fields, withinDays],
  });
  const [row] = found.rows;
  if (!row) throw new Error('a select without from returned no row');
  return row;
}

async function noteFilled(db: Tx, kept: KeptPersons, at: string): Promise<void> {
  await db.query({
    name: 'person_fills.note',
    text: `insert into person_fills (buyer_id, through, fields, within_days, filled_to)
           values ($1, $2, $3, $4, $5::timestamptz)
           on conflict (buyer_id, through, fields)
             do update set within_days = excluded.within_days, filled_to = excluded.filled_to`,
    values: [kept.buyer, kept.through ?? '', kept.fields, kept.withinDays, at],
  });
}

interface Place {
  readonly plannedAt: string;
  readonly leadId: LeadId;
}

interface EarlierRow {
  readonly lead_id: LeadId;
  readonly contract_id: ContractId;
  readonly round: number;
  readonly buyer_id: BuyerId;
  readonly planned_at: string;
  readonly sent_at: string;
  readonly fields: Lead['fields'];
}

/** One batch, from the newest back; returns where the next one begins, if there is one. */
async function fillSome(
  pool: Pool,
  kept: KeptPersons,
  { since, after }: { since: string; after: Place | undefined },
): Promise<Place | undefined> {
  const found = await pool.query<EarlierRow>({
    name: 'person_fills.list',
    // A plan may wait for its claim; a day is far longer than any does.
    text: `select a.lead_id, a.contract_id, a.round, a.buyer_id, a.planned_at::text,
             a.sent_at::text, l.fields
           from attempts a join leads l on l.id = a.lead_id
           where split_part(a.buyer_id, '.', 1) = $1 and a.state in ${HAS_PERSON}
             and ($2::text is null or split_part(a.contract_id, '.', 1) = $2)
             and a.planned_at >= $3::timestamptz - interval '1 day' and a.sent_at >= $3
             and ($4::timestamptz is null or (a.planned_at, a.lead_id) <= ($4, $5))
           order by a.planned_at desc, a.lead_id desc limit ${BATCH}`,
    values: [kept.buyer, kept.through, since, after?.plannedAt ?? null, after?.leadId ?? null],
  });
  const rows = found.rows.flatMap((row) => {
    const [key] = personKeys([kept.fields], row.fields);
    return key ? [{ ...row, hash: hashOf(key) }] : [];
  });
  await pool.query({
    name: 'person_fills.store',
    text: `insert into buyer_persons (hash, lead_id, contract_id, round, buyer_id, seen_at,
             keep_until)
           select g.hash, g.lead_id, g.contract_id, g.round, g.buyer_id, g.sent_at,
             g.sent_at + make_interval(days => $7::int)
           from unnest($1::bytea[], $2::text[], $3::text[], $4::int[], $5::text[],
             $6::timestamptz[]) as g (hash, lead_id, contract_id, round, buyer_id, sent_at)
           on conflict (hash, lead_id, contract_id, round) do update
             set keep_until = greatest(buyer_persons.keep_until, excluded.keep_until)
             where buyer_persons.keep_until < excluded.keep_until`,
    values: [
      rows.map(({ hash }) => hash),
      rows.map((row) => row.lead_id),
      rows.map((row) => row.contract_id),
      rows.map(({ round }) => round),
      rows.map((row) => row.buyer_id),
      rows.map((row) => row.sent_at),
      kept.withinDays,
    ],
  });
  const last = found.rows.at(-1);
  if (!last || found.rows.length < BATCH) return undefined;
  return { plannedAt: last.planned_at, leadId: last.lead_id };
}
