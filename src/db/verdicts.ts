// What was decided about a lead, under (lead, round, step). The first writer wins, and everyone
// after reads what it stored: a re-run cannot decide differently from what was shown.

import { createHash } from 'node:crypto';
import type { LeadId } from '../domain/ids.ts';
import type { Validation } from '../domain/lead.ts';
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

export type PersonClaim =
  | { readonly kind: 'first' }
  | { readonly kind: 'seen'; readonly leadId: LeadId; readonly by: readonly string[] };

/**
 * Records that this lead is the one that counts for these keys, and stores the validation it is
 * given with it; or says which earlier lead has one of them, and stores nothing. Two leads of one
 * person at once: the second waits for the first to commit, then finds it. A repeat finds itself
 * and is first again.
 */
export async function claimPerson(
  db: Tx,
  claim: {
    readonly leadId: LeadId;
    readonly scope: string;
    readonly keys: readonly PersonKey[];
    readonly atMs: number;
    readonly notBeforeMs: number;
    /** Where no check comes after this one. */
    readonly validation?: Validation;
  },
): Promise<PersonClaim> {
  const hashes = claim.keys.map(hashOf);
  const claimed = await db.query<{ hash: Buffer }>({
    name: 'verdicts.claim_person',
    text: `with claimed as (
             insert into fingerprints (scope, hash, lead_id, seen_at)
             select $2, hash, $1, $4 from unnest($3::bytea[]) hash order by hash
             on conflict (scope, hash) do update
               set lead_id = excluded.lead_id, seen_at = excluded.seen_at
               where fingerprints.seen_at < $5 or fingerprints.lead_id = excluded.lead_id
             returning hash
           ), stored as (
             insert into verdicts (lead_id, round, step, verdict)
             select $1, 1, 'validation', $6
             where $6::jsonb is not null
               and (select count(*) from claimed) = cardinality($3::bytea[])
             on conflict do nothing
           )
           select hash from claimed`,
    values: [
      claim.leadId,
      claim.scope,
      hashes,
      new Date(claim.atMs),
      new Date(claim.notBeforeMs),
      claim.validation ? JSON.stringify(claim.validation) : null,
    ],
  });
  const ours = new Set(claimed.rows.map(({ hash }) => hash.toString('hex')));
  const index = hashes.findIndex((hash) => !ours.has(hash.toString('hex')));
  const key = claim.keys[index];
  if (!key) return { kind: 'first' };

  const seen = await db.query<{ lead_id: LeadId }>({
    name: 'verdicts.find_person',
    text: `select lead_id from fingerprints where scope = $1 and hash = $2`,
    values: [claim.scope, hashes[index]],
  });
  const earlier = seen.rows[0]?.lead_id;
  if (!earlier) throw new Error(`the fingerprint that stopped ${claim.leadId} is gone`);
  return { kind: 'seen', leadId: earlier, by: key.fields };
}

/** SHA-256 of the fields and their values: how a person is known where it need not be read. */
export function hashOf({ fields, values }: PersonKey): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([fields, values]))
    .digest();
}
