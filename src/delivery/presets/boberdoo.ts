// boberdoo's API (new_api/api.php) and its classic post. XML or JSON, wrapped in `response` or
// bare; an Unmatched lead has an id like a matched one.

import { type AnswerPreset, answers, is, saying } from './preset.ts';

const STATUS = 'response.status|status';
const ERROR = 'response.error|error';
const LEAD_ID = 'response.lead_id|lead_id';
const FAULTY = is(STATUS, 'Error');

const both = {
  duplicateIf: [saying(FAULTY, ERROR, 'duplicate')],
  invalidIf: [FAULTY],
  rejectIf: [is(STATUS, 'Unmatched', 'Rejected')],
  // "Lead ID 900105 has to be manually approved."
  pendingIf: [
    { on: 'path', path: STATUS, op: 'matches', value: '.*has to be manually approved.*' },
  ],
  reason: `response.unmatched_reason|unmatched_reason|${ERROR}`,
} as const;

const BEST_BID = [
  'response.process_information.best_bid',
  'process_information.best_bid',
  'response.best_bid',
  'best_bid',
].join('|');

const api = {
  ...both,
  acceptIf: [is(STATUS, 'Matched')],
  price: { path: BEST_BID, unit: 'dollars' },
} as const;

export const boberdoo: AnswerPreset = {
  ping: answers({
    ...api,
    bidId: LEAD_ID,
    bids: { list: 'response.bids.bid|bids.bid', price: 'seller_lead_bid', bidId: 'bid_id' },
  }),
  post: answers({ ...api, reference: LEAD_ID }),
};

export const boberdooClassic: AnswerPreset = {
  ping: null,
  post: answers({ ...both, acceptIf: [is(STATUS, 'Matched', 'Success')], reference: LEAD_ID }),
};
