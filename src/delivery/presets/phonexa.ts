// Phonexa. Status 3 is asked for again and never posted again; 5 is a lead that it does not know.

import { type AnswerPreset, answers, is, saying } from './preset.ts';

const FAULTY = is('status', 4);

export const phonexa: AnswerPreset = {
  ping: null,
  post: answers({
    errorIf: [is('status', 5)],
    duplicateIf: [saying(FAULTY, 'errors.*.*|errors.*|errors', 'duplicate')],
    invalidIf: [FAULTY],
    rejectIf: [is('status', 2)],
    pendingIf: [is('status', 3)],
    acceptIf: [is('status', 1)],
    price: { path: 'price', unit: 'dollars' },
    reference: 'leadId|lead_id|id',
    reason: 'errors.*.*|errors.*|errors',
    redirectUrl: 'redirectUrl|redirect',
  }),
};
