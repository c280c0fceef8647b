// What the contract of a lead's own world makes of a price that its buyer names.

import { judgePrice, type PriceVerdict } from '../../domain/doubts/price.ts';
import type { ContractId } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import { priceBounds } from '../../routing/named-price.ts';
import { type Case, contractOf, stageOf } from '../cases.ts';

/** A price that a buyer named, beside the one that stands. */
export interface NamedPrice {
  readonly contractId: ContractId;
  readonly stage: string;
  readonly standsCents: Cents;
  readonly namedCents: Cents | null;
}

/** Which of the two prices is charged, or that an operator decides. */
export function priceFor(
  known: Case,
  { contractId, stage, standsCents, namedCents }: NamedPrice,
): PriceVerdict {
  if (namedCents === null || namedCents === standsCents) return { kind: 'same' };
  const contract = contractOf(known, contractId);
  const { world } = known.loaded;
  const bounds = priceBounds({
    ...{ world, contract, stage: stageOf(known, stage), lead: known.lead },
    agreedCents: standsCents,
  });
  return judgePrice(contract.postPrice, { standsCents, namedCents }, bounds);
}
