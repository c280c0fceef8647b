// What a test lead does instead of being offered: it is pinged and posted to the test addresses of
// the contracts that have them, and nowhere else. Nothing is held, claimed, drawn or charged, and a
// repeat may send once more: a test address buys nothing.

import type { Verdict } from '../../db/verdicts.ts';
import type { ContractId, LeadId } from '../../domain/ids.ts';
import type { Candidate, OfferResult, PingResult, StageRoute } from '../../domain/lead.ts';
import { type Cents, cents, dollars, ZERO } from '../../domain/money.ts';
import { candidatesOf } from '../../domain/outcome.ts';
import { sentenceOf } from '../../domain/reasons.ts';
import type { Contract } from '../../domain/world/contract.ts';
import { payoutFor } from '../../domain/routing/pricing.ts';
import { holdAuction } from './auction.ts';
import { type Case, contractOf, stageOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { isTargetStep } from '../../delivery/targets/targets.ts';
import { post } from '../post.ts';

/** The name of its verdict. */
export const REHEARSAL = 'test';

/** What each contract did with the test, or would have been asked; in words for operators. */
export interface Rehearsal {
  readonly contracts: Readonly<Record<ContractId, string>>;
  /** What the lead would have earned; absent where no test address accepted it. */
  readonly payoutCents?: Cents;
}

/** The step has ten seconds, and stores what came of it after this. */
const MOST_MS = 7_000;

interface Run {
  readonly deps: ActivityDeps;
  readonly known: Case;
  readonly round: number;
  readonly untilMs: number;
  readonly says: Record<ContractId, string>;
  readonly sold: Candidate[];
}

/** Walks the stages as they were routed. A stored rehearsal is returned as it was. */
export async function rehearse(
  deps: ActivityDeps,
  of: { leadId: LeadId; round: number; verdicts: readonly Verdict[] },
): Promise<Rehearsal> {
  const known = await deps.cases.of(of.leadId, of.round);
  const stored = known.stored.get(REHEARSAL) as Rehearsal | undefined;
  if (stored) return stored;
  const untilMs = deps.now() + MOST_MS;
  const run: Run = { deps, known, round: of.round, untilMs, says: {}, sold: [] };
  for (const { step, verdict } of of.verdicts) {
    if (step.startsWith('route/')) await rehearseStage(run, verdict as StageRoute);
  }
  const payout = known.loaded.world.sources[known.lead.sourceId]?.payout;
  const contracts = run.says;
  if (!payout || run.sold.length === 0) return { contracts };
  const parts = run.sold.map(({ priceCents }, index) => payoutFor(payout, priceCents, index));
  return { contracts, payoutCents: cents(parts.reduce<number>((sum, part) => sum + part, ZERO)) };
}

async function rehearseStage(run: Run, route: StageRoute): Promise<void> {
  const candidates = isFull(run) ? [] : await candidatesFor(run, route);
  let position = 0;
  for (const candidate of candidates) {
    if (isFull(run)) break;
    position += 1;
    const says = await offer(run, { candidate, stage: route.stage }, position);
    run.says[candidate.contractId] = says;
  }
  for (const id of route.order) run.says[id] ??= 'not asked: the lead had its buyers before';
}

function isFull({ sold, known, deps, untilMs }: Run): boolean {
  if (deps.now() >= untilMs) return true;
  return sold.some(({ shared }) => !shared) || sold.length >= known.campaign.maxSales;
}

async function candidatesFor(run: Run, route: StageRoute): Promise<Candidate[]> {
  const { deps, known, round, says, untilMs } = run;
  if (route.method !== 'ping_post') return candidatesOf(route);
  const stage = stageOf(known, route.stage);
  if (stage.method !== 'ping_post') throw new Error(`${route.stage} holds no auction`);
  const isAsked = (id: ContractId) => takesTests(contractOf(known, id));
  for (const id of route.order) {
    if (!isAsked(id)) says[id] = 'it would be pinged: it has no ping.test_url';
  }
  const order = route.order.filter(isAsked);
  if (order.length === 0) return [];
  const auction = await holdAuction(deps, {
    key: { leadId: known.lead.id, round, stage: route.stage },
    known: onTestUrls(known),
    stage: { ...stage, deadlineMs: Math.min(stage.deadlineMs, untilMs - deps.now()) },
    order,
    ...(route.terms && { terms: route.terms }),
  });
  for (const ping of auction.pings) says[ping.contractId] = pingText(ping);
  return candidatesOf(route, auction);
}

/** Whether a test may learn its price: it has a test address for pings, or asks nobody. */
export function takesTests({ ping }: Pick<Contract, 'ping'>): boolean {
  return !ping || Boolean(ping.testUrl);
}

/** The same case, whose contracts are pinged at their test addresses. */
export function onTestUrls(known: Case): Case {
  const { loaded } = known;
  const contracts = Object.entries(loaded.world.contracts).map(([id, contract]) => {
    const { ping } = contract;
    const tested = ping?.testUrl ? { ...contract, ping: { ...ping, url: ping.testUrl } } : contract;
    return [id, tested] as const;
  });
  const world = { ...loaded.world, contracts: Object.fromEntries(contracts) };
  return { ...known, loaded: { ...loaded, world } };
}

function pingText(ping: PingResult): string {
  if (ping.kind === 'bid') return `test ping: ${dollars(ping.priceCents)} in ${ping.ms} ms`;
  const detail = ping.detail ? ` (${ping.detail})` : '';
  return `test ping: ${sentenceOf(ping.reason)}${detail}`;
}

/** What an offer to the test address came to, in words; what accepts takes a place. */
async function offer(
  run: Run,
  { candidate, stage }: { readonly candidate: Candidate; readonly stage: string },
  position: number,
): Promise<string> {
  const { known, sold, says } = run;
  const { contractId, priceCents } = candidate;
  const { post: step } = contractOf(known, contractId);
  const before = says[contractId] === undefined ? '' : `${says[contractId]}; `;
  const at = `${dollars(priceCents)} as number ${position}`;
  if (step === null) {
    sold.push(candidate);
    return `${before}it would get the lead in-house, at ${at}`;
  }
  if (isTargetStep(step) || !step.testUrl) {
    return `${before}it would be offered at ${at}: it has no post.test_url`;
  }
  const url = step.testUrl;
  const { deps, round, untilMs } = run;
  const timeoutMs = Math.max(1, Math.min(step.timeoutMs, untilMs - deps.now()));
  const result = await post(deps, { known, candidate, round, stage }, { ...step, url, timeoutMs });
  if (result.kind === 'accepted') sold.push(candidate);
  return `${before}test post at ${at}: ${resultText(result)}`;
}

function resultText(result: OfferResult): string {
  switch (result.kind) {
    case 'accepted':
      return `accepted in ${result.ms} ms`;
    case 'rejected':
      return `rejected, ${result.detail || sentenceOf(result.reason)}`;
    case 'in_doubt':
      return `no clear answer (a real lead would be in doubt): ${sentenceOf(result.reason)}`;
    case 'pending':
      return `pending: ${sentenceOf(result.reason)}`;
    case 'not_sent':
    case 'not_offered':
      return `not sent, ${sentenceOf(result.reason)}`;
  }
}
