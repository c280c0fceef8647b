// Rows for tests of src/db: leads as intake stores them, and attempts in the state a test begins
// at.

import { monotonicFactory } from 'ulid';
import { claimAttempt, type Plan, planAttempt } from '../../src/db/attempts.ts';
import { insertLead } from '../../src/db/leads.ts';
import type { Pool } from '../../src/db/pool.ts';
import { type Accepted, type SaleTerms, settleAccepted } from '../../src/db/settlement.ts';
import { recordWorld } from '../../src/db/worlds.ts';
import { type LeadId, type OfferKey, toLeadId } from '../../src/domain/ids.ts';
import type { Lead, OfferResult } from '../../src/domain/lead.ts';
import { cents } from '../../src/domain/money.ts';
import { createDatabase, type TestDatabase } from './databases.ts';
import { sampleLead } from './sample-lead.ts';

/** A database of its own with a world, which every lead refers to. */
export async function createBook(): Promise<TestDatabase> {
  const database = await createDatabase();
  const first = { document: {}, digest: 'first', by: 'test', paused: [] };
  await recordWorld(database.pool, () => first);
  return database;
}

/** A new lead of Ann Lee with an id of its own, stored. */
export async function storeLead(pool: Pool, changes: Partial<Lead> = {}): Promise<LeadId> {
  const { receivedAtMs: _, ...lead } = sampleLead({ id: newLeadId(), ...changes });
  await insertLead(pool, { lead, raw: {}, unknownFields: [], waitsIn: 'here', key: null });
  return lead.id;
}

// Rising within a millisecond too: tests rely on the order in which they made their leads.
const nextUlid = monotonicFactory();

export function newLeadId(): LeadId {
  return toLeadId(nextUlid());
}

/** An offer to the contract `apex_auto` of buyer `apex` at $14.80, exclusive, without caps. */
export function planFor(leadId: LeadId, changes: Partial<Plan> = {}): Plan {
  const contractId = changes.contractId ?? 'apex_auto';
  return {
    leadId,
    contractId,
    round: 1,
    buyerId: contractId.split('_')[0] ?? contractId,
    stage: 'auction',
    position: 1,
    exclusive: true,
    priceCents: cents(1480),
    bidId: null,
    capWindows: [],
    verdicts: [],
    ...changes,
  };
}

export function keyOf({ leadId, contractId, round }: OfferKey): OfferKey {
  return { leadId, contractId, round };
}

/** An attempt that is planned. */
export async function planned(
  pool: Pool,
  leadId: LeadId,
  changes: Partial<Plan> = {},
): Promise<OfferKey> {
  const plan = planFor(leadId, changes);
  await planAttempt(pool, plan);
  return keyOf(plan);
}

/** An attempt that is claimed: its post may be on the way. */
export async function sending(
  pool: Pool,
  leadId: LeadId,
  { maxPlaces = 1, ...changes }: Partial<Plan> & { maxPlaces?: number } = {},
): Promise<OfferKey> {
  const key = await planned(pool, leadId, changes);
  const claim = await claimAttempt(pool, key, { maxPlaces, switches: [] });
  if (claim.kind !== 'claimed') throw new Error(`not claimed: ${claim.kind}`);
  return key;
}

/** Terms of an exclusive sale whose source earns 80 % and waits in the process that settles. */
export function saleTerms(changes: Partial<SaleTerms> = {}): SaleTerms {
  return {
    payout: { kind: 'share', basisPoints: 8000 },
    maxPlaces: 1,
    exclusive: true,
    redirectUrl: null,
    process: 'here',
    ...changes,
  };
}

export function accepted(priceCents: number): Accepted {
  return {
    kind: 'accepted',
    buyerId: 'apex',
    priceCents: cents(priceCents),
    reference: 'ref_1',
    ms: 12,
  };
}

export const rejected = {
  kind: 'rejected',
  reason: 'buyer_rejected',
  detail: 'not today',
  ms: 9,
} as const satisfies OfferResult;

export const inDoubt = {
  kind: 'in_doubt',
  reason: 'no_answer',
  detail: '',
  ms: 400,
} as const satisfies OfferResult;

/** A lead sold to each of these contracts, shared if there are several. */
export async function storeSoldLead(
  pool: Pool,
  sales: readonly { contractId: string; priceCents: number }[],
  changes: Partial<Lead> = {},
): Promise<LeadId> {
  const leadId = await storeLead(pool, changes);
  const shared = { exclusive: sales.length === 1, maxPlaces: sales.length };
  for (const { contractId, priceCents } of sales) {
    const key = await sending(pool, leadId, {
      contractId,
      priceCents: cents(priceCents),
      ...shared,
    });
    await settleAccepted(pool, key, { result: accepted(priceCents), terms: saleTerms(shared) });
  }
  return leadId;
}
