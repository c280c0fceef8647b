// The messages of the workflows and the search attributes they set: what clients and handlers
// share.

import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CapDecision, CapOp, CapsSeed, CapsState } from '../domain/caps/caps.ts';
import type { CampaignId, ContractId, LeadId, SourceId } from '../domain/ids.ts';
import type { CallEvent } from '../domain/transfers/call.ts';
import type { LeadAction, RoundPlan } from '../domain/waiting.ts';

/** What a lead's workflow is started with: names only, never the person. */
export interface Distribution extends Omit<RoundPlan, 'contractId'> {
  readonly leadId: LeadId;
  readonly campaign: CampaignId;
  readonly source: SourceId;
  /** Judged and routed, tried at test addresses, never sold. */
  readonly test: boolean;
}

/** A push that an operator asked for again, by its number among those of its kind. */
export interface Redelivery {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  readonly target: string;
  readonly n: number;
  readonly by: string;
}

/** The answer to an offer that was in doubt stands in PostgreSQL now. */
export const attemptSettled = defineSignal<[{ readonly contract: ContractId }]>('attemptSettled');

/** Something was told of a call to a buyer. */
export const callTold = defineSignal<[CallEvent]>('callTold');

/** Wakes a lead that waits, offers it to a contract, or closes it. */
export const leadActed = defineSignal<[LeadAction]>('leadActed');

/** Applies a batch of cap operations; repeats of an operation count once. */
export const apply = defineUpdate<CapDecision[], [readonly CapOp[]]>('apply');

/** Tells a new entity what PostgreSQL knows; counts once per epoch. */
export const seed = defineUpdate<undefined, [CapsSeed]>('seed');

/** The whole state of a buyer's caps. */
export const snapshot = defineQuery<CapsState>('snapshot');

export const LeadStatusKey = defineSearchAttributeKey('LeadStatus', 'KEYWORD');
export const CampaignKey = defineSearchAttributeKey('Campaign', 'KEYWORD');
export const SourceKey = defineSearchAttributeKey('Source', 'KEYWORD');
export const BuyerKey = defineSearchAttributeKey('Buyer', 'KEYWORD');
export const ReasonCodeKey = defineSearchAttributeKey('ReasonCode', 'KEYWORD');
export const CapStateKey = defineSearchAttributeKey('CapState', 'KEYWORD');
