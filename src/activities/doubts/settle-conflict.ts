// What an operator says of an offer whose end buyer and books see differently: a yes that came too
// late is booked or dismissed, a price that the buyer named is charged or not.

import type { Attempt } from '../../db/attempts.ts';
import {
  bookLateYes,
  checkLateYes,
  dismissLateYes,
  type LateYes,
} from '../../db/doubts/late-yes.ts';
import { findOpenPrice, noteEffect, recordWord, type Word } from '../../db/doubts/words.ts';
import { listVerdicts } from '../../db/verdicts.ts';
import { isMoneyKey } from '../../domain/caps/keys.ts';
import { holdIdOf, type OfferKey } from '../../domain/ids.ts';
import type { OfferResult, Score } from '../../domain/lead.ts';
import { type Cents, dollars } from '../../domain/money.ts';
import type { HoldRequest } from '../cap-desk.ts';
import { type Case, contractOf } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { skippedBy, termsOf } from '../settle.ts';
import { hear } from './hear.ts';

/** An operator's word about a conflict. */
export interface ConflictWord {
  readonly attempt: Attempt;
  readonly as: 'accepted' | 'dismissed';
  /** Null: as agreed, or as the buyer named it. */
  readonly priceCents: Cents | null;
  readonly by: string;
}

/** What came of it. */
export type ConflictEnd = 'settled' | 'not_in_doubt' | { readonly refused: string };

/** Settles the conflict of an offer, once. Throws where PostgreSQL is away. */
export async function settleConflict(deps: ActivityDeps, word: ConflictWord): Promise<ConflictEnd> {
  const { attempt } = word;
  const open = attempt.state === 'accepted' ? await findOpenPrice(deps.pool, attempt) : undefined;
  if (attempt.state !== 'accepted_conflict' && open === undefined) return 'not_in_doubt';
  const known = await deps.cases.of(attempt.leadId, attempt.round);
  const priceCents = word.priceCents ?? open ?? attempt.priceCents;
  const refused = word.as === 'accepted' ? refusalOf(known, attempt, priceCents) : undefined;
  if (refused !== undefined) return { refused };
  if (attempt.state === 'accepted') return settlePrice(deps, { ...word, priceCents });
  if (word.as === 'dismissed') return dismiss(deps, word);
  return bookLate(deps, { ...word, priceCents }, known);
}

/**
 * Why an operator may not sell it at that price. Room for more was never held: only a lower price
 * is free to follow in a sale that caps in cents count.
 */
export function refusalOf(
  known: Case,
  { contractId, priceCents: agreedCents, capWindows, state }: Attempt,
  priceCents: Cents,
): string | undefined {
  const { maxBidCents } = contractOf(known, contractId);
  if (priceCents > maxBidCents) {
    return `the price is above max_bid_cents of ${contractId}, ${dollars(maxBidCents)}`;
  }
  const money = capWindows.filter(({ key }) => isMoneyKey(key));
  // A late yes holds room of its own.
  if (state === 'accepted_conflict' || priceCents === agreedCents || money.length === 0) {
    return undefined;
  }
  if (priceCents > agreedCents) {
    return `a budget or balance counts it at ${dollars(agreedCents)}: no room is held for more`;
  }
  if (money.some(({ rolling }) => rolling !== undefined)) {
    return 'a rolling cap in cents counts it, whose room cannot follow';
  }
  return undefined;
}

type Priced = ConflictWord & { readonly priceCents: Cents };

async function settlePrice(deps: ActivityDeps, word: Priced): Promise<ConflictEnd> {
  if (word.as === 'dismissed') {
    await note(deps, word, async () => ({ effect: 'dismissed' }));
    return 'settled';
  }
  const effect = await hear(deps, wordOf(word));
  return effect === 'repriced' || effect === 'none' ? 'settled' : 'not_in_doubt';
}

async function dismiss(deps: ActivityDeps, word: ConflictWord): Promise<ConflictEnd> {
  return note(deps, word, async () => {
    const isDone = await dismissLateYes(deps.pool, keyOf(word.attempt), word.by);
    return isDone ? { effect: 'dismissed' } : { effect: 'none' };
  });
}

