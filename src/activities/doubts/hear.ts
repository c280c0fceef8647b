// What someone says of an offer after its post, carried out: a doubt ends, or the words stand
// beside an end that they repeat or contradict. Whoever says it, and however often, it counts once.

import { findAttempt, type Attempt } from '../../db/attempts.ts';
import { repriceSale } from '../../db/doubts/reprice.ts';
import { type Done, noteEffect, recordWord, type Word } from '../../db/doubts/words.ts';
import type { Effect, Said } from '../../domain/doubts/doubt.ts';
import { describeNamed, type PriceVerdict } from '../../domain/doubts/price.ts';
import { holdIdOf } from '../../domain/ids.ts';
import type { AttemptState, OfferResult } from '../../domain/lead.ts';
import type { Cents } from '../../domain/money.ts';
import type { RejectionReason } from '../../domain/reasons.ts';
import type { Case } from '../cases.ts';
import type { ActivityDeps } from '../deps.ts';
import { holdOf, settle } from '../settle.ts';
import { priceFor } from './price.ts';

/** A word that its teller's name stands for already, with another meaning. */
export type Heard = Effect | 'name_reused';

/** What a word means for an attempt; undefined where it is no end of a doubt. */
type Meaning = 'yes' | 'no' | undefined;

const MEANS: Readonly<Record<Said, Meaning>> = {
  accepted: 'yes',
  rejected: 'no',
  duplicate: 'no',
  unknown: 'no',
  pending: undefined,
  unclear: undefined,
  unanswered: undefined,
  dismissed: undefined,
};

const REASONS: Readonly<Partial<Record<Said, RejectionReason>>> = {
  duplicate: 'buyer_duplicate',
  unknown: 'never_arrived',
};

/**
 * An end may still be said of these. `sending`: the buyer is quicker to call back than its answer
 * to the post is to arrive.
 */
export const OPEN: ReadonlySet<AttemptState> = new Set<AttemptState>([
  'sending',
  'in_doubt',
  'pending',
]);

/**
 * Records a word and carries it out. Throws where PostgreSQL is away, before anything or before the
 * effect is noted: said again, it goes on where it was.
 */
export async function hear(deps: ActivityDeps, word: Word): Promise<Heard> {
  const recorded = await recordWord(deps.pool, word);
  if (!recorded.same) return 'name_reused';
  // Said again: what it did, it did once.
  if (recorded.effect !== null) return MOVED.has(recorded.effect) ? 'none' : recorded.effect;
  const done = await carryOut(deps, word, recorded.id);
  await noteEffect(deps.pool, recorded.id, done);
  return done.effect;
}

const MOVED: ReadonlySet<Effect> = new Set<Effect>(['settled', 'repriced']);
const NOTHING: Done = { effect: 'none' };

async function carryOut(deps: ActivityDeps, word: Word, id: number): Promise<Done> {
  const before = await attemptOf(deps, word);
  const means = MEANS[word.said];
  if (before.state === 'accepted' && means === 'yes') return reprice(deps, { before, word, id });
  if (!OPEN.has(before.state)) return { effect: await compare(deps, { before, word, means }) };
  const known = await deps.cases.of(before.leadId, before.round);
  const { result, price } = resultOf(word, before, known);
  if (price?.kind === 'ask') {
    // A pending is pending still: what it costs is an operator's to say either way.
    if (result) await write(deps, before, { result, teller: word.teller });
    const standsCents = before.priceCents;
    return {
      ...{ effect: 'price_asked', why: price.why },
      ...{ beforeCents: standsCents, afterCents: standsCents },
    };
  }
  if (!result) return NOTHING;
  await write(deps, before, { result, teller: word.teller });
  if (means === undefined) return NOTHING;
  const after = await attemptOf(deps, word);
  if (endOf(after.state) !== means) return { effect: 'conflict' };
  if (result.kind !== 'accepted') return { effect: 'settled' };
  // Somebody was quicker, and sold it at another price.
  if (after.priceCents !== result.priceCents) return reprice(deps, { before: after, word, id });
  return {
    effect: 'settled',
    ...{ beforeCents: before.priceCents, afterCents: after.priceCents },
    why: result.said?.why ?? null,
  };
}

/** The buyer has the lead already: what is new in its yes is the price, if it names another one. */
async function reprice(
  deps: ActivityDeps,
  { before, word, id }: { before: Attempt; word: Word; id: number },
): Promise<Done> {
  const { leadId, contractId, round, stage } = before;
  const { priceCents: namedCents } = word;
  if (namedCents === null) return NOTHING;
  const known = await deps.cases.of(leadId, round);
  const payout = known.loaded.world.sources[known.lead.sourceId]?.payout;
  if (!payout) throw new Error(`world ${known.loaded.version} has no source of this lead`);
  const done = await repriceSale(deps.pool, word.key, {
    ...{ wordId: id, namedCents, payout },
    judge: (standsCents) =>
      isOperator(word)
        ? settledBy(standsCents, namedCents)
        : priceFor(known, { contractId, stage, standsCents, namedCents }),
  });
  if (!done) throw new Error(`no sale of ${holdIdOf(word.key)}`);
  return done;
}

