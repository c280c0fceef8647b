// What a buyer says later that it did with a lead, and what came of saying so.

import type { Effect } from '../../domain/doubts/doubt.ts';
import type { BuyerId, ContractId, LeadId, OfferKey } from '../../domain/ids.ts';

/** A buyer's word; the lead is named by its id or by the buyer's own reference. */
export interface BuyerWord {
  readonly buyerId: BuyerId;
  /** The buyer's own name for it. */
  readonly name: string | null;
  readonly leadId: LeadId | null;
  readonly reference: string | null;
  readonly contractId: ContractId | null;
  readonly said: 'accepted' | 'rejected' | 'duplicate';
  readonly priceCents: number | null;
  readonly detail: string;
}

export type HeardBuyer =
  | { readonly kind: 'heard'; readonly key: OfferKey; readonly effect: Effect }
  /** It was sent no such lead. */
  | { readonly kind: 'unknown_lead' }
  /** Several offers are meant: a contract must be named. */
  | { readonly kind: 'ambiguous' }
  /** The name stands for another word. */
  | { readonly kind: 'id_reused' };
