// The check that ends every run: what sources were told and what the buyers wrote down themselves,
// held against the database. A run that fails it measured something else than the promised work.

import { acceptedByBuyer, acceptedByLead, readJournal } from '../../src/demo/buyer-journal.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { Sent } from '../load.ts';
import { pause } from '../stand/workbench.ts';

export interface Audit {
  /** Leads that a source was told are taken in, and that are not there or not decided. */
  readonly lost: number;
  /** Leads that more buyers accepted than the one who may have it. */
  readonly soldTwice: number;
  /** Leads that a buyer accepted beyond its cap, over all buyers. */
  readonly capOvershoot: number;
  /** Acceptances that the database does not know as a sale, and sales that no buyer accepted. */
  readonly unmatched: number;
  /** Leads of which nobody knows whether a buyer has them: reported, no reason to void. */
  readonly inDoubt: number;
}

/** Did the run keep its promises? */
export function passed({ lost, soldTwice, capOvershoot, unmatched }: Audit): boolean {
  return lost + soldTwice + capOvershoot + unmatched === 0;
}

const SETTLE_MS = 15_000;
const LOOK_EVERY_MS = 200;

/**
 * Waits until every lead of this database is final and every sale delivered, for 15 s at most.
 * Returns how many sales were still undelivered at the first look.
 */
export async function settle(pool: Pool, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + SETTLE_MS;
  let first: number | undefined;
  for (;;) {
    const found = await pool.query<{ open: number; undelivered: number }>(OPEN);
    const { open = 0, undelivered = 0 } = found.rows[0] ?? {};
    first ??= undelivered;
    if ((open === 0 && undelivered === 0) || performance.now() > deadline) return first;
    await pause(LOOK_EVERY_MS, signal);
  }
}

const OPEN = `select
  (select count(*) from leads where outcome is null and status <> 'in_doubt') as open,
  (select count(*) from sales s where not exists (select from deliveries d
     where d.lead_id = s.lead_id and d.contract_id = s.contract_id
       and d.state <> 'trying')) as undelivered`;

/** Compares all three: answers, journal, database. Call it when `settle` has returned. */
export async function audit(
  pool: Pool,
  seen: { readonly sent: readonly Sent[]; readonly journal: string; readonly dailyCap: number },
): Promise<Audit> {
  const told = seen.sent.filter(({ http }) => http >= 200 && http <= 299);
  const ids = told.map(({ leadId }) => leadId);
  const found = await pool.query<{ decided: number; in_doubt: number }>(
    `select count(*) filter (where outcome is not null or status = 'in_doubt') as decided,
       count(*) filter (where status = 'in_doubt') as in_doubt
     from leads where id = any($1)`,
    [ids],
  );
  const { decided = 0, in_doubt: inDoubt = 0 } = found.rows[0] ?? {};

  const lines = readJournal(seen.journal);
  const accepted = acceptedByLead(lines);
  const sales = await pool.query<{ lead_id: string; contract_id: string }>(
    `select lead_id, contract_id from sales`,
  );
  const nameOf = (leadId: string, contract: string | null) => `${leadId}/${contract ?? ''}`;
  const inJournal = new Set(
    [...accepted.values()].flat().map((line) => nameOf(line.leadId, line.contract)),
  );
  const inDatabase = new Set(sales.rows.map((sale) => nameOf(sale.lead_id, sale.contract_id)));
  const overCap = [...acceptedByBuyer(lines).values()].map(({ leads }) => leads - seen.dailyCap);
  return {
    lost: told.length - decided,
    soldTwice: [...accepted.values()].filter((posts) => posts.length > 1).length,
    capOvershoot: overCap.reduce((sum, over) => sum + Math.max(0, over), 0),
    unmatched:
      [...inJournal].filter((name) => !inDatabase.has(name)).length +
      [...inDatabase].filter((name) => !inJournal.has(name)).length,
    inDoubt,
  };
}
