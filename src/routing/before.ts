// What came before a stage: whether it is its turn at all, and who need not be asked again.

import type { ContractId } from '../domain/ids.ts';
import type { AttemptState, WhyNot } from '../domain/lead.ts';
import type { IneligibleReason } from '../domain/reasons.ts';
import type { Stage } from '../domain/world/campaign.ts';
import type { Asked } from '../eligibility/explain.ts';

/** One lead at one moment, and what came before this stage. */
export interface Question extends Asked {
  /** How the offers of earlier rounds ended, where they were sent. */
  readonly past?: ReadonlyMap<ContractId, AttemptState>;
  /** Why contracts of earlier stages of this round did not buy. */
  readonly came?: readonly IneligibleReason[];
}

type Why = Omit<WhyNot, 'contractId'>;
const NOT_DUE: Why = { reason: 'not_its_turn', detail: '' };
const TAKEN_AFTER = { overflow: 'cap_reached', after_hours: 'outside_schedule' } as const;

/**
 * Why a contract of the stage is passed by whatever its terms are; undefined: look at its terms. An
 * overflow stage takes what earlier stages had no room for; one for after hours likewise. Nobody is
 * offered a lead again that it refused or had, unless an operator asks again who refused.
 */
export function whyPassedBy(
  { takes }: Stage,
  contractId: ContractId,
  { came = [], past, byOperator }: Question,
): Why | undefined {
  if (takes !== 'all' && !came.includes(TAKEN_AFTER[takes])) return NOT_DUE;
  const state = past?.get(contractId);
  if (state === undefined || (state === 'rejected' && byOperator)) return undefined;
  return { reason: 'rejected_before', detail: state === 'rejected' ? '' : state };
}
