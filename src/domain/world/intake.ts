// What a campaign asks of a lead beyond readable fields, and how it answers a refusal.

import type { ConsentRule } from '../validation/consent.ts';
import type { HintCode } from '../validation/hints.ts';
import type { Filter } from './filter.ts';

/** A lead that meets the filter is refused. */
export interface LeadRule {
  readonly name: string;
  readonly when: Filter;
  /** What its source is told of each of the fields. */
  readonly says: string;
  readonly fields: readonly string[];
}

/** The statuses with which a campaign may answer that it refused a lead. */
export const REFUSAL_STATUSES = [200, 400, 409, 422] as const;
export type RefusalStatus = (typeof REFUSAL_STATUSES)[number];

export interface RefusalAnswers {
  readonly rejectedStatus: RefusalStatus;
  readonly duplicateStatus: RefusalStatus;
}

/** What is absent is not asked for. */
export interface IntakeTerms {
  /** Beside those of the vertical. */
  readonly rules?: readonly LeadRule[] | undefined;
  readonly consent?: ConsentRule | null | undefined;
  /** What is only noted of other campaigns' leads refuses those of this one. */
  readonly refuse?: readonly HintCode[] | undefined;
  /** Absent: 200, as for every outcome. */
  readonly answers?: RefusalAnswers | undefined;
}
