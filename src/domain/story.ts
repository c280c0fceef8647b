// The story of a lead and of a buyer's caps in Markdown, as operators read it in the Temporal UI.
// No personal data: histories are kept and shown.

import type { CapsState } from './caps/caps.ts';
import type { Auction, LeadOutcome, PingResult, Score, StageRoute, Validation } from './lead.ts';
import { dollars as plainDollars } from './money.ts';
import { candidatesOf, type Offered, type OfferReport } from './outcome.ts';
import { sentenceOf } from './reasons.ts';

/** The UI's Markdown reads text between two dollar signs as mathematics: each is escaped. */
const dollars = (amount: number): string => plainDollars(amount).replace('$', '\\$');

/** The UI measures its frame a line too short: an empty paragraph keeps the last row in sight. */
const ROOM = '&nbsp;';

/** All that a lead's workflow has seen so far. */
export interface LeadStory {
  readonly lead: {
    readonly campaign: string;
    readonly source: string;
    readonly worldVersion: number;
  };
  readonly validation: Validation;
  readonly score: Score;
  readonly stages: { readonly route: StageRoute; auction?: Auction }[];
  readonly offers: Offered[];
}

/** The lead's story so far; `outcome` once there is one. */
export function describeLead(story: LeadStory, outcome?: LeadOutcome): string {
  const { lead, score } = story;
  return [
    headline(story, outcome),
    `campaign ${lead.campaign} · source ${lead.source} · world version ${lead.worldVersion} · ` +
      `score ${score.score} (${score.band})`,
    ...story.stages.flatMap(describeStage),
    ...describeOffers(story.offers),
    ROOM,
  ].join('\n\n');
}

/** A lead that validation refused. */
export function describeRefusal({ reason, checks }: Validation & { kind: 'refused' }): string {
  const lines = checks.map(
    ({ check, ok, says }) => `- ${ok ? 'passed' : '**failed**'} ${check}: ${says}`,
  );
  return [`**refused**: ${sentenceOf(reason)}`, lines.join('\n')].join('\n\n');
}

function headline({ offers }: LeadStory, outcome: LeadOutcome | undefined): string {
  if (!outcome) {
    const doubt = offers.find(({ report }) => report.kind === 'in_doubt');
    return doubt
      ? `**in doubt**: ${doubt.candidate.contractId} may have the lead; ` +
          'nobody else is offered its place until that is known'
      : '**in progress**';
  }
  if (outcome.kind !== 'sold') return `**${outcome.kind}**: ${sentenceOf(outcome.reason)}`;
  const to = outcome.sales.map((sale) => `${sale.contractId} for ${dollars(sale.priceCents)}`);
  return `**sold** to ${to.join(', ')}; the source earns ${dollars(outcome.payoutCents)}`;
}

function describeStage({ route, auction }: LeadStory['stages'][number]): string[] {
  const turn = route.turn === undefined ? '' : `, turn ${route.turn}`;
  const out = [`### Stage ${route.stage} (${route.method.replace('_', '-')}${turn})`];
  if (auction) {
    const rows = [...auction.pings].sort(byRank(auction.ranked)).map(pingRow);
    out.push(table(['contract', 'bid', 'ms', 'says'], rows));
    const early = auction.closedEarly ? ', closed early: nobody outstanding could win' : '';
    out.push(`floor ${dollars(auction.floorCents)}${early}`);
  } else if (route.order.length > 0) {
    const offers = candidatesOf(route);
    const order = offers.map((c) => `${c.contractId} at ${dollars(c.priceCents)}`);
    out.push(`order: ${order.join(', ')}`);
  }
  if (route.refused.length > 0) {
    const rows = route.refused.map(({ contractId, reason, detail }) => [
      contractId,
      reason,
      quoted(detail),
    ]);
    out.push(table(['not asked', 'reason', 'because'], rows));
  }
  return out;
}

/** As they were ranked, then those that bid too little, then the rest by name. */
function byRank(ranked: readonly string[]) {
  const last = ranked.length;
  const place = ({ contractId }: PingResult) => {
    const index = ranked.indexOf(contractId);
    return index < 0 ? last : index;
  };
  return (a: PingResult, b: PingResult): number =>
    place(a) - place(b) ||
    (b.priceCents ?? -1) - (a.priceCents ?? -1) ||
    (a.contractId < b.contractId ? -1 : 1);
}

function pingRow(ping: PingResult): string[] {
  const bid = ping.priceCents === undefined ? '' : dollars(ping.priceCents);
  const says = ping.kind === 'bid' ? 'bid' : `${ping.reason} ${quoted(ping.detail)}`.trim();
  return [ping.contractId, bid, String(ping.ms), says];
}

function describeOffers(offers: readonly Offered[]): string[] {
  if (offers.length === 0) return [];
  const rows = offers.map(({ candidate, report }, index) => [
    String(index + 1),
    candidate.contractId,
    dollars(candidate.priceCents),
    saysOf(report),
  ]);
  return ['### Offers', table(['', 'contract', 'price', 'answer'], rows)];
}

function saysOf(report: OfferReport): string {
  if (report.kind === 'accepted') return `**accepted** in ${report.ms} ms`;
  return `${report.kind.replace('_', ' ')}: ${report.reason} ${quoted(report.detail)}`.trim();
}

/** A buyer's caps: each window with its use, limit and end. */
export function describeCaps(state: CapsState, nowMs: number): string {
  if (!state.seeded) return '**not seeded yet**: grants nothing until PostgreSQL is read';
  const rows = Object.entries(state.windows)
    .filter(([, { endsAtMs }]) => endsAtMs === null || endsAtMs > nowMs)
    .map(([key, { used, limit, version, endsAtMs }]) => [
      key,
      String(used),
      version < 0 ? '?' : String(limit),
      endsAtMs === null ? 'never' : `in ${Math.ceil((endsAtMs - nowMs) / 60_000)} min`,
    ]);
  if (rows.length === 0) return 'no cap has been used yet';
  return [table(['cap', 'used', 'limit', 'ends'], rows), `${state.open} holds open`].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A cell is one line, read in one direction, and ends only where the table says so. */
function cell(text: string): string {
  return text.replace(/[|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** Words that are not ours may hold anything: shown as code, so that no markup in them is read. */
function quoted(words = ''): string {
  const line = cell(words.slice(0, 100).replaceAll('`', ' ')).trim();
  return line && `\`${line}\``;
}
