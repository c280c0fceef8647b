// One call to a buyer, from the request to its end. Twilio tells us how it goes; when it falls
// silent, it is asked. How the call ended is said of its attempt as a buyer's own word would be,
// and the lead's own run goes on from there. No number is known here.

import {
  ActivityFailure,
  isCancellation,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { OfferKey } from '../domain/ids.ts';
import {
  type CallEnd,
  type CallEvent,
  decide,
  learn,
  NOTHING_KNOWN,
} from '../domain/transfers/call.ts';
import type { Transfer } from '../domain/transfers/settings.ts';
import { type CallTimes, describeCall, GIVE_UP_MS, nextLook } from '../domain/transfers/watch.ts';
import { callTold } from './messages.ts';
import { later } from './steps.ts';
import { sleepUnless } from './waiting.ts';

/** How the call ended; `unknown`: nobody could tell for a day, and the attempt waits on. */
export async function transferCall(transfer: Transfer): Promise<CallEnd | { kind: 'unknown' }> {
  const { terms, ...key } = transfer;
  const times: CallTimes = { begunAtMs: Date.now() };
  let facts = NOTHING_KNOWN;
  let looks = 0;
  const hear = (event: CallEvent) => {
    const before = JSON.stringify(facts);
    facts = learn(facts, event);
    if (facts.answeredBy !== null) times.answeredAtMs ??= Date.now();
    if (facts.consumer === 'in-progress') times.talkingAtMs ??= Date.now();
    if (JSON.stringify(facts) !== before) looks = 0;
    setCurrentDetails(describeCall(facts, times));
  };
  let told = 0;
  setHandler(callTold, (event) => {
    told += 1;
    hear(event);
  });

  for (;;) {
    const end = decide(facts, terms.minTalkS);
    if (end) {
      const { settleCall } = later(end.kind === 'accepted' ? 'sold' : `not sold: ${end.reason}`);
      await settleCall({ key, sid: facts.sid, end });
      setCurrentDetails(describeCall(facts, times, end));
      return end;
    }
    if (Date.now() - times.begunAtMs > GIVE_UP_MS) return { kind: 'unknown' };
    const heard = told;
    const pause = nextLook(facts, { terms, times, nowMs: Date.now(), looks });
    await sleepUnless(pause, () => told > heard);
    if (told > heard || facts.sid === null) {
      if (told === heard) looks += 1;
      continue;
    }
    looks += 1;
    const begunAtMs = Date.now();
    const seen = await look({ key, sid: facts.sid });
    if (seen) hear(talkSoFar(seen, times, begunAtMs));
  }
}

/** What Twilio says of the call; null where nobody says anything now: it is asked again later. */
async function look(of: { key: OfferKey; sid: string }) {
  try {
    return await later('how does the call stand?', { maximumAttempts: 2 }).lookAtCall(of);
  } catch (failure) {
    if (isCancellation(failure) || !(failure instanceof ActivityFailure)) throw failure;
    return null;
  }
}

/**
 * A talk that still goes on has lasted since it was told of, at the least: by our clock on both
 * sides.
 */
function talkSoFar(
  seen: CallEvent & { kind: 'looked' },
  { talkingAtMs }: CallTimes,
  atMs: number,
): CallEvent {
  if (seen.consumer?.status !== 'in-progress' || talkingAtMs === undefined) return seen;
  const seconds = Math.max(0, Math.floor((atMs - talkingAtMs) / 1_000));
  return { ...seen, consumer: { ...seen.consumer, seconds } };
}
