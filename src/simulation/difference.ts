// What is different about one lead, and the one reason for each contract that had it before, or has
// it now.

import type { ContractId } from '../domain/ids.ts';
import type { Auction, OfferResult, StageRoute } from '../domain/lead.ts';
import { recordedAuctions, type RecordedLead } from '../domain/recorded.ts';
import type { Reason } from '../domain/reasons.ts';
import type { World } from '../domain/world/world.ts';
import type { SimulatedLead } from './simulate.ts';

/** A contract whose part in a lead is another one. */
export interface ContractChange {
  readonly contractId: ContractId;
  readonly change: 'lost' | 'gained' | 'price';
  /** Why it does not have the lead now, or did not have it then; null where no reason is known. */
  readonly reason: Reason | null;
  readonly detail: string;
}

/** Whether a lead comes to something else than it did: status, buyers, prices. */
export function isChanged({ recorded, status, sales }: SimulatedLead): boolean {
  if (status !== recorded.status || sales.length !== recorded.sales.length) return true;
  const prices = pricesOf(recorded.sales);
  return sales.some(({ contractId, priceCents }) => prices.get(contractId) !== priceCents);
}

/** The contracts that lost the lead, then those with another price, then those that gained it. */
export function explainChange(world: World, lead: SimulatedLead): ContractChange[] {
  const { recorded, sales, rounds } = lead;
  const [before, after] = [pricesOf(recorded.sales), pricesOf(sales)];
  const now = { stages: rounds.flatMap(({ stages }) => stages), offers: rounds.flatMap(offersOf) };
  const changes: ContractChange[] = [];
  for (const { contractId } of recorded.sales) {
    if (after.has(contractId)) continue;
    const gone = whyGone(world, recorded, contractId);
    const why = gone ?? whyNot(now, contractId);
    changes.push({ contractId, change: 'lost', ...why });
  }
  for (const { contractId, priceCents } of sales) {
    const then = before.get(contractId);
    if (then === undefined || then === priceCents) continue;
    changes.push({ contractId, change: 'price', reason: null, detail: '' });
  }
  const then = thenOf(recorded);
  for (const { contractId } of sales) {
    if (before.has(contractId)) continue;
    changes.push({ contractId, change: 'gained', ...whyNot(then, contractId) });
  }
  return changes;
}

type Why = Pick<ContractChange, 'reason' | 'detail'>;

interface Told {
  readonly stages: readonly { readonly route?: StageRoute; readonly auction?: Auction }[];
  readonly offers: readonly { readonly contractId: ContractId; readonly result: OfferResult }[];
}

function whyGone(world: World, { lead }: RecordedLead, contractId: ContractId): Why | undefined {
  const says = (detail: string): Why => ({ reason: null, detail });
  if (!Object.hasOwn(world.contracts, contractId)) return says('the contract is gone');
  if (!Object.hasOwn(world.campaigns, lead.campaignId)) return says('the campaign is gone');
  const source = Object.hasOwn(world.sources, lead.sourceId) && world.sources[lead.sourceId];
  if (!source) return says('the source is gone');
  if (!source.campaigns.includes(lead.campaignId)) return says('the source may not submit to it');
  const stages = world.campaigns[lead.campaignId]?.routing ?? [];
  const isRouted = stages.some(({ contracts }) => contracts.includes(contractId));
  return isRouted ? undefined : says('the contract is in no stage');
}

/** The last thing that stood in the way of a contract. */
function whyNot({ stages, offers }: Told, contractId: ContractId): Why {
  const offer = offers.findLast((each) => each.contractId === contractId)?.result;
  if (offer && offer.kind !== 'accepted') {
    return { reason: offer.reason, detail: offer.detail };
  }
  const pings = stages.flatMap(({ auction }) => [...(auction?.pings ?? [])]);
  const ping = pings.findLast((each) => each.contractId === contractId);
  if (ping?.kind === 'no_bid') return { reason: ping.reason, detail: ping.detail ?? '' };
  const routes = stages.flatMap(({ route }) => route ?? []);
  const isCandidate = routes.some(({ order }) => order.includes(contractId));
  if (ping || isCandidate) return { reason: 'not_offered', detail: '' };
  const refused = routes.flatMap((route) => [...route.refused]);
  const refusal = refused.findLast((each) => each.contractId === contractId);
  if (refusal) return { reason: refusal.reason, detail: refusal.detail };
  return { reason: 'stage_not_reached', detail: '' };
}

function thenOf(recorded: RecordedLead): Told {
  const routes = Object.entries(recorded.verdicts).flatMap(([key, verdict]) =>
    / route\//.test(key) ? [{ route: verdict as StageRoute }] : [],
  );
  const auctions = recordedAuctions(recorded).map(({ auction }) => ({ auction }));
  const offers = recorded.attempts.flatMap(({ contractId, result }) =>
    result ? [{ contractId, result }] : [],
  );
  return { stages: [...routes, ...auctions], offers };
}

function offersOf({ offers }: SimulatedLead['rounds'][number]): Told['offers'] {
  return offers.map(({ candidate: { contractId }, report }) => ({ contractId, result: report }));
}

function pricesOf(sales: RecordedLead['sales']): ReadonlyMap<ContractId, number> {
  return new Map(sales.map(({ contractId, priceCents }) => [contractId, priceCents]));
}
