// The story of a lead and of a buyer's caps in Markdown, as operators read it in the Temporal UI.
// No personal data: histories are kept and shown.

import { utcText } from './calendar.ts';
import { describeAsked, describeDoubt } from './doubts/telling.ts';
import { type Asked, isOpen } from './doubts/doubt.ts';
import type { CapsState } from './caps/caps.ts';
import { listUses } from './caps/uses.ts';
import type {
  Auction,
  LeadOutcome,
  PingResult,
  PricedOffer,
  Score,
  StageRoute,
  Validation,
} from './lead.ts';
import { type Cents, dollars as plainDollars, ZERO } from './money.ts';
import { candidatesOf, type Offered, type OfferReport } from './outcome.ts';
import { sentenceOf } from './reasons.ts';
import { bestShares, worthOfAll } from './routing/best-sale.ts';
import { lookupText } from './lookups/finding.ts';
import type { LeadAction, Wait } from './waiting.ts';

/** The UI's Markdown reads text between two dollar signs as mathematics: each is escaped. */
const dollars = (amount: number): string => plainDollars(amount).replace('$', '\\$');

/** The UI measures its frame a line too short: an empty paragraph keeps the last row in sight. */
const ROOM = '&nbsp;';

/** A round in which nobody bought, and what ended the wait after it. */
export interface PastRound {
  readonly round: number;
  readonly wait: Wait;
  /** Undefined: its time had come. */
  readonly action: LeadAction | undefined;
}

/** All that a lead's workflow has seen so far. */
export interface LeadStory {
  readonly lead: {
    readonly campaign: string;
    readonly source: string;
    readonly worldVersion: number;
    /** How many shared sales it may have. */
    readonly places?: number;
  };
  readonly validation: Validation;
  readonly score: Score;
  readonly stages: {
    readonly route: StageRoute;
    auction?: Auction;
    /** Why the stage ended although someone was left to be asked. */
    stopped?: 'budget_used' | 'rejections_reached';
  }[];
  readonly offers: Offered[];
  /** What buyers said that were asked what they had done with it. */
  asked?: Asked[];
  /** What the lead waits for, once the round ended without a sale and the lead is kept. */
  wait?: Wait;
  /** The rounds before this one, each with the wait that followed it. */
  readonly before?: readonly PastRound[];
}

/** The lead's story so far; `outcome` once there is one. */
export function describeLead(story: LeadStory, outcome?: LeadOutcome): string {
  const { lead, score } = story;
  return [
    headline(story, outcome),
    `campaign ${lead.campaign} · source ${lead.source} · world version ${lead.worldVersion} · ` +
      `score ${score.score} (${score.band}${scorerOf(score)})`,
    ...describeFlags(story.validation),
    ...describeWait(story, outcome),
    ...story.stages.flatMap((stage) => describeStage(stage, lead.places ?? 1)),
    ...describeOffers(story.offers),
    ...describeAsked(story.asked),
    ...describeBefore(story),
    ROOM,
  ].join('\n\n');
}

/** Who had the last word, where that is not the rules; and why a grade is missing. */
function scorerOf({ scorer, rates, fallback }: Score): string {
  const by = scorer === 'rules' ? '' : `, by ${scorer}`;
  const version = rates === undefined ? '' : `, rates ${rates}`;
  return `${by}${version}${fallback ? `, no grade: ${fallback}` : ''}`;
}

/** A lead that validation refused. */
export function describeRefusal({ reason, checks }: Validation & { kind: 'refused' }): string {
  const lines = checks.map(
    (line) => `- ${line.ok ? 'passed' : '**failed**'} ${line.check}: ${lookupText(line)}`,
  );
  return [`**refused**: ${sentenceOf(reason)}`, lines.join('\n')].join('\n\n');
}

function headline({ offers, wait }: LeadStory, outcome: LeadOutcome | undefined): string {
  if (!outcome) {
    const doubt = offers.find(({ report }) => isOpen(report));
    return doubt
      ? describeDoubt(doubt)
      : wait
        ? `**waiting** until ${utcText(wait.wakeAtMs)}: ${sentenceOf(wait.reason)}`
        : '**in progress**';
  }
  if (outcome.kind !== 'sold') return `**${outcome.kind}**: ${sentenceOf(outcome.reason)}`;
  const to = outcome.sales.map((sale) => `${sale.contractId} for ${dollars(sale.priceCents)}`);
  return `**sold** to ${to.join(', ')}; the source earns ${dollars(outcome.payoutCents)}`;
}

/** What outside services found that did not refuse the lead. */
function describeFlags({ checks }: Validation): string[] {
  const lines = checks.flatMap((line) =>
    line.lookup?.flagged ? [`- ${line.check}: ${lookupText(line)}`] : [],
  );
  return lines.length === 0 ? [] : ['### Flagged', lines.join('\n')];
}

/** What a lead that nobody bought is kept for. */
function describeWait({ wait }: LeadStory, outcome: LeadOutcome | undefined): string[] {
  if (!wait || outcome) return [];
  const rows = wait.for.map(({ contractId, reason, detail, untilMs }) => [
    contractId,
    reason,
    quoted(detail),
    untilMs === undefined ? '' : utcText(untilMs),
  ]);
  const kept = `kept until ${utcText(wait.untilMs)}; an operator may wake, offer or close it`;
  if (rows.length === 0) return [kept];
  return [kept, table(['waits for', 'reason', 'because', 'until'], rows)];
}

