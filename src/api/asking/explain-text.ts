// An explanation as text for terminals (`sluice explain`). Pure.

import { dollars } from '../../domain/money.ts';
import { columns, printable } from '../reading/text-table.ts';
import type { ExplainedContract, ExplainedStageBody, Explanation } from '../wire/explain.ts';

const AS_OF: Readonly<Record<Explanation['as_of'], string>> = {
  recorded: 'as it was routed',
  now: 'as of now',
  time: 'as of the time asked for',
};

/** The whole explanation: a head, then a table for each stage. */
export function renderExplanation(told: Explanation): string {
  const { lead, campaign, source, world_version: version, score } = told;
  const head = [
    `${lead ?? 'a lead that does not exist'}: ${campaign} from ${source}, ` +
      `${AS_OF[told.as_of]}, world ${version}`,
    ...(told.note === null ? [] : [`note: ${told.note}`]),
    ...told.problems.map(({ field, says }) => `would be rejected: ${field}: ${says}`),
    ...(told.duplicate_of === null ? [] : [`a duplicate of ${told.duplicate_of}`]),
    ...(told.unknown_fields.length > 0
      ? [`fields that the campaign does not know: ${told.unknown_fields.join(', ')}`]
      : []),
    `score ${score.score} (${score.band})${pointsOf(score.reasons)}`,
  ];
  const stages = told.stages.flatMap((stage) => ['', ...stageLines(stage)]);
  return [...head.map(printable), ...stages].join('\n');
}

function pointsOf(reasons: Explanation['score']['reasons']): string {
  if (reasons.length === 0) return '';
  const signed = (points: number) => (points < 0 ? String(points) : `+${points}`);
  return `: ${reasons.map(({ says, points }) => `${says} ${signed(points)}`).join('; ')}`;
}

function stageLines(stage: ExplainedStageBody): string[] {
  const { reached, turn, floor_cents: floor, at, note } = stage;
  const more = [
    stage.method,
    `judged at ${at}`,
    ...(reached === false ? ['not reached'] : []),
    ...(turn === null ? [] : [`turn ${turn}`]),
    ...(floor === null ? [] : [`floor ${dollars(floor)}`]),
  ];
  const rows = stage.contracts.map(cellsOf);
  const table = rows.length > 0 ? columns(rows, new Set([0, 2])) : ['no contract'];
  return [
    printable(`stage ${stage.stage}: ${more.join(', ')}`),
    ...(note === null ? [] : [`  note: ${note}`]),
    ...table.map((line) => `  ${line}`),
  ];
}

function cellsOf(line: ExplainedContract): string[] {
  const { rank, contract, price_cents: price, eligible, reason, detail } = line;
  const because = reason === null ? '' : `${reason}${detail ? `: ${detail}` : ''}`;
  const says = because || (line.asks ? 'would be asked for a bid' : eligible ? 'eligible' : '');
  return [
    rank === null ? '-' : String(rank),
    contract,
    price === null ? '-' : dollars(price),
    says,
  ];
}
