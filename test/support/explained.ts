// What a stored trace and an explanation of the same lead have in common, stage by stage, so that
// they can be compared.

import type { ExplainedStageBody, Explanation } from '../../src/api/wire/explain.ts';
import type { LeadTraceBody, StageBody } from '../../src/api/wire/trace.ts';

type Told = string | number | null;

/** One stage: who was to be offered the lead, who was refused and why, whose bid did not count. */
export interface StageFacts {
  readonly stage: string;
  readonly turn: number | null;
  readonly order: readonly Told[][];
  readonly refused: readonly Told[][];
  readonly noBids: readonly Told[][];
}

/** The stages of a lead's last round; the parts of a waterfall as the one stage that they are. */
export function storedStages({ stages }: LeadTraceBody): StageFacts[] {
  const lastRound = Math.max(...stages.map(({ round }) => round));
  const byName = new Map<string, StageBody[]>();
  for (const part of stages.filter(({ round }) => round === lastRound)) {
    byName.set(part.stage, [...(byName.get(part.stage) ?? []), part]);
  }
  return [...byName].map(([stage, parts]) => ({
    stage,
    turn: parts[0]?.turn ?? null,
    order: parts.flatMap(({ order }) =>
      order.map(({ contract, price_cents }) => [contract, price_cents]),
    ),
    refused: parts
      .flatMap(({ why_not }) => why_not)
      .map(({ contract, reason, detail }) => [contract, reason, detail]),
    noBids: parts
      .flatMap(({ auction }) => auction?.bids ?? [])
      .flatMap(({ contract, reason, price_cents }) =>
        reason ? [[contract, reason, price_cents]] : [],
      )
      .sort(),
  }));
}

/** The stages that the lead came to, as they are explained. */
export function explainedStages({ stages }: Explanation): StageFacts[] {
  return stages.filter(({ reached }) => reached).map(explainedStage);
}

function explainedStage({ stage, turn, contracts }: ExplainedStageBody): StageFacts {
  return {
    stage,
    turn,
    order: contracts
      .filter(({ rank }) => rank !== null)
      .map(({ contract, price_cents }) => [contract, price_cents]),
    refused: contracts
      .filter(({ eligible }) => !eligible)
      .map(({ contract, reason, detail }) => [contract, reason, detail]),
    noBids: contracts
      .flatMap(({ contract, eligible, reason, price_cents }) =>
        eligible && reason ? [[contract, reason, price_cents]] : [],
      )
      .sort(),
  };
}
