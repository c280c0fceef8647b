// The one statement by which validation asks PostgreSQL: is the person on a suppression list, was
// it received before, and from now on it counts as this lead's.

import type { FreeingEnd } from '../../domain/duplicates.ts';
import type { CampaignId, LeadId } from '../../domain/ids.ts';
import type { Validation } from '../../domain/lead.ts';
import type { PersonKey } from '../../domain/person.ts';
import type { ListedValue, Listing } from '../../domain/suppression/suppression.ts';
import type { Tx } from '../pool.ts';
import { hashOfValue } from '../suppressions/hash.ts';
import { hashOf } from '../verdicts.ts';

export interface PersonClaim {
  readonly leadId: LeadId;
  /** The memory in which leads of one person are told apart from others. */
  readonly memory: string;
  readonly keys: readonly PersonKey[];
  readonly atMs: number;
  /** Earlier leads from before that do not count. */
  readonly notBeforeMs: number;
  /** Earlier leads that ended so do not count. */
  readonly againAfter: readonly FreeingEnd[];
  /** What may stand on a suppression list that holds in this campaign. */
  readonly values: readonly ListedValue[];
  readonly campaignId: CampaignId;
  /** Stored where the person is claimed; for the last check of a lead. */
  readonly validation?: Validation;
}

export type Claimed =
  | { readonly kind: 'first' }
  | { readonly kind: 'seen'; readonly leadId: LeadId; readonly by: readonly string[] }
  /** On these lists, by list and kind; never empty. */
  | { readonly kind: 'suppressed'; readonly listings: readonly Listing[] };

/**
 * Records that this lead is the one that counts for these keys, and stores the validation it is
 * given with it. Or says on which lists it stands, or which earlier lead has one of the keys; then
 * nothing is left behind. Two leads of one person at once: the second waits for the first to
 * commit, then finds it. A repeat finds itself and is first again.
 */
export async function claimPerson(db: Tx, claim: PersonClaim): Promise<Claimed> {
  const hashes = claim.keys.map(hashOf);
  const told = await db.query<{ hash: Buffer | null; kind: Listing['kind']; list: string }>({
    name: 'persons.claim',
    text: `with listed as materialized (
             select kind, list from listings_of($7, $8, $9)
           ), claimed as (
             insert into fingerprints (scope, hash, lead_id, seen_at)
             select $2, hash, $1, $4 from unnest($3::bytea[]) hash
             where not exists (select from listed) order by hash
             on conflict (scope, hash) do update
               set lead_id = excluded.lead_id, seen_at = excluded.seen_at
               where fingerprints.seen_at < $5 or fingerprints.lead_id = excluded.lead_id
                 or exists (select from leads where id = fingerprints.lead_id
                   and status = any($10::text[]))
             returning hash
           ), stored as (
             insert into verdicts (lead_id, round, step, verdict)
             select $1, 1, 'validation', $6
             where $6::jsonb is not null and not exists (select from listed)
               and (select count(*) from claimed) = cardinality($3::bytea[])
             on conflict do nothing
           )
           select hash, null as kind, null as list from claimed
           union all select null, kind, list from listed`,
    values: [
      claim.leadId,
      claim.memory,
      hashes,
      new Date(claim.atMs),
      new Date(claim.notBeforeMs),
      claim.validation ? JSON.stringify(claim.validation) : null,
      claim.values.map(({ kind }) => kind),
      claim.values.map(hashOfValue),
      claim.campaignId,
      claim.againAfter,
    ],
  });
  const listings = told.rows.flatMap(({ hash, kind, list }) => (hash ? [] : [{ list, kind }]));
  if (listings.length > 0) return { kind: 'suppressed', listings: listings.sort(byName) };
  const ours = new Set(told.rows.map(({ hash }) => hash?.toString('hex')));
  const index = hashes.findIndex((hash) => !ours.has(hash.toString('hex')));
  const key = claim.keys[index];
  const hash = hashes[index];
  if (!key || !hash) return { kind: 'first' };
  const earlier = await yieldTo(db, { claim, hashes, hash });
  // Gone: its lead was refused in this moment, and gave the key back.
  if (earlier === undefined) return claimPerson(db, claim);
  return { kind: 'seen', leadId: earlier, by: key.fields };
}

/** Deletes in memory 1 the keys 3 of lead 2: only where they are still its own. */
const RELEASE = `delete from fingerprints where scope = $1 and lead_id = $2 and hash in (
    select hash from fingerprints
    where scope = $1 and hash = any($3::bytea[]) and lead_id = $2
    order by hash for update)`;

/** The lead was refused after all: its person is nobody's again, until the next lead of it. */
export async function releasePerson(
  db: Tx,
  { leadId, memory, keys }: Pick<PersonClaim, 'leadId' | 'memory' | 'keys'>,
): Promise<void> {
  await db.query({
    name: 'persons.release',
    text: RELEASE,
    values: [memory, leadId, keys.map(hashOf)],
  });
}

/**
 * Finds the lead that has this key, and gives the others back: a refused lead must not refuse
 * another one that shares with it what the earlier lead does not have.
 */
async function yieldTo(
  db: Tx,
  of: { readonly claim: PersonClaim; readonly hashes: readonly Buffer[]; readonly hash: Buffer },
): Promise<LeadId | undefined> {
  const { leadId, memory } = of.claim;
  const seen = await db.query<{ lead_id: LeadId }>({
    name: 'persons.yield',
    text: `with given_back as (${RELEASE})
           select lead_id from fingerprints where scope = $1 and hash = $4`,
    values: [memory, leadId, of.hashes, of.hash],
  });
  return seen.rows[0]?.lead_id;
}

function byName(a: Listing, b: Listing): number {
  if (a.list !== b.list) return a.list < b.list ? -1 : 1;
  return a.kind < b.kind ? -1 : 1;
}
