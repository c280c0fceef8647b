// What the stored traces and the buyers' journals add to the answers: how much of an answer was
// waiting for buyers, and when the winner had the lead.

import { type JournalLine, readJournal } from '../../src/demo/buyer-journal.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { Sent } from '../load.ts';

const IDS_AT_ONCE = 5_000;

/**
 * The time of each lead that was spent on buyers, by lead id: slowest ping of each auction, posts.
 */
export async function readBuyersMs(
  pool: Pool,
  leadIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const byLead = new Map<string, number>();
  for (let at = 0; at < leadIds.length; at += IDS_AT_ONCE) {
    const found = await pool.query<{ id: string; ms: number }>(BUYERS_MS, [
      leadIds.slice(at, at + IDS_AT_ONCE),
    ]);
    for (const { id, ms } of found.rows) byLead.set(id, ms);
  }
  return byLead;
}

const BUYERS_MS = `select l.id, (
    coalesce((select sum((select max((ping ->> 'ms')::int)
       from jsonb_array_elements(v.verdict -> 'pings') ping))
     from verdicts v where v.lead_id = l.id and v.step like 'auction/%'), 0)
    + coalesce((select sum((a.result ->> 'ms')::int) from attempts a where a.lead_id = l.id), 0)
  )::int as ms
  from leads l where l.id = any($1)`;

/** For each sold lead, how long after its intended sending the winner had it in hand. */
export function submissionToPostMs(sent: readonly Sent[], journal: string): number[] {
  const isSale = ({ kind, decision }: JournalLine) => kind === 'post' && decision === 'accepted';
  const posts = readJournal(journal).filter(isSale);
  const receivedAt = new Map(posts.map(({ leadId, at }) => [leadId, Date.parse(at)]));
  return sent.flatMap(({ leadId, atMs }) => {
    const at = receivedAt.get(leadId ?? '');
    return at === undefined ? [] : [at - atMs];
  });
}
