// How a buyer's CRM says what became of a lead: where in its message, in which words.

import type { FeedbackKind } from '../scoring/feedback.ts';
import type { Signature } from './platform.ts';

/** What a message may hold; `lead` and `what` it must. */
export const FEEDBACK_PARTS = [
  'lead',
  'what',
  'id',
  'value',
  'value_cents',
  'at',
  'reason',
] as const;
export type FeedbackPart = (typeof FEEDBACK_PARTS)[number];

export interface FeedbackHook {
  /** Where in the body each part stands: `$.deal.stage`. */
  readonly paths: Readonly<Partial<Record<FeedbackPart, string>>>;
  /** What the CRM's words for `what` mean, lower case; others are passed over. */
  readonly words: Readonly<Record<string, FeedbackKind>>;
  /** null: the key in the address is all. */
  readonly signature: Signature | null;
}
