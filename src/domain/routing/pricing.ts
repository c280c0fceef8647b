// From the price a buyer pays to what the source earns.

import { shareOf, ZERO, type Cents } from '../money.ts';
import type { Payout } from '../world/world.ts';

/**
 * What a source earns by one sale. A share is rounded down; a fixed sum is earned once, by the
 * first sale of the lead (`earlierSales` = 0), even if it is more than the price: that is the
 * bargain.
 */
export function payoutFor(payout: Payout, priceCents: Cents, earlierSales: number): Cents {
  switch (payout.kind) {
    case 'share':
      return shareOf(priceCents, payout.basisPoints);
    case 'fixed':
      return earlierSales === 0 ? payout.cents : ZERO;
  }
}
