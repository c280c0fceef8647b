// Lead Prosper. Refusals and errors carry ids too, and good is code 0.

import { type AnswerPreset, answers, is } from './preset.ts';

const both = {
  duplicateIf: [is('status', 'DUPLICATED')],
  // Its ERROR is about what it was sent; the message names the field.
  invalidIf: [is('status', 'ERROR')],
  rejectIf: [is('status', 'REJECTED')],
  acceptIf: [is('status', 'ACCEPTED')],
  price: { path: 'payout|price', unit: 'dollars' },
  reason: 'message',
} as const;

export const leadprosper: AnswerPreset = {
  ping: answers({
    ...both,
    bidId: 'ping_id',
    bids: { list: 'bids', price: 'payout', bidId: 'bid_id' },
  }),
  post: answers({ ...both, reference: 'lead_id|id', redirectUrl: 'redirect_url' }),
};
