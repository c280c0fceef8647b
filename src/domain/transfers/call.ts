// One call transfer, from what is told of it: whether it is a sale, or why not. What is told comes
// in any order, twice or never, so each thing only adds to what is known, and what has been decided
// stands whatever comes later.

import type { RejectionReason } from '../reasons.ts';

/** What Twilio fetches from us or reports to, by the last part of its address. */
export const CALLBACKS = ['whisper', 'accept', 'done', 'consumer', 'status'] as const;
export type Callback = (typeof CALLBACKS)[number];

/** States of a call, in their order; of the last five a call ends in one. */
export const CALL_STATUSES = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

const isEnded = (status: CallStatus | null): boolean =>
  status !== null && CALL_STATUSES.indexOf(status) >= CALL_STATUSES.indexOf('completed');

/** A call as it stands, with its length so far or at its end, where that is known. */
export interface CallState {
  readonly status: CallStatus;
  readonly seconds: number | null;
}

/** Something that was told of a transfer. `call` is the buyer's side, `consumer` the consumer's. */
export type CallEvent =
  /** Twilio was asked for the call; null where its answer never came. */
  | { readonly kind: 'placed'; readonly sid: string | null }
  | { readonly kind: 'status'; readonly sid: string; readonly status: CallStatus }
  /** Somebody, or a machine, has answered. */
  | { readonly kind: 'answered'; readonly sid: string; readonly by: 'person' | 'machine' }
  | { readonly kind: 'pressed'; readonly sid: string; readonly accepts: boolean }
  | ({ readonly kind: 'consumer' } & CallState)
  /** Twilio was asked how both calls stand; `consumer` is null where nobody was put through. */
  | {
      readonly kind: 'looked';
      readonly call: CallStatus;
      readonly by: 'person' | 'machine' | null;
      readonly consumer: CallState | null;
    };

/** What is known of a transfer. */
export interface CallFacts {
  readonly sid: string | null;
  readonly call: CallStatus | null;
  readonly answeredBy: 'person' | 'machine' | null;
  readonly accepts: boolean | null;
  readonly consumer: CallStatus | null;
  /** The most that is known of the talk; null while nothing is. */
  readonly talkedS: number | null;
  /** How often Twilio was asked after the end of all: what it did not tell by then never was. */
  readonly looksAfterEnd: number;
}

export const NOTHING_KNOWN: CallFacts = {
  sid: null,
  call: null,
  answeredBy: null,
  accepts: null,
  consumer: null,
  talkedS: null,
  looksAfterEnd: 0,
};

/** What is known after one more thing was told; the order makes no difference. */
export function learn(facts: CallFacts, event: CallEvent): CallFacts {
  switch (event.kind) {
    case 'placed':
      return { ...facts, sid: facts.sid ?? event.sid };
    case 'status':
      return { ...named(facts, event.sid), call: later(facts.call, event.status) };
    case 'answered':
      return {
        ...named(facts, event.sid),
        call: later(facts.call, 'in-progress'),
        answeredBy: facts.answeredBy === 'machine' ? 'machine' : event.by,
      };
    case 'pressed':
      return {
        ...named(facts, event.sid),
        call: later(facts.call, 'in-progress'),
        accepts: (facts.accepts ?? false) || event.accepts,
      };
    case 'consumer':
      return withConsumer(facts, event);
    case 'looked': {
      const { call, by, consumer } = event;
      const seen = { ...facts, call: later(facts.call, call), answeredBy: facts.answeredBy ?? by };
      const isOver = isEnded(call) && (consumer === null || isEnded(consumer.status));
      const looksAfterEnd = facts.looksAfterEnd + (isOver ? 1 : 0);
      return { ...(consumer ? withConsumer(seen, consumer) : seen), looksAfterEnd };
    }
  }
}

function named(facts: CallFacts, sid: string): CallFacts {
  return { ...facts, sid: facts.sid ?? sid };
}

function withConsumer(facts: CallFacts, { status, seconds }: CallState): CallFacts {
  const talkedS = seconds === null ? facts.talkedS : Math.max(facts.talkedS ?? 0, seconds);
  return { ...facts, consumer: later(facts.consumer, status), talkedS };
}

/** The states of a call have an order of their own, so a late one is known without its number. */
function later(known: CallStatus | null, told: CallStatus): CallStatus {
  if (known === null) return told;
  return CALL_STATUSES.indexOf(told) > CALL_STATUSES.indexOf(known) ? told : known;
}

/** How a transfer ended. */
export type CallEnd =
  | { readonly kind: 'accepted'; readonly talkedS: number }
  | { readonly kind: 'rejected'; readonly reason: CallRejection; readonly detail: string };

type CallRejection = Extract<RejectionReason, `call_${string}` | 'consumer_not_reached'>;

/** What a transfer has come to; undefined while it may still come to something else. */
export function decide(facts: CallFacts, minTalkS: number): CallEnd | undefined {
  const { call, answeredBy, accepts, consumer, talkedS, looksAfterEnd } = facts;
  if (answeredBy === 'machine') return rejected('call_machine');
  if (consumer === 'in-progress' || consumer === 'completed') {
    const known = talkedS ?? (consumer === 'in-progress' || looksAfterEnd > 0 ? 0 : null);
    if (known !== null && known >= minTalkS) return { kind: 'accepted', talkedS: known };
    if (consumer === 'in-progress' || known === null) return undefined;
    return rejected('call_too_short', `${known} s of ${minTalkS} s`);
  }
  if (isEnded(consumer)) return rejected('consumer_not_reached', consumer ?? '');
  if (accepts === false) return rejected('call_declined', 'another key, or none');
  if (call === 'busy') return rejected('call_busy');
  if (call === 'no-answer') return rejected('call_unanswered');
  if (call === 'failed' || call === 'canceled') return rejected('call_failed', call);
  if (call !== 'completed') return undefined;
  // It has ended, and what led to that may still be on its way, or is lost. The list of calls may
  // lag behind, so where somebody pressed the key it is read twice.
  if (accepts && looksAfterEnd > 1) return rejected('consumer_not_reached', 'never called');
  if (!accepts && looksAfterEnd > 0) return rejected('call_declined', 'nobody pressed the key');
  return undefined;
}

function rejected(reason: CallRejection, detail = ''): CallEnd {
  return { kind: 'rejected', reason, detail };
}
