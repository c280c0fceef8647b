// What a buyer says later that it did with a lead, or an operator of a doubt or a conflict, and
// what came of saying so.

import type { Effect } from '../../domain/doubts/doubt.ts';
import type { BuyerId, ContractId, LeadId, OfferKey } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';

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
  | {
      readonly kind: 'heard';
      readonly key: OfferKey;
      readonly effect: Effect;
      /** Of the sale; null where there is none. */
      readonly priceCents: Cents | null;
    }
  /** It was sent no such lead. */
  | { readonly kind: 'unknown_lead' }
  /** Several offers are meant: a contract must be named. */
  | { readonly kind: 'ambiguous' }
  /** The name stands for another word. */
  | { readonly kind: 'id_reused' };

/** What an operator says of an offer in doubt, or in conflict. */
export interface DoubtSettlement {
  readonly leadId: LeadId;
  readonly contractId: ContractId;
  /** `dismissed`: a conflict stays as it is, and is one no more. */
  readonly as: 'accepted' | 'rejected' | 'dismissed';
  /** At which price it is sold; null: as agreed, or as the buyer named it. */
  readonly priceCents: Cents | null;
  /** The operator. */
  readonly by: string;
}

/** What came of it. `refused`: it cannot be done now, for a reason. */
export type DoubtSettled = 'settled' | 'not_in_doubt' | 'unknown' | { readonly refused: string };
