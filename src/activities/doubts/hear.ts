// What someone says of an offer after its post, carried out: a doubt ends, or the words stand
// beside an end that they repeat or contradict. Whoever says it, and however often, it counts once.

import { findAttempt, type Attempt } from '../../db/attempts.ts';
import { noteEffect, recordWord, type Word } from '../../db/doubts/words.ts';
import type { Effect, Said } from '../../domain/doubts/doubt.ts';
import { holdIdOf } from '../../domain/ids.ts';
import type { AttemptState, OfferResult } from '../../domain/lead.ts';
import type { RejectionReason } from '../../domain/reasons.ts';
import type { ActivityDeps } from '../deps.ts';
import { holdOf, settle } from '../settle.ts';

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
};

const REASONS: Readonly<Partial<Record<Said, RejectionReason>>> = {
  duplicate: 'buyer_duplicate',
  unknown: 'never_arrived',
};

// `sending`: the buyer is quicker to call back than its answer to the post is to arrive.
const OPEN: ReadonlySet<AttemptState> = new Set<AttemptState>(['sending', 'in_doubt', 'pending']);

/**
 * Records a word and carries it out. Throws where PostgreSQL is away, before anything or before the
 * effect is noted: said again, it goes on where it was.
 */
export async function hear(deps: ActivityDeps, word: Word): Promise<Heard> {
  const recorded = await recordWord(deps.pool, word);
  if (!recorded.same) return 'name_reused';
  if (recorded.effect !== null) return recorded.effect === 'settled' ? 'none' : recorded.effect;
  const effect = await carryOut(deps, word);
  await noteEffect(deps.pool, recorded.id, effect);
  return effect;
}

async function carryOut(deps: ActivityDeps, word: Word): Promise<Effect> {
  const before = await attemptOf(deps, word);
  const means = MEANS[word.said];
  if (!OPEN.has(before.state)) return compare(deps, { before, word, means });
  const result = resultOf(word, before);
  if (!result) return 'none';
  await write(deps, before, { result, teller: word.teller });
  if (means === undefined) return 'none';
  const after = await attemptOf(deps, word);
  return endOf(after.state) === means ? 'settled' : 'conflict';
}

/** The doubt had ended: the same again is nothing new, the opposite is a conflict. */
async function compare(
  deps: ActivityDeps,
  { before, word, means }: { before: Attempt; word: Word; means: Meaning },
): Promise<Effect> {
  const end = endOf(before.state);
  if (means === undefined || means === end) return 'none';
  const result = resultOf(word, before);
  // A late yes is never booked: its room was given back, and others were offered the lead.
  if (before.state === 'rejected' && result) {
    await write(deps, before, { result, teller: word.teller });
  }
  return 'conflict';
}

function endOf(state: AttemptState): Meaning {
  if (state === 'accepted' || state === 'returned' || state === 'accepted_conflict') return 'yes';
  return OPEN.has(state) ? undefined : 'no';
}

function resultOf(word: Word, attempt: Attempt): OfferResult | undefined {
  const { buyerId, priceCents, result } = attempt;
  const known = result?.kind === 'pending' || result?.kind === 'accepted' ? result.reference : null;
  const reference = word.reference ?? known;
  switch (MEANS[word.said]) {
    case 'yes':
      return { kind: 'accepted', buyerId, priceCents, reference, ms: 0 };
    case 'no': {
      const told = word.reason ?? REASONS[word.said] ?? 'buyer_rejected';
      const reason = word.teller === 'policy' ? 'assumed_rejected' : told;
      return { kind: 'rejected', reason, detail: word.detail, ms: 0 };
    }
    case undefined:
      if (word.said !== 'pending' || attempt.state !== 'in_doubt') return undefined;
      return {
        ...{ kind: 'pending', buyerId, reason: 'decides_later' },
        ...{ reference, detail: word.detail, ms: 0 },
      };
  }
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
