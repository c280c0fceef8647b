// The sums of a simulation: what leads brought before, by what is recorded, and after, in all and
// for each buyer.

import type { BuyerId } from '../domain/ids.ts';
import type { LeadStatus } from '../domain/lead.ts';
import type { LeadSale } from '../domain/recorded.ts';
import { isChanged } from './difference.ts';
import type { SimulatedLead } from './simulate.ts';

/** Money in cents; what the house keeps is revenue less payout. */
export interface Sums {
  /** One lead may have several. */
  sales: number;
  revenueCents: number;
  payoutCents: number;
}

/** One side: by what is recorded, or by the simulation. */
export interface Side extends Sums {
  /** Leads that were run again, by what they came to. */
  readonly leads: Record<'sold' | 'unsold' | 'waiting' | 'in_doubt', number>;
}

export interface TallyCounts {
  received: number;
  /** Refused at intake or by validation: they stay so. */
  refused: number;
  /** Not decided yet: they stay as they are. */
  unfinished: number;
  /** Run again. */
  simulated: number;
  /** Sold otherwise than they were, or to others, or at other prices. */
  changed: number;
  /** What they come to rests on a buyer that was not asked then, or not at that price. */
  assumed: number;
}

export interface Tally {
  readonly counts: TallyCounts;
  readonly before: Side;
  readonly after: Side;
  readonly buyers: ReadonlyMap<BuyerId, { readonly before: Sums; readonly after: Sums }>;
}

/** An empty tally, and how a lead is added to it. */
export function createTally(): Tally & { add(lead: SimulatedLead): void } {
  const counts = { received: 0, refused: 0, unfinished: 0, simulated: 0, changed: 0, assumed: 0 };
  const [before, after] = [emptySide(), emptySide()];
  const buyers = new Map<BuyerId, { before: Sums; after: Sums }>();

  function addTo(when: 'before' | 'after', sales: readonly LeadSale[]): void {
    for (const sale of sales) {
      let line = buyers.get(sale.buyerId);
      if (!line) buyers.set(sale.buyerId, (line = { before: noSums(), after: noSums() }));
      addSale(when === 'before' ? before : after, sale);
      addSale(line[when], sale);
    }
  }

  return {
    ...{ counts, before, after, buyers },
    add(lead) {
      const { recorded, status, sales, assumed, rounds } = lead;
      counts.received += 1;
      addTo('before', recorded.sales);
      addTo('after', sales);
      if (isRefused(recorded.status)) return void (counts.refused += 1);
      if (recorded.status === 'received') return void (counts.unfinished += 1);
      counts.simulated += 1;
      before.leads[sideOf(recorded.status)] += 1;
      after.leads[sideOf(status)] += 1;
      const changed = isChanged(lead);
      if (changed) counts.changed += 1;
      // An auction that closed early is no guess as long as it comes to the same.
      if (assumed || (changed && rounds.some(({ cutShort }) => cutShort))) counts.assumed += 1;
    },
  };
}

function isRefused(status: LeadStatus): boolean {
  return status === 'rejected' || status === 'duplicate';
}

function sideOf(status: LeadStatus): keyof Side['leads'] {
  return status === 'sold' || status === 'waiting' || status === 'in_doubt' ? status : 'unsold';
}

const noSums = (): Sums => ({ sales: 0, revenueCents: 0, payoutCents: 0 });

function emptySide(): Side {
  return { ...noSums(), leads: { sold: 0, unsold: 0, waiting: 0, in_doubt: 0 } };
}

function addSale(sums: Sums, { priceCents, payoutCents }: LeadSale): void {
  sums.sales += 1;
  sums.revenueCents += priceCents;
  sums.payoutCents += payoutCents;
}
