// The leads that this process works on: the lead as taken in, the world it is pinned to, and the
// verdicts that an earlier run stored. Leads never change after intake, so keeping them is safe.
//
// A lead that this process took in itself is known to have no verdicts: its first run reads
// nothing. Every other beginning (a re-run, another process) reads what is stored and decides
// nothing again.

import { LRUCache } from 'lru-cache';
import { loadLead } from '../db/leads.ts';
import type { Pool } from '../db/pool.ts';
import { listVerdicts } from '../db/verdicts.ts';
import type { LeadId } from '../domain/ids.ts';
import type { Lead } from '../domain/lead.ts';
import type { Campaign } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import type { EligibilityRules } from '../eligibility/explain.ts';

/** One version of the world, compiled. */
export interface LoadedWorld {
  readonly version: number;
  readonly world: World;
  readonly eligibility: EligibilityRules;
}

export interface Case {
  readonly lead: Lead;
  readonly loaded: LoadedWorld;
  readonly campaign: Campaign;
  /** Verdicts of round 1 that stood in the database when this case was opened. */
  readonly stored: ReadonlyMap<string, unknown>;
}

export type CaseBook = ReturnType<typeof createCaseBook>;

// A lead is worked on for seconds; a case is a few kilobytes.
const MAX_CASES = 2_000;
const ROUND = 1;

/** One case book per process. */
export function createCaseBook(deps: {
  readonly pool: Pool;
  worldAt(version: number): Promise<LoadedWorld>;
}) {
  const open = new LRUCache<LeadId, Case>({ max: MAX_CASES });
  const fresh = new LRUCache<LeadId, Lead>({ max: MAX_CASES });

  async function openCase(lead: Lead, stored: Case['stored']): Promise<Case> {
    const loaded = await deps.worldAt(lead.worldVersion);
    const campaign = loaded.world.campaigns[lead.campaignId];
    if (!campaign) throw new Error(`world ${loaded.version} has no campaign ${lead.campaignId}`);
    const opened = { lead, loaded, campaign, stored };
    open.set(lead.id, opened);
    return opened;
  }

  async function reopen(leadId: LeadId): Promise<Case> {
    const lead = await loadLead(deps.pool, leadId);
    return openCase(lead, await listVerdicts(deps.pool, leadId, ROUND));
  }

  return {
    /** Intake has just stored this lead: its first run need not read it back. */
    expect(lead: Lead): void {
      fresh.set(lead.id, lead);
    },

    /** Begins a run: from memory once, from the database every other time. */
    async begin(leadId: LeadId): Promise<Case> {
      const lead = fresh.get(leadId);
      fresh.delete(leadId);
      return lead ? openCase(lead, new Map()) : reopen(leadId);
    },

    /** The case of a run that has begun, here or elsewhere. */
    async of(leadId: LeadId): Promise<Case> {
      return open.get(leadId) ?? reopen(leadId);
    },
  };
}

/** A contract of the lead's world. Throws if the world has none of that name. */
export function contractOf({ loaded }: Case, contractId: string): Contract {
  const contract = loaded.world.contracts[contractId];
  if (!contract) throw new Error(`world ${loaded.version} has no contract ${contractId}`);
  return contract;
}
