// What came before a stage: whether it is its turn at all, who need not be asked again, and what an
// operator chose instead of the campaign's stages.

import type { CampaignId, ContractId } from '../domain/ids.ts';
import type { AttemptState, WhyNot } from '../domain/lead.ts';
import { ZERO } from '../domain/money.ts';
import type { IneligibleReason } from '../domain/reasons.ts';
import { OPERATOR_STAGE, type Stage } from '../domain/world/campaign.ts';
import type { World } from '../domain/world/world.ts';
import type { Asked } from '../eligibility/explain.ts';

/** One lead at one moment, and what came before this stage. */
export interface Question extends Asked {
  /** How the offers of earlier rounds ended, where they were sent. */
  readonly past?: ReadonlyMap<ContractId, AttemptState>;
  /** Why contracts of earlier stages of this round did not buy. */
  readonly came?: readonly IneligibleReason[];
  /** Somebody has the lead, or may have it: only who shares it can be sold it as well. */
  readonly isShared?: boolean;
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
  { takes, minScore }: Stage,
  contractId: ContractId,
  { score, came = [], past, byOperator }: Question,
): Why | undefined {
  if (takes !== 'all' && !came.includes(TAKEN_AFTER[takes])) return NOT_DUE;
  if (score < minScore) {
    const detail = `the score is ${score}, the stage wants at least ${minScore}`;
    return { reason: 'score_too_low', detail };
  }
  const state = past?.get(contractId);
  if (state === undefined || (state === 'rejected' && byOperator)) return undefined;
  return { reason: 'rejected_before', detail: state === 'rejected' ? '' : state };
}

interface SentAttempt {
  readonly contractId: ContractId;
  readonly round: number;
  readonly state: AttemptState;
}

const NEVER_SENT: ReadonlySet<AttemptState> = new Set<AttemptState>(['planned', 'not_sent']);

/** How the offers before a round ended, where they were sent. */
export function sentBefore(
  attempts: readonly SentAttempt[],
  round: number,
): ReadonlyMap<ContractId, AttemptState> {
  const sent = attempts.filter((one) => one.round < round && !NEVER_SENT.has(one.state));
  return new Map(sent.map(({ contractId, state }) => [contractId, state]));
}

const OPERATORS_DEADLINE_MS = 5_000;

/** The only stage of a round in which an operator chose the contract; empty if that is gone. */
export function chosenStage(
  { contracts }: World,
  campaignId: CampaignId,
  choice: ContractId | null,
): Stage {
  const contract = contracts[choice ?? ''];
  const isThere = contract?.campaign === campaignId;
  const terms = {
    name: OPERATOR_STAGE,
    takes: 'all',
    minScore: 0,
    ...{ budgetMs: null, stopAfterRejections: null },
    contracts: choice !== null && isThere ? [choice] : [],
  } as const;
  if (contract?.priceCents !== null) return { ...terms, method: 'waterfall' };
  return {
    ...{ ...terms, method: 'ping_post', deadlineMs: OPERATORS_DEADLINE_MS, floorCents: ZERO },
    ...{ earlyClose: true, pricing: 'first', pick: 'price', minBidders: 1, ties: 'priority' },
  };
}
