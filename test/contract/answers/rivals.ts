// Rules of platforms that Sluice has no preset for, as an operator would write them.

import { type AnswerPreset, answers, is, saying } from '../../../src/delivery/presets/preset.ts';

const dollars = (path: string) => ({ path, unit: 'dollars' }) as const;

const REFUSED = is('*.Response', 'REJECTED');

const elitebizpanel = answers({
  duplicateIf: [saying(REFUSED, '*.Errors.Reason', 'Already Post Sent')],
  rejectIf: [REFUSED],
  acceptIf: [is('*.Response', 'ACCEPTED')],
  price: dollars('*.Price'),
  bidId: '*.Ping_Id',
  reason: '*.Errors.Reason',
});

const insuranceagents = answers({
  invalidIf: [is('reply.code', -3)],
  acceptIf: [is('reply.code', 1)],
  price: dollars('reply.price|reply.payout'),
  bids: { list: 'reply.legs.leg', price: 'price', bidId: '@id', seller: 'company_id' },
  bidId: 'reply.lead',
  reason: 'reply.comment',
});

const plain = answers({
  rejectIf: [is('status', 'rejected')],
  acceptIf: [is('status', 'accepted')],
  price: dollars('price'),
});

const success = answers({ acceptIf: [is('success', 1)], reference: 'lead_id' });

export const RIVALS: Readonly<Record<string, AnswerPreset>> = {
  insuranceagents: { ping: insuranceagents, post: insuranceagents },
  elitebizpanel: { ping: elitebizpanel, post: elitebizpanel },
  gomedigap: {
    ping: answers({
      acceptIf: [is('response', 'success')],
      price: dollars('bid'),
      bidId: 'leadAuctionId',
    }),
    post: success,
  },
  apex: { ping: null, post: { ...success, retryAfterS: 1 } },
  beacon: { ping: null, post: success },
  citadel: { ping: null, post: { ...success, retryAfterS: 2 } },
  delta: {
    ping: null,
    post: answers({
      acceptIf: [{ on: 'path', path: 'ok', op: 'truthy' }],
      reference: 'id',
    }),
  },
  any: { ping: plain, post: plain },
};