const WHY_NOT: Readonly<Record<Exclude<LateYes, 'bookable' | 'not_in_conflict'>, string>> = {
  not_ended: 'the lead is still being offered: close it first, or settle its other doubts',
  no_place: 'the lead has no place left for this contract',
};

async function bookLate(deps: ActivityDeps, word: Priced, known: Case): Promise<ConflictEnd> {
  const { attempt, priceCents, by } = word;
  const key = keyOf(attempt);
  const { maxSales } = known.campaign;
  return note(deps, word, async () => {
    const can = await checkLateYes(deps.pool, key, maxSales);
    if (can === 'not_in_conflict') return { effect: 'none' };
    if (can !== 'bookable') return { effect: 'refused', why: WHY_NOT[can] };
    const contract = contractOf(known, attempt.contractId);
    const skipped = skippedBy(known, attempt.contractId);
    const hold = await holdFor(deps, { attempt, priceCents, known });
    const isHeld = hold.windows.length > 0;
    const holding = isHeld && (await deps.desk.hold(contract.buyer, hold, known.loaded.version));
    if (holding && holding.kind !== 'granted') {
      const again =
        holding.kind === 'unknown' ? 'the caps did not answer, send it again' : 'no room';
      return { effect: 'refused', why: `${again}: ${holding.detail}` };
    }
    const booked = await bookLateYes(deps.pool, key, {
      result: resultOf(attempt, priceCents),
      terms: termsOf(deps, { known, contract, exclusive: attempt.exclusive }),
      windows: hold.windows,
      targets: contract.deliveries.flatMap(({ name }) => (skipped.has(name) ? [] : [name])),
      skipped,
      by,
    });
    if (booked !== 'bookable') {
      if (isHeld) await deps.desk.release(contract.buyer, hold, 'first');
      if (booked === 'not_in_conflict') return { effect: 'none' };
      return { effect: 'refused', why: WHY_NOT[booked] };
    }
    if (isHeld) deps.desk.keepLater(contract.buyer, hold.id);
    return { effect: 'settled', beforeCents: attempt.priceCents, afterCents: priceCents };
  });
}

/** Its first hold was given back, and that id can hold nothing any more. */
async function holdFor(
  deps: ActivityDeps,
  of: { attempt: Attempt; priceCents: Cents; known: Case },
): Promise<HoldRequest> {
  const { attempt, priceCents, known } = of;
  const { contractId, leadId } = attempt;
  const atMs = deps.now();
  const score = (await listVerdicts(deps.pool, leadId, 1)).get('score') as Score | undefined;
  const { lead, loaded } = known;
  const offer = { lead, score: score?.score, atMs, priceCents };
  const windows = loaded.eligibility.capWindows(contractId, offer);
  return { id: `${holdIdOf(attempt)}/late`, atMs, windows };
}

function resultOf({ buyerId, result, priceCents: agreedCents }: Attempt, priceCents: Cents) {
  const reference = result?.kind === 'accepted' ? result.reference : null;
  const said = { agreedCents, namedCents: priceCents, why: 'price_settled' } as const;
  return {
    ...{ kind: 'accepted', buyerId, priceCents, reference, ms: 0 },
    ...(priceCents !== agreedCents && { said }),
  } as const satisfies OfferResult;
}

function keyOf({ leadId, contractId, round }: Attempt): OfferKey {
  return { leadId, contractId, round };
}

function wordOf({ attempt, as, priceCents, by }: ConflictWord): Word {
  return {
    ...{ key: keyOf(attempt), teller: `operator/${by}`, name: null, said: as, priceCents },
    ...{ reference: null, detail: `settled by operator ${by}` },
  };
}

/** Records the word, carries it out, and notes what it did. */
async function note(
  { pool }: ActivityDeps,
  word: ConflictWord,
  carryOut: () => Promise<Parameters<typeof noteEffect>[2]>,
): Promise<ConflictEnd> {
  const { id } = await recordWord(pool, wordOf(word));
  const done = await carryOut();
  await noteEffect(pool, id, done);
  if (done.effect === 'refused') return { refused: done.why ?? '' };
  return done.effect === 'none' ? 'not_in_doubt' : 'settled';
}
