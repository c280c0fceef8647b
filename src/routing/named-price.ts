// Between which prices a buyer may change what it pays for a lead that it was offered.

import type { PriceBounds } from '../domain/doubts/price.ts';
import type { Lead } from '../domain/lead.ts';
import { type Cents, highest, ZERO } from '../domain/money.ts';
import type { Stage } from '../domain/world/campaign.ts';
import type { Contract } from '../domain/world/contract.ts';
import type { World } from '../domain/world/world.ts';
import { leastOf } from './stage.ts';

/** The offer in question. */
export interface PricedSale {
  readonly world: World;
  readonly contract: Contract;
  readonly stage: Stage;
  readonly lead: Pick<Lead, 'sourceId' | 'campaignId' | 'askingCents'>;
  readonly agreedCents: Cents;
}

/**
 * No lower than every floor that the offer met, and no higher than the contract may bid. What the
 * first sale of a lead must bring holds wherever the agreed price brought it: another price must
 * not take away what its source was promised.
 */
export function priceBounds({
  world,
  contract,
  stage,
  lead,
  agreedCents,
}: PricedSale): PriceBounds {
  const { everySaleCents, firstSaleCents } = leastOf(world, lead);
  const floors = [
    stage.method === 'ping_post' ? stage.floorCents : ZERO,
    world.campaigns[lead.campaignId]?.floorCents ?? ZERO,
    world.sources[lead.sourceId]?.floorCents ?? ZERO,
    world.buyers[contract.buyer]?.floorCents ?? ZERO,
    contract.floorCents,
    contract.postPrice?.minCents ?? ZERO,
    everySaleCents,
    agreedCents >= firstSaleCents ? firstSaleCents : ZERO,
  ];
  return { leastCents: highest(...floors), mostCents: contract.maxBidCents };
}