function isOperator({ teller }: Word): boolean {
  return teller.startsWith('operator/');
}

function settledBy(standsCents: Cents, namedCents: Cents): PriceVerdict {
  return standsCents === namedCents ? { kind: 'same' } : { kind: 'take', why: 'price_settled' };
}

/** The doubt had ended: the same again is nothing new, the opposite is a conflict. */
async function compare(
  deps: ActivityDeps,
  { before, word, means }: { before: Attempt; word: Word; means: Meaning },
): Promise<Effect> {
  const end = endOf(before.state);
  if (means === undefined || means === end) return 'none';
  if (isDismissed(before)) return 'none';
  // A late yes is never booked by itself: its room was given back, and others were asked.
  if (before.state === 'rejected') {
    const { result } = resultOf(word, before, await deps.cases.of(before.leadId, before.round));
    if (result) await write(deps, before, { result, teller: word.teller });
  }
  return 'conflict';
}

function isDismissed({ result }: Attempt): boolean {
  return result?.kind === 'rejected' && result.reason === 'yes_dismissed';
}

function endOf(state: AttemptState): Meaning {
  if (state === 'accepted' || state === 'returned' || state === 'accepted_conflict') return 'yes';
  return OPEN.has(state) ? undefined : 'no';
}

/** What a word comes to; `price`: what it made of the price that was agreed. */
function resultOf(
  word: Word,
  attempt: Attempt,
  known: Case,
): { readonly result?: OfferResult; readonly price?: PriceVerdict } {
  const { buyerId } = attempt;
  const reference = word.reference ?? referenceOf(attempt);
  switch (MEANS[word.said]) {
    case 'yes':
      return yes(word, { attempt, known, reference });
    case 'no': {
      const told = word.reason ?? REASONS[word.said] ?? 'buyer_rejected';
      const reason = word.teller === 'policy' ? 'assumed_rejected' : told;
      return { result: { kind: 'rejected', reason, detail: word.detail, ms: 0 } };
    }
    case undefined:
      if (word.said !== 'pending' || attempt.state !== 'in_doubt') return {};
      return {
        result: {
          ...{ kind: 'pending', buyerId, reason: 'decides_later' },
          ...{ reference, detail: word.detail, ms: 0 },
        },
      };
  }
}

function yes(
  word: Word,
  of: { readonly attempt: Attempt; readonly known: Case; readonly reference: string | null },
): { readonly result?: OfferResult; readonly price: PriceVerdict } {
  const { attempt, known, reference } = of;
  const { buyerId, contractId, stage, priceCents: agreedCents } = attempt;
  const { priceCents: namedCents } = word;
  const base = { kind: 'accepted', buyerId, reference, ms: 0 } as const;
  if (namedCents === null) {
    return { result: { ...base, priceCents: agreedCents }, price: { kind: 'same' } };
  }
  const price = isOperator(word)
    ? settledBy(agreedCents, namedCents)
    : priceFor(known, { contractId, stage, standsCents: agreedCents, namedCents });
  if (price.kind === 'same') return { result: { ...base, priceCents: agreedCents }, price };
  if (price.kind === 'ask') {
    if (attempt.state !== 'sending' && attempt.state !== 'in_doubt') return { price };
    const detail = describeNamed(namedCents, agreedCents);
    const reason = 'price_differs';
    return { result: { kind: 'in_doubt', buyerId, reason, detail, ms: 0, reference }, price };
  }
  const priceCents = price.kind === 'take' ? namedCents : agreedCents;
  const said = { agreedCents, namedCents, why: price.why };
  return { result: { ...base, priceCents, said }, price };
}

function referenceOf({ result }: Attempt): string | null {
  if (result?.kind === 'pending' || result?.kind === 'accepted') return result.reference;
  return (result?.kind === 'in_doubt' && result.reference) || null;
}

async function write(
  deps: ActivityDeps,
  attempt: Attempt,
  { result, teller }: { result: OfferResult; teller: string },
): Promise<void> {
  const { leadId, contractId, round, exclusive } = attempt;
  const known = await deps.cases.of(leadId, round);
  const key = { leadId, contractId, round };
  const byRun = teller === 'status' || teller === 'policy';
  const settling = { key, known, hold: holdOf(attempt), exclusive, byRun };
  const report = await settle(deps, settling, result);
  if (report.unsettled) throw new Error(`what was said of ${holdIdOf(key)} could not be stored`);
}

async function attemptOf({ pool }: ActivityDeps, { key }: Word): Promise<Attempt> {
  const attempt = await findAttempt(pool, key);
  if (!attempt) throw new Error(`no attempt ${holdIdOf(key)}`);
  return attempt;
}
