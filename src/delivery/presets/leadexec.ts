// LeadExec. Its verdict is isValidPost, whatever the root element is called; a lead in review is
// valid and not sold yet.

import { type AnswerPreset, answers, is } from './preset.ts';

const VALID = '*.isValidPost|isValidPost';

const TYPE = '*.ResponseType|ResponseType';
const DETAILS = ['ResponseDetails', 'ResponseDetail'].flatMap((name) => [`*.${name}`, name]);
// Its letter case is told in no two ways alike.
const ORDER = ['orderid', 'OrderId', 'OrderID'].flatMap((name) => [`*.${name}`, name]).join('|');
const REFUSED = is(VALID, 'false');
// Older answers have words, newer ones numbers.
const FAULTS = [
  'System_ID_Missing',
  'LeadType_ID_Missing',
  'Vendor_ID_Missing',
  'Account_Disabled',
];

const both = {
  // Missing ids of ours, or an account that is off.
  errorIf: [{ ...REFUSED, and: [is(TYPE, 1, 2, 3, 7, ...FAULTS)] }],
  duplicateIf: [{ ...REFUSED, and: [is(TYPE, 6, 'Duplicate_Lead')] }],
  invalidIf: [{ ...REFUSED, and: [is(TYPE, 9, 'Data_Errors')] }],
  rejectIf: [REFUSED],
  pendingIf: [is('*.PendingQCReview|PendingQCReview', 'true')],
  acceptIf: [is(VALID, 'true')],
  price: { path: '*.Price|Price', unit: 'dollars' },
  reason: [...DETAILS, TYPE].join('|'),
} as const;

export const leadexec: AnswerPreset = {
  ping: answers({ ...both, bidId: ORDER }),
  post: answers({
    ...both,
    reference: '*.LeadIdentifier|LeadIdentifier',
    redirectUrl: '*.RedirectURL|RedirectURL',
  }),
};
