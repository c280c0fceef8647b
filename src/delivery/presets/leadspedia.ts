// LeadsPedia, JSON or XML under a root of any name. A duplicate is known by its text only.

import { type AnswerPreset, answers, is, saying } from './preset.ts';

const RESULT = 'result|*.result';
const MESSAGE = 'msg|*.msg';
const ERRORS = 'errors.*.error|*.errors.error';
const FAILED = is(RESULT, 'failed', 'failure', 'error');

const both = {
  duplicateIf: [saying(FAILED, MESSAGE, 'duplicate'), saying(FAILED, ERRORS, 'duplicate')],
  invalidIf: [{ ...FAILED, and: [{ on: 'path', path: ERRORS, op: 'exists' }] }],
  rejectIf: [FAILED],
  acceptIf: [is(RESULT, 'success')],
  price: { path: 'price|*.price', unit: 'dollars' },
  reason: `${ERRORS}|${MESSAGE}`,
} as const;

export const leadspedia: AnswerPreset = {
  ping: answers({ ...both, bidId: 'ping_id|*.ping_id' }),
  post: answers({
    ...both,
    reference: 'lead_id|*.lead_id',
    redirectUrl: 'redirect_url|*.redirect_url',
  }),
};
