// What a source is told about its lead. The answer's bytes are a function of what is stored, so
// that a repeated submission gets the same ones.

import type { LeadId } from '../domain/ids.ts';
import type { LeadOutcome } from '../domain/lead.ts';
import { sentenceOf } from '../domain/reasons.ts';
import type { RefusalAnswers } from '../domain/world/intake.ts';
import type { LeadAnswer } from './wire/lead.ts';

/**
 * The answer, with its keys in a fixed order. Says nothing about buyers, prices or doubt: a lead
 * that a buyer may have is `pending` to its source.
 */
export function leadAnswer(
  id: LeadId,
  outcome: LeadOutcome | 'pending',
  unknownFields: readonly string[],
): LeadAnswer {
  const more = unknownFields.length > 0 ? { unknown_fields: [...unknownFields] } : {};
  if (outcome === 'pending') {
    const reason_text = 'no buyer has been decided on yet: ask again';
    return { id, status: 'pending', reason_text, ...more };
  }
  switch (outcome.kind) {
    case 'sold':
      return {
        id,
        status: 'sold',
        payout_cents: outcome.payoutCents,
        ...(outcome.redirectUrl !== undefined && { redirect_url: outcome.redirectUrl }),
        reason_text: 'the lead was sold',
        ...more,
      };
    case 'unsold': {
      const { reason, testPayoutCents } = outcome;
      const earned = testPayoutCents === undefined ? {} : { test_payout_cents: testPayoutCents };
      return { id, status: 'unsold', reason, reason_text: sentenceOf(reason), ...earned, ...more };
    }
    case 'rejected': {
      const { reason, problems } = outcome;
      const told = problems?.map(({ field, reason, says }) => ({ field, reason, says }));
      const reason_text = sentenceOf(reason);
      const because = told ? { problems: told } : {};
      return { id, status: 'rejected', reason, reason_text, ...because, ...more };
    }
    case 'duplicate': {
      const { reason } = outcome;
      return { id, status: 'duplicate', reason, reason_text: sentenceOf(reason), ...more };
    }
  }
}

/** The HTTP status of the answer to a submission: a campaign may choose that of its refusals. */
export function statusOf(
  outcome: LeadOutcome | 'pending',
  chosen: RefusalAnswers | undefined,
): number {
  if (outcome === 'pending') return 202;
  switch (outcome.kind) {
    case 'rejected':
      return chosen?.rejectedStatus ?? 200;
    case 'duplicate':
      return chosen?.duplicateStatus ?? 200;
    case 'sold':
    case 'unsold':
      return 200;
  }
}
