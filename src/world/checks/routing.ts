// Do a campaign's stages fit its contracts, its sources and each other.

import type { Campaign, Stage } from '../../domain/world/campaign.ts';
import type { Contract } from '../../domain/world/contract.ts';
import type { World } from '../../domain/world/world.ts';
import { issueAt, type Path, type WorldIssue } from '../issues.ts';
import { ownOf } from '../maps.ts';

/** Everything that is wrong with a campaign’s stages. */
export function checkRouting(world: World, campaignId: string, campaign: Campaign): WorldIssue[] {
  const issues: WorldIssue[] = [];
  const [names, placed] = [new Set<string>(), new Map<string, string>()];
  campaign.routing.forEach((stage, index) => {
    const path: Path = ['campaigns', campaignId, 'routing', index];
    if (names.has(stage.name)) {
      issues.push(issueAt([...path, 'name'], `two stages are called ${stage.name}`));
    }
    names.add(stage.name);
    stage.contracts.forEach((contractId, place) => {
      const at = [...path, 'contracts', place];
      const earlier = placed.get(contractId);
      if (earlier !== undefined) {
        issues.push(issueAt(at, `${contractId} stands in stage ${earlier} already`));
      }
      placed.set(contractId, stage.name);
      const contract = ownOf(world.contracts, contractId);
      if (contract) issues.push(...checkPlace(contract, { at, stage, contractId, campaignId }));
    });
    issues.push(...checkStage(world, campaign, { stage, path }));
  });
  return issues;
}

function checkPlace(
  contract: Contract,
  place: { at: Path; stage: Stage; contractId: string; campaignId: string },
): WorldIssue[] {
  const { at, stage, contractId, campaignId } = place;
  if (contract.campaign !== campaignId) {
    return [issueAt(at, `${contractId} is a contract of campaign ${contract.campaign}`)];
  }
  if (stage.method !== 'ping_post' && contract.priceCents === null) {
    return [issueAt(at, `${contractId} has no price_cents, and ${stage.method} asks for no bids`)];
  }
  return [];
}

function checkStage(
  world: World,
  campaign: Campaign,
  { stage, path }: { stage: Stage; path: Path },
): WorldIssue[] {
  if (stage.contracts.length === 0) {
    return [issueAt([...path, 'contracts'], 'a stage wants at least one contract')];
  }
  const contracts = stage.contracts.map((id) => ownOf(world.contracts, id));
  if (stage.method === 'weighted' && contracts.every((contract) => contract?.weight === 0)) {
    return [issueAt([...path, 'contracts'], 'every contract has weight 0, so none is ever drawn')];
  }
  if ('by' in stage && stage.by === 'cents') return checkFree(stage, contracts, path);
  return stage.method === 'ping_post' ? checkAuction(campaign, stage, path) : [];
}

function checkFree(
  { contracts: ids }: Stage,
  contracts: readonly (Contract | undefined)[],
  path: Path,
): WorldIssue[] {
  return contracts.flatMap((contract, index) => {
    if (contract?.priceCents !== 0) return [];
    const says = `${ids[index]} costs nothing: no number of leads gives it its share of money`;
    return [issueAt([...path, 'contracts', index], says, 'give it a price_cents, or by: leads')];
  });
}

function checkAuction(
  { answerWithinMs, maxSales }: Campaign,
  stage: Stage & { method: 'ping_post' },
  path: Path,
): WorldIssue[] {
  const { deadlineMs, budgetMs, minBidders, contracts, pricing, pick } = stage;
  const issues: WorldIssue[] = [];
  if (deadlineMs > answerWithinMs) {
    const says = `is longer than the source waits (${answerWithinMs}ms)`;
    issues.push(issueAt([...path, 'deadline'], says, 'shorten it, or raise answer_within'));
  }
  if (budgetMs !== null && budgetMs <= deadlineMs) {
    const says = `leaves no time for an offer after the deadline (${deadlineMs}ms)`;
    issues.push(issueAt([...path, 'budget'], says, 'raise it, or shorten the deadline'));
  }
  if (minBidders > contracts.length) {
    const says = `is more than the contracts of the stage (${contracts.length})`;
    issues.push(issueAt([...path, 'min_bidders'], says, 'lower it, or add contracts'));
  }
  if (pricing === 'second' && pick === 'total' && maxSales > 1) {
    const says = 'second price follows one ranking, and a total has none';
    issues.push(issueAt([...path, 'pricing'], says, 'pick: price, or pricing: first'));
  }
  return issues;
}

/** A margin that no price can leave, for the sources that may submit to the campaign. */
export function checkMargin(
  { sources }: World,
  campaignId: string,
  { minMargin }: Campaign,
): WorldIssue[] {
  if (minMargin === null) return [];
  const at = ['campaigns', campaignId, 'min_margin', minMargin.kind];
  return Object.entries(sources).flatMap(([id, { payout, campaigns }]) => {
    if (!campaigns.includes(campaignId)) return [];
    if (payout.kind === 'fixed') {
      if (minMargin.kind !== 'percent' || minMargin.basisPoints < 10_000) return [];
      if (payout.cents === 0) return [];
      const says = `source ${id} earns a fixed sum: no price leaves all of itself`;
      return [issueAt(at, says, 'lower it')];
    }
    const share = payout.basisPoints;
    const isTooMuch =
      minMargin.kind === 'percent'
        ? share + minMargin.basisPoints > 10_000
        : minMargin.cents > 0 && share === 10_000;
    if (!isTooMuch) return [];
    const part = minMargin.kind === 'percent' ? `${minMargin.basisPoints / 100} %` : 'a margin';
    const says = `source ${id} earns ${share / 100} % of every price, which does not leave ${part}`;
    return [issueAt(at, says, 'lower it, or the share_percent of the source')];
  });
}

/** Settings that are allowed and do nothing, or seldom what was meant. */
export function listRoutingWarnings(world: World): WorldIssue[] {
  return Object.entries(world.campaigns).flatMap(([id, campaign]) =>
    campaign.routing.flatMap((stage, index) => {
      if (stage.method !== 'ping_post') return [];
      const path: Path = ['campaigns', id, 'routing', index];
      return [
        ...warnOfTotal(world, campaign, { stage, path }),
        ...warnOfSecond(campaign, stage, path),
      ];
    }),
  );
}

function warnOfTotal(
  { contracts }: World,
  { maxSales }: Campaign,
  { stage, path }: { stage: Stage & { method: 'ping_post' }; path: Path },
): WorldIssue[] {
  if (stage.pick !== 'total') return [];
  if (maxSales === 1) {
    const says = 'compares totals, and the campaign’s max_sales is 1';
    return [issueAt([...path, 'pick'], says, 'raise max_sales, or pick: price')];
  }
  if (stage.contracts.some((id) => ownOf(contracts, id)?.exclusive === false)) return [];
  const says = 'compares totals, and every contract is exclusive unless its answers say shared';
  return [issueAt([...path, 'pick'], says, 'exclusive: false for those that share')];
}

function warnOfSecond(
  { floorCents }: Campaign,
  stage: Stage & { method: 'ping_post' },
  path: Path,
): WorldIssue[] {
  if (stage.pricing !== 'second' || stage.floorCents > 0 || floorCents > 0) return [];
  const says = 'without a floor of stage or campaign a single bidder may pay a cent';
  return [issueAt([...path, 'pricing'], says, 'set floor_cents, or min_bidders: 2')];
}
