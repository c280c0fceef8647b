// LeadConduit, JSON or XML under `result`, and the XML of its classic post.

import { type AnswerPreset, answers, is, saying } from './preset.ts';

const OUTCOME = 'outcome|result.outcome|response.result';
const REASON = 'reason|result.reason|response.reason';
const FAILURE = is(OUTCOME, 'failure');

const both = {
  errorIf: [is(OUTCOME, 'error')],
  duplicateIf: [saying(FAILURE, REASON, 'duplicate')],
  rejectIf: [FAILURE],
  pendingIf: [is(OUTCOME, 'queued')],
  acceptIf: [is(OUTCOME, 'success')],
  price: { path: 'price|result.price', unit: 'dollars' },
  reason: REASON,
} as const;

export const leadconduit: AnswerPreset = {
  ping: answers(both),
  post: answers({
    ...both,
    reference: 'lead.id|result.lead.id|response.leadId',
    redirectUrl: 'response.url',
  }),
};
