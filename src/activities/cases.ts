// The leads that this process works on: the lead as taken in, the world it is pinned to, and the
// verdicts that an earlier run stored. Leads never change after intake, so keeping them is safe.
//
// A lead that this process took in itself is known to have no verdicts: its first run reads
// nothing. Every other beginning (a re-run, another process) reads what is stored and decides
// nothing again.

import { LRUCache } from 'lru-cache';
import { listAttempts } from '../db/attempts.ts';
import { loadLead } from '../db/leads.ts';
import { findPing } from '../db/intake/pings.ts';
import type { Pool } from '../db/pool.ts';
import { listVerdicts } from '../db/verdicts.ts';
import type { ContractId, LeadId } from '../domain/ids.ts';
import type { AttemptState, Lead, Learned, PingResult } from '../domain/lead.ts';
import type { Pinged } from '../domain/ping.ts';
import type { RoundPlan } from '../domain/waiting.ts';
import { type Campaign, OPERATOR_STAGE, type Stage } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import type { EligibilityRules } from '../eligibility/explain.ts';
import { chosenStage, sentBefore } from '../routing/before.ts';
import { stageIn } from '../routing/stage.ts';

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
  /** Verdicts of its round that stood in the database when this case was opened. */
  readonly stored: ReadonlyMap<string, unknown>;
  /** Contracts that definitely refused or once had the lead, in the rounds before. */
  readonly past: ReadonlyMap<ContractId, AttemptState>;
  /** An operator's choice of the contract, for this round. */
  readonly choice: ContractId | null;
  /** What buyers answered to the ping that the lead's post followed: they are not asked again. */
  readonly bids: ReadonlyMap<ContractId, PingResult>;
}

export type CaseBook = ReturnType<typeof createCaseBook>;

// A lead is worked on for seconds; a case is a few kilobytes.
const MAX_CASES = 2_000;

/** What came before the run. */
type Past = Pick<Case, 'stored' | 'past' | 'bids'>;
export const NO_PAST: Past = { stored: new Map(), past: new Map(), bids: new Map() };

/** One case book per process. */
export function createCaseBook(deps: {
  readonly pool: Pool;
  worldAt(version: number): Promise<LoadedWorld>;
}) {
  const { pool, worldAt } = deps;
  const open = new LRUCache<string, Case>({ max: MAX_CASES });
  const fresh = new LRUCache<LeadId, { lead: Lead; bids: Case['bids'] }>({ max: MAX_CASES });

  async function openCase(lead: Lead, round: number, before: Past): Promise<Case> {
    const { stored } = before;
    const plan = stored.get('round') as RoundPlan | undefined;
    const loaded = await worldAt(plan?.worldVersion ?? lead.worldVersion);
    const campaign = loaded.world.campaigns[lead.campaignId];
    if (!campaign) throw new Error(`world ${loaded.version} has no campaign ${lead.campaignId}`);
    const choice = plan?.contractId ?? null;
    const opened = { lead, loaded, campaign, choice, ...before };
    open.set(keyOf(lead.id, round), opened);
    return opened;
  }

  async function reopen(leadId: LeadId, round: number): Promise<Case> {
    const lead = await loadLead(pool, leadId);
    const stored = await listVerdicts(pool, leadId, round);
    return openCase(lead, round, {
      stored,
      past: await pastOf(leadId, round),
      // Later rounds ask anew: a bid is for the post that follows it.
      bids: round === 1 ? bidsOf(await findPing(pool, leadId)) : NO_PAST.bids,
    });
  }

  async function pastOf(leadId: LeadId, round: number): Promise<Case['past']> {
    if (round === 1) return NO_PAST.past;
    return sentBefore(await listAttempts(pool, leadId), round);
  }

  return {
    worldAt,

    /** Intake has just stored this lead: its first run need not read it back. */
    expect(lead: Lead, ping?: Pinged): void {
      fresh.set(lead.id, { lead, bids: bidsOf(ping) });
    },

    /** Begins a run: from memory once, from the database every other time. */
    async begin(leadId: LeadId): Promise<Case> {
      const known = fresh.get(leadId);
      fresh.delete(leadId);
      if (!known) return reopen(leadId, 1);
      return openCase(known.lead, 1, { ...NO_PAST, bids: known.bids });
    },

    /** What lookups have said: filters ask about it from now on. */
    learn(leadId: LeadId, { lineType, flags }: Learned): void {
      const known = open.get(keyOf(leadId, 1));
      if (!known || (lineType === undefined && flags === undefined)) return;
      const learned = { ...(lineType !== undefined && { lineType }), ...(flags && { flags }) };
      open.set(keyOf(leadId, 1), { ...known, lead: { ...known.lead, ...learned } });
    },

    /** Another run has stored verdicts since this case was opened: it is read anew. */
    forget(leadId: LeadId, round: number): void {
      open.delete(keyOf(leadId, round));
    },

    /** The case of a round that has begun, here or elsewhere. */
    async of(leadId: LeadId, round = 1): Promise<Case> {
      return open.get(keyOf(leadId, round)) ?? reopen(leadId, round);
    },
  };
}

function bidsOf(ping: Pinged | undefined): Case['bids'] {
  return new Map(ping?.bids.map((bid) => [bid.contractId, bid]));
}

function keyOf(leadId: LeadId, round: number): string {
  return `${leadId}/${round}`;
}

/** A contract of the lead's world. Throws if the world has none of that name. */
export function contractOf({ loaded }: Case, contractId: string): Contract {
  const contract = loaded.world.contracts[contractId];
  if (!contract) throw new Error(`world ${loaded.version} has no contract ${contractId}`);
  return contract;
}

/** A stage of the lead's campaign by name, or the one of an operator's choice. */
export function stageOf({ loaded, lead, campaign, choice }: Case, name: string): Stage {
  if (name !== OPERATOR_STAGE) return stageIn(campaign, name);
  return chosenStage(loaded.world, lead.campaignId, choice);
}
