// What outside services said, kept for a time, and what their calls cost. Never the value that was
// asked about.

import type { Finding } from '../../domain/lookups/finding.ts';
import type { Tx } from '../pool.ts';

/** The answer that still counts; undefined if there is none. */
export async function findAnswer(db: Tx, hash: Buffer): Promise<Finding | undefined> {
  const found = await db.query<{ finding: Finding }>({
    name: 'lookups.find_answer',
    text: `select finding from lookup_answers where hash = $1 and expires_at > now()`,
    values: [hash],
  });
  return found.rows[0]?.finding;
}

/** Keeps an answer; the newest one counts. */
export async function storeAnswer(
  db: Tx,
  answer: { hash: Buffer; service: string; finding: Finding; cacheMinutes: number },
): Promise<void> {
  await db.query({
    name: 'lookups.store_answer',
    text: `insert into lookup_answers (hash, service, finding, expires_at)
           values ($1, $2, $3, now() + $4 * interval '1 minute')
           on conflict (hash) do update
             set finding = excluded.finding, expires_at = excluded.expires_at`,
    values: [answer.hash, answer.service, JSON.stringify(answer.finding), answer.cacheMinutes],
  });
}

/** Forgets what no longer counts. */
export async function deleteOldAnswers(db: Tx): Promise<void> {
  await db.query({
    name: 'lookups.delete_old_answers',
    text: `delete from lookup_answers where expires_at <= now()`,
  });
}

/** Counts one call of today, with its price in thousandths of a cent. */
export async function countCall(
  db: Tx,
  call: { service: string; failed: boolean; millicents: number },
): Promise<void> {
  await db.query({
    name: 'lookups.count_call',
    text: `insert into lookup_calls (service, day, calls, failed, millicents)
           values ($1, (now() at time zone 'UTC')::date, 1, $2, $3)
           on conflict (service, day) do update set calls = lookup_calls.calls + 1,
             failed = lookup_calls.failed + excluded.failed,
             millicents = lookup_calls.millicents + excluded.millicents`,
    values: [call.service, call.failed ? 1 : 0, call.millicents],
  });
}

/** The calls of one service on one day of UTC. */
export interface LookupDay {
  readonly service: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly calls: number;
  readonly failed: number;
  readonly millicents: number;
}

/** First and last day included; newest day first. */
export async function listLookupDays(
  db: Tx,
  period: { readonly from: string | null; readonly to: string | null },
): Promise<readonly LookupDay[]> {
  const found = await db.query<LookupDay>({
    name: 'lookups.list_days',
    text: `select service, day::text, calls, failed, millicents from lookup_calls
           where ($1::date is null or day >= $1) and ($2::date is null or day <= $2)
           order by day desc, service limit 1000`,
    values: [period.from, period.to],
  });
  return found.rows;
}
