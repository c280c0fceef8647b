// LeadByte. Good is 1; every refusal has a negative code of its own.

import { type AnswerPreset, answers, is } from './preset.ts';

export const leadbyte: AnswerPreset = {
  ping: null,
  post: answers({
    // Remote, not authorised, inactive, internal: it took nothing, and the lead is not why.
    errorIf: [is('code', -3, -7, -9, -100)],
    duplicateIf: [is('code', -2)],
    invalidIf: [is('code', -5)],
    rejectIf: [{ on: 'path', path: 'code', op: 'matches', value: '-\\d+' }],
    acceptIf: [is('code', 1)],
    reference: 'leadId',
    reason: 'response',
  }),
};
