// From the price a buyer pays to what the source earns, and the least price that leaves a margin.

import { type Cents, cents, shareOf, ZERO } from '../money.ts';
import type { MinMargin } from '../world/campaign.ts';
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

/** The prices below which a lead of a source is not sold. */
export interface MarginFloors {
  /** Of every sale. */
  readonly everySaleCents: Cents;
  /**
   * Of the first sale of a lead, which alone earns the source its fixed sum. It is held against the
   * first one's own price, not against what several might pay together: nobody knows beforehand
   * whether a second one buys.
   */
  readonly firstSaleCents: Cents;
}

/**
 * The floors that a campaign's margin asks for; both 0 without one. A margin in percent is a part
 * of the price. Where the source earns a share, the same part is left of every price, so such a
 * margin asks for nothing here; `parseWorld` has checked that it fits. Throws where no price could
 * leave the margin, which `parseWorld` refuses.
 */
export function marginFloors(payout: Payout, minMargin: MinMargin | null): MarginFloors {
  if (minMargin === null) return { everySaleCents: ZERO, firstSaleCents: ZERO };
  if (payout.kind === 'share') {
    const everySaleCents =
      minMargin.kind === 'cents'
        ? priceLeaving(minMargin.cents, 10_000 - payout.basisPoints)
        : ZERO;
    return { everySaleCents, firstSaleCents: ZERO };
  }
  const firstSaleCents =
    minMargin.kind === 'cents'
      ? cents(payout.cents + minMargin.cents)
      : priceLeaving(payout.cents, 10_000 - minMargin.basisPoints);
  return { everySaleCents: ZERO, firstSaleCents };
}

/** Whether any price earns a source what it asks: a fixed sum, or a share of nothing, may not. */
export function canEarn(payout: Payout, askingCents: Cents): boolean {
  return payout.kind === 'fixed' ? payout.cents >= askingCents : payout.basisPoints > 0;
}

/** No price is as high. */
const NEVER = cents(Number.MAX_SAFE_INTEGER);

/** The least price of a first sale by which a source earns what it asks. */
export function askingFloor(payout: Payout, askingCents: Cents | null): Cents {
  if (askingCents === null || askingCents === 0) return ZERO;
  if (!canEarn(payout, askingCents)) return NEVER;
  return payout.kind === 'fixed' ? ZERO : priceLeaving(askingCents, payout.basisPoints);
}

/** The lowest price of which `basisPoints` are at least `amount`. */
function priceLeaving(amount: Cents, basisPoints: number): Cents {
  if (amount === 0) return ZERO;
  if (basisPoints <= 0) throw new Error(`no price leaves ${amount} of ${basisPoints} basis points`);
  const part = BigInt(basisPoints);
  return cents(Number((BigInt(amount) * 10_000n + part - 1n) / part));
}
