// LinkTrust. A ping may be accepted by several of its buyers, each with a token of its own; a
// refusal says "false" as text.

import { type AnswerPreset, answers, is, saying } from './preset.ts';

const NO: ReturnType<typeof is> = { on: 'path', path: 'Accepted', op: 'truthy', value: false };
const REJECTED = is('status', 'Rejected');

export const linktrust: AnswerPreset = {
  ping: answers({
    duplicateIf: [saying(NO, 'Reason', 'duplicate')],
    rejectIf: [NO],
    acceptIf: [{ on: 'path', path: 'Accepted', op: 'truthy' }],
    bids: { list: 'AcceptedPings', price: 'Payout', bidId: 'PingId' },
    reference: 'LeadId',
    reason: 'Reason',
  }),
  post: answers({
    duplicateIf: [saying(REJECTED, 'Reason', 'duplicate')],
    invalidIf: [{ ...REJECTED, and: [{ on: 'path', path: 'failedDataField', op: 'exists' }] }],
    rejectIf: [REJECTED],
    acceptIf: [is('status', 'Accepted')],
    price: { path: 'Payout|payout|price', unit: 'dollars' },
    reference: 'LeadId|leadId',
    reason: 'Reason|failedDataField',
    redirectUrl: 'successUrl',
  }),
};
