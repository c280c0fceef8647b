// When Twilio is asked how a call stands, because nothing more was told of it; and how a call reads
// to an operator.

import { sentenceOf } from '../reasons.ts';
import type { CallEnd, CallFacts } from './call.ts';
import type { CallTerms } from './settings.ts';

/** When things were told, by the clock of the workflow. */
export interface CallTimes {
  readonly begunAtMs: number;
  answeredAtMs?: number;
  /** The consumer was put through. */
  talkingAtMs?: number;
}

/** A pause, and what stands beside it. */
export interface Look {
  readonly ms: number;
  readonly summary: string;
}

/** What Twilio and the networks may add to any time of ours. */
const SLACK_S = 5;
/** For the whisper to be spoken, and before it a machine to be told from a person. */
const SPOKEN_S = 30;
const LONGEST_S = 600;
/** No call lasts as long: what is not known by then is left to the buyer or an operator. */
export const GIVE_UP_MS = 24 * 3_600_000;

/** The pause before Twilio is asked, by what the call is doing; doubled with each look in vain. */
export function nextLook(
  facts: CallFacts,
  {
    terms,
    times,
    nowMs,
    looks,
  }: { terms: CallTerms; times: CallTimes; nowMs: number; looks: number },
): Look {
  const { pressWithinS, ringS, minTalkS } = terms;
  const phase = (seconds: number, doing: string): Look => ({
    ms: Math.min(seconds * 2 ** looks, LONGEST_S) * 1_000,
    summary: `${doing}: silence is looked into`,
  });
  if (facts.consumer === 'in-progress' && looks === 0) {
    const talkedMs = nowMs - (times.talkingAtMs ?? nowMs);
    const ms = Math.max(1_000, minTalkS * 1_000 - talkedMs + 1_000);
    return { ms, summary: `they talk: a sale at ${minTalkS} s` };
  }
  if (facts.call === 'completed') return phase(SLACK_S, 'the call is over');
  if (facts.consumer !== null) return phase(ringS + SLACK_S, 'the consumer is called');
  if (facts.accepts) return phase(ringS + SLACK_S, 'the buyer takes the call');
  if (facts.call === 'in-progress') return phase(pressWithinS + SPOKEN_S, 'the buyer listens');
  return phase(ringS + SLACK_S, 'the buyer is called');
}

/** One line on a call, such as `rang 12 s, pressed 1, talked 40 s: sold`. */
export function describeCall(facts: CallFacts, times: CallTimes, end?: CallEnd): string {
  const { call, answeredBy, accepts, consumer, talkedS } = facts;
  const parts: string[] = [];
  const { begunAtMs, answeredAtMs } = times;
  if (answeredAtMs !== undefined) {
    parts.push(`rang ${Math.round((answeredAtMs - begunAtMs) / 1_000)} s`);
  } else if (call !== null && call !== 'completed') parts.push(call.replace('-', ' '));
  if (answeredBy === 'machine') parts.push('a machine answered');
  if (accepts !== null) parts.push(accepts ? 'pressed 1' : 'did not press 1');
  if (consumer === 'in-progress') parts.push('talking');
  else if (consumer === 'completed')
    parts.push(talkedS === null ? 'talked' : `talked ${talkedS} s`);
  else if (consumer !== null) parts.push(`the consumer: ${consumer.replace('-', ' ')}`);
  const told = parts.join(', ') || 'the buyer is called';
  if (!end) return told;
  if (end.kind === 'accepted') return `${told}: sold`;
  return `${told}: not sold, ${sentenceOf(end.reason)}`;
}