function describeBefore({ before = [] }: LeadStory): string[] {
  if (before.length === 0) return [];
  const lines = before.map(({ round, wait, action }) => {
    const woken = action ? `${action.action} by ${quoted(action.by)}` : 'its time had come';
    return `- round ${round}, ${utcText(wait.sinceMs)}: ${sentenceOf(wait.reason)}; then ${woken}`;
  });
  return [`### Before: round ${before.length + 1} is this one`, lines.join('\n')];
}

function describeStage(
  { route, auction, stopped }: LeadStory['stages'][number],
  places: number,
): string[] {
  const tier = route.tier === undefined ? '' : `, tier of priority ${route.tier}`;
  const turn = route.turn === undefined ? '' : `, turn ${route.turn}`;
  const out = [`### Stage ${route.stage} (${route.method.replace('_', '-')}${tier}${turn})`];
  if (auction) {
    out.push(...describeAuction(auction, places));
  } else if (route.order.length > 0) {
    const offers = candidatesOf(route);
    const order = offers.map((c) => `${c.contractId} at ${dollars(c.priceCents)}`);
    out.push(`order: ${order.join(', ')}`);
  }
  if (route.rest) {
    const behind = route.rest.map(({ contracts }) => contracts.join(' or '));
    out.push(`behind it, if the lead comes to them: ${behind.join('; ')}`);
  }
  if (route.refused.length > 0) {
    const rows = route.refused.map(({ contractId, reason, detail }) => [
      contractId,
      reason,
      quoted(detail),
    ]);
    out.push(table(['not asked', 'reason', 'because'], rows));
  }
  if (stopped) out.push(`the stage ended here: ${sentenceOf(stopped)}`);
  return out;
}

function describeAuction(auction: Auction, places: number): string[] {
  const { pings, ranked, offers, floorCents, firstSaleCents, closedEarly } = auction;
  const lines = [...pings].sort(byRank(ranked));
  const early = closedEarly ? ', closed early: nobody outstanding could win' : '';
  const first =
    firstSaleCents === undefined
      ? ''
      : `, and ${dollars(firstSaleCents)} for the first sale: it covers payout and margin`;
  const told = [`floor ${dollars(floorCents)}${first}${early}`];
  if (!offers) {
    return [table(['contract', 'bid', 'ms', 'says'], lines.map(pingRow)), ...told];
  }
  const rows = lines.map((ping) => {
    const [contract = '', bid = '', ...rest] = pingRow(ping);
    const own = offers.filter(({ contractId }) => contractId === ping.contractId);
    const worth = own.map(({ rankCents, priceCents }) => dollars(rankCents ?? priceCents));
    const pays = own.map((offer) => `${dollars(offer.priceCents)} ${alone(offer)}`);
    return [contract, bid, worth.join(', '), pays.join(', '), ...rest];
  });
  told.unshift(table(['contract', 'bid', 'ranks as', 'pays', 'ms', 'says'], rows));
  if (auction.pick === 'total') told.push(describeTotals(offers, places, firstSaleCents ?? ZERO));
  return told;
}

/** The two totals that were compared, before anyone was offered the lead. */
function describeTotals(offers: readonly PricedOffer[], places: number, first: Cents): string {
  const canBegin = ({ priceCents }: PricedOffer) => priceCents >= first;
  const solo = offers.find((offer) => !offer.shared && canBegin(offer));
  const shares = bestShares(offers, places, canBegin);
  const names = shares.map(({ contractId }) => contractId).join(', ');
  const alone = solo ? `${dollars(worthOfAll([solo]))} alone by ${solo.contractId}` : 'none alone';
  const together = names ? `${dollars(worthOfAll(shares))} shared by ${names}` : 'none shared';
  return `by total: ${alone}, ${together}`;
}

function alone({ shared }: { readonly shared?: boolean }): string {
  return shared ? 'shared' : 'alone';
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
  const legs = ping.kind === 'bid' ? ping.legs : undefined;
  const said = legs?.map(({ priceCents, shared }) =>
    shared === undefined ? dollars(priceCents) : `${dollars(priceCents)} ${alone({ shared })}`,
  );
  const single = ping.priceCents === undefined ? '' : dollars(ping.priceCents);
  const bid = said?.join(', ') ?? single;
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

/** As many windows as a reader takes in, and as details may carry. */
const MOST_WINDOWS = 20;

/** A buyer's caps: each window with its use, limit and end; of many, the fullest. */
export function describeCaps(state: CapsState, nowMs: number): string {
  if (!state.seeded) return '**not seeded yet**: grants nothing until PostgreSQL is read';
  const { fullest, more } = listUses(state, nowMs, MOST_WINDOWS);
  const rows = fullest.map(({ key, used, limit, endsAtMs }) => [
    key,
    String(used),
    limit === null ? '?' : String(limit),
    endsAtMs === null ? 'never' : `in ${Math.ceil((endsAtMs - nowMs) / 60_000)} min`,
  ]);
  if (rows.length === 0) return 'no cap has been used yet';
  const rest = more > 0 ? [`and ${more} windows less full`] : [];
  return [table(['cap', 'used', 'limit', 'ends'], rows), ...rest, `${state.open} holds open`].join(
    '\n\n',
  );
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
