// The buyers' journal against the database: what must hold after any test, whatever was broken.

import { type PnlRow, readPnl } from '../../src/db/reading/pnl.ts';
import type { Pool } from '../../src/db/pool.ts';
import { type JournalLine, postsPerLeadAndContract } from '../../src/demo/buyer-journal.ts';

/** Every difference, in words; none is what is wanted. */
export async function auditBooks(pool: Pool, lines: readonly JournalLine[]): Promise<string[]> {
  return [
    ...twicePosted(lines),
    ...(await salesAgainst(pool, lines)),
    ...(await soldTooOften(pool)),
    ...(await ledgerDifferences(pool)),
  ];
}

/** No buyer is ever sent the same offer twice. */
function twicePosted(lines: readonly JournalLine[]): string[] {
  return [...postsPerLeadAndContract(lines)]
    .filter(([, posts]) => posts > 1)
    .map(([offer, posts]) => `${offer} was posted ${posts} times`);
}

/** Every sale was accepted by its buyer, and every acceptance is a sale or in doubt. */
async function salesAgainst(pool: Pool, lines: readonly JournalLine[]): Promise<string[]> {
  const stored = await pool.query<{ offer: string; state: string }>(
    `select lead_id || '/' || contract_id as offer, state from attempts
     where state in ('accepted', 'in_doubt', 'pending', 'sending', 'accepted_conflict')
       -- What Sluice accepts itself for the operator's own people was sent to nobody.
       and not (state = 'accepted' and price_cents = 0 and (result ->> 'ms')::numeric = 0)`,
  );
  const states = new Map(stored.rows.map(({ offer, state }) => [offer, state]));
  const taken = lines.filter(
    ({ kind, decision }) => (kind === 'post' || kind === 'status') && decision === 'accepted',
  );
  // What a buyer says with its own key is its word, in no journal of requests to it.
  const told = await pool.query<{ offer: string }>(
    `select lead_id || '/' || contract_id as offer from attempt_words
     where teller like 'buyer/%' and said = 'accepted'`,
  );
  const words = new Set(told.rows.map(({ offer }) => offer));
  const accepted = new Set(taken.map(({ leadId, contract }) => `${leadId}/${contract ?? ''}`));
  // A test lead is accepted at test addresses, and sold to nobody.
  const tests = await pool.query<{ id: string }>('select id from leads where test');
  const isTest = (offer: string) => tests.rows.some(({ id }) => offer.startsWith(`${id}/`));
  const lost = [...accepted].filter((offer) => !states.has(offer) && !isTest(offer));
  const invented = [...states].filter(
    ([offer, state]) => state === 'accepted' && !accepted.has(offer) && !words.has(offer),
  );
  return [
    ...lost.map((offer) => `${offer} was accepted by the buyer and is not a sale`),
    ...invented.map(([offer]) => `${offer} is a sale that the buyer never accepted`),
  ];
}

/** An accepted attempt has its sale and its two transfers; an exclusive one has the lead alone. */
async function soldTooOften(pool: Pool): Promise<string[]> {
  const wrong = await pool.query<{ lead_id: string; why: string }>(
    `select lead_id, 'an exclusive sale beside another' as why from attempts
       where state in ('accepted', 'sending', 'in_doubt', 'pending')
       group by lead_id having bool_or(exclusive) and count(*) > 1
     union all
     select a.lead_id, 'an accepted attempt without its sale' from attempts a
       where state = 'accepted' and not exists (select from sales s
         where s.lead_id = a.lead_id and s.contract_id = a.contract_id)
     union all
     select s.lead_id, 'a sale without its two transfers' from sales s
       where 2 <> (select count(*) from transfers t where t.id in
         ('sale/' || s.lead_id || '/' || s.contract_id,
          'payout/' || s.lead_id || '/' || s.contract_id))
     union all
     select id, 'an outcome of sold without a sale' from leads l
       where status = 'sold' and not exists (select from sales s where s.lead_id = l.id)`,
  );
  return wrong.rows.map(({ lead_id, why }) => `${lead_id}: ${why}`);
}

/** Profit and loss are the ledger, to the cent. */
async function ledgerDifferences(pool: Pool): Promise<string[]> {
  const rows = await readPnl(pool, { by: ['buyer'], timeZone: 'America/New_York' });
  const ledger = await pool.query<{ revenue: number; payout: number }>(
    `select coalesce(sum(price_cents), 0)::bigint as revenue,
       coalesce(sum(payout_cents), 0)::bigint as payout from sales`,
  );
  const { revenue, payout } = ledger.rows[0] ?? { revenue: -1, payout: -1 };
  const total = rows.find((row) => row.total);
  const says = (row?: PnlRow) => `${row?.revenueCents} and ${row?.payoutCents}`;
  const equal = total?.revenueCents === revenue && total.payoutCents === payout;
  return equal ? [] : [`P&L says ${says(total)}, the sales ${revenue} and ${payout}`];
}
