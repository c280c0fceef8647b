// What was decided about a lead, under (lead, round, step). The first writer wins, and everyone
// after reads what it stored: a re-run cannot decide differently from what was shown.

import { createHash } from 'node:crypto';
import type { LeadId } from '../domain/ids.ts';
import type { PersonKey } from '../domain/person.ts';
import type { Tx } from './pool.ts';

/** A verdict about to be stored: the step's name and its plain JSON. */
export interface Verdict {
  readonly step: string;
  readonly verdict: unknown;
}

/** Stores verdicts that have no row yet; the first writer wins. */
export async function storeVerdicts(
  db: Tx,
  entry: { leadId: LeadId; round: number; verdicts: readonly Verdict[] },
): Promise<void> {
  await db.query({
    name: 'verdicts.store',
    text: `insert into verdicts (lead_id, round, step, verdict)
           select $1, $2, step, verdict::jsonb
           from unnest($3::text[], $4::text[]) as given (step, verdict)
           on conflict do nothing`,
    values: [
      entry.leadId,
      entry.round,
      entry.verdicts.map(({ step }) => step),
      entry.verdicts.map(({ verdict }) => JSON.stringify(verdict)),
    ],
  });
}

/** Stores a verdict unless there is one, and returns the one that stands. */
export async function storeFirst<T>(
  tx: Tx,
  { leadId, round, step }: { leadId: LeadId; round: number; step: string },
  verdict: T,
): Promise<T> {
  await storeVerdicts(tx, { leadId, round, verdicts: [{ step, verdict }] });
  const stored = await tx.query<{ verdict: T }>({
    name: 'verdicts.find',
    text: `select verdict from verdicts where lead_id = $1 and round = $2 and step = $3`,
    values: [leadId, round, step],
  });
  return stored.rows[0]?.verdict ?? verdict;
}

/** All verdicts of one round, by step. */
export async function listVerdicts(
  db: Tx,
  leadId: LeadId,
  round: number,
): Promise<ReadonlyMap<string, unknown>> {
  const found = await db.query<{ step: string; verdict: unknown }>({
    name: 'verdicts.list',
    text: `select step, verdict from verdicts where lead_id = $1 and round = $2`,
    values: [leadId, round],
  });
  return new Map(found.rows.map(({ step, verdict }) => [step, verdict]));
}

/** SHA-256 of the fields and their values: how a person is known where it need not be read. */
export function hashOf({ fields, values }: PersonKey): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([fields, values]))
    .digest();
}
