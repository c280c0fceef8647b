// CAKE. Good is 0; a refusal is told from a duplicate by its text only.

import { type AnswerPreset, answers, is, saying } from './preset.ts';

const FAILED = is('result.code', 1);

const both = {
  duplicateIf: [
    saying(FAILED, 'result.errors.error', 'duplicate'),
    saying(FAILED, 'result.msg', 'duplicate'),
  ],
  rejectIf: [FAILED],
  acceptIf: [is('result.code', 0)],
  price: { path: 'result.price', unit: 'dollars' },
  reason: 'result.errors.error|result.msg',
} as const;

export const cake: AnswerPreset = {
  ping: answers({ ...both, bidId: 'result.ckm_request_id|result.leadid' }),
  post: answers({
    ...both,
    reference: 'result.leadid',
    redirectUrl: 'result.redirect',
  }),
};
