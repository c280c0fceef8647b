// An offer that nobody knows the end of: the buyer's answer is missing, or the buyer decides later.
// What such an offer is, and when the buyer is asked again or its contract's policy ends it.

import type { BuyerId, ContractId, LeadId } from '../ids.ts';
import type { DoubtReason } from '../reasons.ts';
import { lotOf } from '../routing/lot.ts';

/** No clear answer came: the buyer may have the lead. */
export interface InDoubt {
  readonly kind: 'in_doubt';
  readonly buyerId?: BuyerId;
  readonly reason: Exclude<DoubtReason, 'decides_later'>;
  readonly detail: string;
  readonly ms: number;
}

/** The buyer has the lead, and says later whether it takes it. */
export interface Pending {
  readonly kind: 'pending';
  readonly buyerId?: BuyerId;
  readonly reason: 'decides_later';
  /** The buyer's own id of the lead. */
  readonly reference: string | null;
  readonly detail: string;
  readonly ms: number;
}

/** Whether this result takes a place of the lead without anyone knowing if it is a sale. */
export function isOpen<R extends { readonly kind: string }>(
  result: R,
): result is R & { readonly kind: 'in_doubt' | 'pending' } {
  return result.kind === 'in_doubt' || result.kind === 'pending';
}

/** How a doubt ends without an operator. With neither part it waits for one, or for a callback. */
export interface DoubtTerms {
  readonly sinceMs: number;
  /** The buyer has a status call: pauses before each question, of which the last one repeats. */
  readonly ask?: { readonly pausesMs: readonly number[]; readonly untilMs: number };
  /** What the contract's policy takes it for in the end. */
  readonly assume?: { readonly as: 'accepted' | 'rejected'; readonly atMs: number };
}

/** What happens next by itself to an offer in doubt, after a pause. */
export interface DoubtStep {
  readonly kind: 'ask' | 'assume';
  readonly waitMs: number;
}

/** The next step of a doubt; undefined when only a callback or an operator can end it. */
export function nextDoubtStep(
  { ask, assume }: DoubtTerms,
  of: { leadId: LeadId; contractId: ContractId; asked: number; nowMs: number },
): DoubtStep | undefined {
  const { asked, nowMs } = of;
  const pauseMs = ask && (ask.pausesMs[asked] ?? ask.pausesMs.at(-1));
  if (ask && pauseMs !== undefined) {
    const waitMs = jittered(pauseMs, lotOf(of.leadId, `${of.contractId}/${asked}`));
    const atMs = nowMs + waitMs;
    if (atMs <= ask.untilMs && (!assume || atMs < assume.atMs)) return { kind: 'ask', waitMs };
  }
  return assume && { kind: 'assume', waitMs: Math.max(1, assume.atMs - nowMs) };
}

/** A tenth more or less: after an outage a thousand leads do not ask in the same second. */
function jittered(ms: number, lot: number): number {
  return Math.max(1, Math.round(ms * (0.9 + (0.2 * lot) / 2 ** 32)));
}

/** Words about an offer after its post: of a status call, of a callback, of an operator. */
export const SAID = [
  'accepted',
  'rejected',
  'duplicate',
  'pending',
  /** The buyer never got the lead. */
  'unknown',
  /** An answer that says none of these. */
  'unclear',
  /** No answer at all. */
  'unanswered',
] as const;
export type Said = (typeof SAID)[number];

/** What such words did: ended the doubt, nothing, or contradict how it had ended. */
export const EFFECTS = ['settled', 'none', 'conflict'] as const;
export type Effect = (typeof EFFECTS)[number];

/** One question to the buyer, as the lead's workflow remembers it. */
export interface Asked {
  readonly contractId: ContractId;
  readonly atMs: number;
  readonly said: Said;
}
