// What is reported of a lead after the sale, by buyers' CRMs through an operator.

import type { ContractId, LeadId } from '../ids.ts';
import type { Cents } from '../money.ts';

/** From the first call to the deal; `bad`: the lead was not what was paid for. */
export const FEEDBACK_KINDS = ['contacted', 'qualified', 'converted', 'bad'] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

export interface Feedback {
  /** The caller's own name for it: the same one is recorded once. */
  readonly id: string;
  readonly leadId: LeadId;
  readonly what: FeedbackKind;
  /** What the deal was worth. */
  readonly valueCents: Cents | null;
  readonly contractId: ContractId | null;
  readonly reason: string | null;
  readonly atMs: number;
  /** The operator. */
  readonly by: string;
}
