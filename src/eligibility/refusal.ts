// A refusal in words: the reason, the fact and the limit that decided, and until when it holds.

import type { WhyNot } from '../domain/lead.ts';
import type { IneligibleReason } from '../domain/reasons.ts';

export type Refused = { readonly kind: 'refused' } & Omit<WhyNot, 'contractId'>;

/** `untilMs`: when it may pass by itself; null = not by itself. */
export function refuse(
  reason: IneligibleReason,
  detail: string,
  untilMs: number | null = null,
): Refused {
  return untilMs === null
    ? { kind: 'refused', reason, detail }
    : { kind: 'refused', reason, detail, untilMs };
}
