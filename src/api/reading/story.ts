// A lead's trace as text for a terminal: the story that `sluice lead <id>` tells. Pure.

import { lookupText } from '../../domain/lookups/finding.ts';
import { dollars } from '../../domain/money.ts';
import { columns, printable } from './text-table.ts';
import type { LeadTraceBody, StageBody } from '../wire/trace.ts';

/** The whole story, in the order in which it happened. No line carries a control character. */
export function renderStory(trace: LeadTraceBody): string {
  return [
    headOf(trace),
    section('Fields', fieldsOf(trace)),
    section('Checks', checksOf(trace)),
    section(scoreTitle(trace), scoreOf(trace)),
    ...trace.stages.map((stage) => section(stageTitle(stage), stageOf(stage))),
    section('Offers', offersOf(trace)),
    section('Contracts', contractsOf(trace)),
    section('Deliveries', deliveriesOf(trace)),
    section('Money', moneyOf(trace)),
    section('Feedback', feedbackOf(trace)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function headOf(trace: LeadTraceBody): string {
  const { answer } = trace;
  const says =
    answer.status === 'sold' ? `payout ${dollars(answer.payout_cents)}` : answer.reason_text;
  const sub = trace.sub_source === null ? '' : ` (${trace.sub_source})`;
  const test = trace.test ? ', a test lead' : '';
  const facts = columns([
    ['campaign', `${trace.campaign}, from ${trace.source}${sub}${test}`],
    ['received', `${trace.received_at}${took(trace)}`],
    ['world', `version ${trace.world_version}`],
    ['workflow', trace.workflow.url ?? trace.workflow.id],
  ]);
  const status = trace.status.replace('_', ' ');
  return [`${trace.id} is ${status}: ${says}`, ...facts.map((line) => `  ${line}`)].join('\n');
}

function took({ received_at, settled_at }: LeadTraceBody): string {
  if (settled_at === null) return ', not settled yet';
  return `, settled after ${Date.parse(settled_at) - Date.parse(received_at)} ms`;
}

function fieldsOf({ fields, problems, unknown_fields }: LeadTraceBody): string[] {
  const known = Object.entries(fields).map(([name, value]) => [name, String(value)]);
  const wrong = problems.map(({ field, says }) => [field, `! ${says}`]);
  const unknown = unknown_fields.map((name) => [name, '? not a field of the campaign']);
  return columns([...known, ...wrong, ...unknown]);
}

function checksOf({ checks, duplicate_of }: LeadTraceBody): string[] {
  const lines = columns(
    checks.map((line) => [line.ok ? 'ok' : 'no', line.check, lookupText(line)]),
  );
  return duplicate_of === null ? lines : [...lines, `the earlier lead is ${duplicate_of}`];
}

function scoreTitle({ score }: LeadTraceBody): string {
  return score ? `Score ${score.score} of 100, ${score.band}, by ${score.scorer}` : 'Score';
}

function scoreOf({ score }: LeadTraceBody): string[] {
  const reasons = score?.reasons ?? [];
  const signed = (points: number) => (points < 0 ? String(points) : `+${points}`);
  return [
    ...columns(reasons.map(({ points, says }) => [signed(points), printable(says)])),
    ...gradeOf(score),
  ];
}

/** Why Claude has no part in the score, and what it said too late. */
function gradeOf(score: LeadTraceBody['score']): string[] {
  const { fallback_reason: reason = null, fallback_text: text, grade = null } = score ?? {};
  const without = reason === null ? [] : [`without Claude: ${reason}: ${text ?? ''}`];
  if (grade === null || grade.outcome !== 'graded') return without;
  const flags = grade.flags.length > 0 ? [`Claude’s flags: ${grade.flags.join(', ')}`] : [];
  if (grade.counts) return flags;
  const { adjustment, ms, says } = grade;
  return [
    ...without,
    `too late, after ${ms} ms: ${adjustment ?? 0}, ${printable(says ?? '')}`,
    ...flags,
  ];
}

function feedbackOf({ feedback }: LeadTraceBody): string[] {
  return columns(
    feedback.map(({ what, at, contract, value_cents: value, reason, by }) => [
      what,
      at,
      contract ?? '',
      value === null ? '' : dollars(value),
      printable(reason ?? ''),
      `by ${by}`,
    ]),
  );
}

function stageTitle({ round, stage, method, turn, tier, auction }: StageBody): string {
  const parts = [`Stage ${printable(stage)}`, method.replace('_', '-')];
  if (tier !== null) parts.push(`tier of priority ${tier}`);
  if (turn !== null) parts.push(`turn ${turn}`);
  if (round > 1) parts.push(`round ${round}`);
  if (auction) {
    const early = auction.closed_early ? ', closed early' : '';
    parts.push(`floor ${dollars(auction.floor_cents)}`, `${auction.ms} ms${early}`);
    if (auction.first_sale_cents !== null) {
      parts.push(`first sale ${dollars(auction.first_sale_cents)} or more`);
    }
    if (auction.pick === 'total') parts.push('by total');
  }
  return parts.join(', ');
}

function stageOf({ order, why_not, auction }: StageBody): string[] {
  const bids = (auction?.bids ?? []).map((bid) => [
    bid.rank === null ? '-' : `#${bid.rank}`,
    bid.contract,
    bid.price_cents === null ? '' : dollars(bid.price_cents),
    `${bid.ms} ms`,
    becauseOf(bid),
  ]);
  const priced = (auction?.offers ?? []).map((offer) => [
    ...['=', offer.contract, `pays ${dollars(offer.price_cents)}`],
    `ranks as ${dollars(offer.ranks_as_cents)}, ${offer.shared ? 'shared' : 'alone'}`,
  ]);
  const asked = auction ? [] : order;
  const offers = asked.map(({ contract, price_cents }, index) => [
    `#${index + 1}`,
    contract,
    price_cents === null ? 'asked for a bid' : dollars(price_cents),
  ]);
  const refused = why_not.map((line) => ['-', line.contract, becauseOf(line)]);
  return [...columns(bids), ...columns(priced), ...columns(offers), ...columns(refused)];
}

function offersOf({ attempts }: LeadTraceBody): string[] {
  return columns(
    attempts.map((attempt, index) => [
      `${index + 1}.`,
      attempt.contract,
      dollars(attempt.price_cents),
      attempt.state.replaceAll('_', ' '),
      attempt.ms === null ? '' : `${attempt.ms} ms`,
      attempt.reference === null ? becauseOf(attempt) : `reference ${attempt.reference}`,
    ]),
  );
}

function contractsOf({ contracts }: LeadTraceBody): string[] {
  return columns(
    contracts.map((line) => [line.contract, line.result.replaceAll('_', ' '), becauseOf(line)]),
  );
}

function deliveriesOf({ deliveries }: LeadTraceBody): string[] {
  return columns(
    deliveries.map(({ contract, target, state, tries, detail, next_try_at: next }) => [
      `${contract}/${target}`,
      state,
      `${tries} ${tries === 1 ? 'try' : 'tries'}`,
      printable(detail),
      next === null ? '' : `next try ${next}`,
    ]),
  );
}

function moneyOf({ transfers, money }: LeadTraceBody): string[] {
  if (transfers.length === 0) return [];
  const moved = transfers.map(({ kind, from, to, amount_cents, state }) => [
    kind,
    dollars(amount_cents),
    `${from} to ${to}${state === 'posted' ? '' : ` (${state})`}`,
  ]);
  return columns([...moved, ['margin', dollars(money.margin_cents), 'stays with the house']]);
}

interface Because {
  readonly reason: string | null;
  readonly reason_text: string | null;
  readonly detail: string | null;
}

function becauseOf({ reason, reason_text, detail }: Because): string {
  if (reason === null) return '';
  return `${reason}: ${reason_text ?? ''}${detail === null ? '' : ` (${detail})`}`;
}
