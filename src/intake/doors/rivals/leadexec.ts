// LeadExec: a form at the receiver's address, or JSON at `/v2/insert/general`, answered as the one
// does in XML and as the other does in JSON.

import { sentenceOf } from '../../../domain/reasons.ts';
import type { LeadId } from '../../../domain/ids.ts';
import { type Answered, type DoorFormat, type DoorRequest, type Reading } from '../door.ts';
import { refused, type Refusal, type Refused, type Reply, type Told } from '../door.ts';
import { jsonReply, statusOf, xmlReply } from '../replies.ts';
import { controlOf, readValues, without } from '../values.ts';
import { dollarText, problemText } from '../words.ts';

const PING = '/v2/ping/general';
const INSERT = '/v2/insert/general';

const CONTROLS = new Set(['vid', 'lid', 'aid', 'password', 'access_token', 'orderid', 'returnurl']);

/** The door's account is `vid/lid`, or `vid/lid/aid` where its client sends one. */
export const leadexec: DoorFormat = {
  name: 'leadexec',
  addresses: ['/', INSERT, `${INSERT}/json`, `${INSERT}/xml`, PING],
  read(request): Reading {
    const found = readValues(request, { types: ['form', 'json'], typeOptional: true });
    return {
      kind: 'read',
      told:
        found.kind === 'values' ? toTold(request, found.values) : refused('unreadable', found.says),
      answer: (answered) => answer(answered, !/^\/$|\/xml$/.test(request.address)),
    };
  },
};

function toTold(request: DoorRequest, values: Told['values']): Told | Refused {
  const control = (name: string) => controlOf(values, name);
  const missing = ['vid', 'lid'].find((name) => control(name) === undefined);
  if (missing !== undefined) {
    const wrong = { field: missing, says: 'missing', fix: 'send it in the query or the body' };
    return refused('invalid', 'the client is not named', [wrong]);
  }
  if (control('returnurl') !== undefined) {
    const fix = 'leave it out, and read the answer';
    const wrong = { field: 'returnurl', says: 'results are not sent to an address', fix };
    return refused('invalid', 'the answer cannot be given as it is asked for', [wrong]);
  }
  const pingId = control('orderid');
  const afterPing = pingId === undefined ? 'full' : 'post';
  const account = ['vid', 'lid', 'aid'].map(control).filter((part) => part !== undefined);
  return {
    kind: 'told',
    account: account.join('/'),
    key: control('password') ?? request.header('access_token') ?? control('access_token') ?? null,
    phase: request.address === PING ? 'ping' : afterPing,
    values: without(values, CONTROLS),
    pingId,
  };
}

/** In the order of their numbers; newer answers have the number. */
const TYPES = [
  ...(['No_Error', 'System_ID_Missing', 'LeadType_ID_Missing', 'Vendor_ID_Missing'] as const),
  ...(['No_Account_Found', 'Outside_Criteria', 'Duplicate_Lead', 'Account_Disabled'] as const),
  ...(['Post_Over_Max', 'Data_Errors'] as const),
];
type ResponseType = (typeof TYPES)[number];

interface Verdict {
  readonly type: ResponseType;
  readonly details: string;
  readonly postId?: string;
  readonly leadNo?: number;
  readonly isPending?: boolean;
  readonly price?: string;
  readonly redirectUrl?: string | undefined;
  readonly orderId?: string;
}

/** Documents say `ResponseDetail`, clients read `ResponseDetails`. */
function answer(answered: Answered, inJson: boolean): Reply {
  const verdict = verdictOf(answered);
  const isValid = verdict.type === 'No_Error';
  const body = {
    PostID: verdict.postId ?? NO_ID,
    isValidPost: isValid,
    ResponseType: inJson ? TYPES.indexOf(verdict.type) : verdict.type,
    ResponseDetails: verdict.details,
    ResponseDetail: verdict.details,
    LeadIdentifier: verdict.leadNo ?? 0,
    VendorAccountAssigned: isValid ? 1 : 0,
    PendingQCReview: verdict.isPending ?? false,
    Price: inJson ? Number(verdict.price ?? 0) : (verdict.price ?? '0.00'),
    RedirectURL: verdict.redirectUrl ?? '',
    ...(verdict.orderId !== undefined && { OrderID: verdict.orderId }),
  };
  const status = statusOf(answered);
  return inJson ? jsonReply(body, status) : xmlReply('PostResponse', body, status);
}

function verdictOf(answered: Answered): Verdict {
  switch (answered.kind) {
    case 'lead':
      return leadVerdict(answered);
    case 'bid': {
      if (answered.payoutCents === 0) return { type: 'Outside_Criteria', details: 'no bid' };
      const price = dollarText(answered.payoutCents);
      const { pingId: orderId } = answered;
      return { type: 'No_Error', details: 'Ping was accepted', price, orderId };
    }
    case 'no_bid':
      return { type: 'Outside_Criteria', details: answered.says };
    case 'refused':
      return { type: refusalType(answered), details: problemText(answered) };
  }
}

const REFUSALS: Readonly<Partial<Record<Refusal, ResponseType>>> = {
  wrong_key: 'No_Account_Found',
  paused: 'Account_Disabled',
  too_many_requests: 'Post_Over_Max',
};
const MISSING: Readonly<Partial<Record<string, ResponseType>>> = {
  vid: 'Vendor_ID_Missing',
  lid: 'LeadType_ID_Missing',
};

function refusalType({ why, errors }: Refused): ResponseType {
  return REFUSALS[why] ?? MISSING[errors[0]?.field ?? ''] ?? 'Data_Errors';
}

function leadVerdict({ leadId, publicNo, outcome }: Answered & { kind: 'lead' }): Verdict {
  const lead = { postId: guidOf(leadId), leadNo: publicNo };
  if (outcome === 'pending') {
    return { ...lead, type: 'No_Error', details: 'Lead is not decided on yet', isPending: true };
  }
  switch (outcome.kind) {
    case 'sold': {
      const { payoutCents, redirectUrl } = outcome;
      const price = dollarText(payoutCents);
      return { ...lead, type: 'No_Error', details: 'Lead was accepted', price, redirectUrl };
    }
    case 'duplicate':
      return { ...lead, type: 'Duplicate_Lead', details: sentenceOf(outcome.reason) };
    case 'unsold':
      return { ...lead, type: 'Outside_Criteria', details: sentenceOf(outcome.reason) };
    case 'rejected':
      return { ...lead, type: 'Data_Errors', details: problemText(outcome) };
  }
}

const NO_ID = '00000000-0000-0000-0000-000000000000';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The 128 bits of a lead's id as clients that expect a GUID can parse them. */
function guidOf(leadId: LeadId): string {
  const bits = [...leadId.slice('lead_'.length)].reduce(
    (sum, digit) => (sum * 32n + BigInt(CROCKFORD.indexOf(digit))) % 2n ** 128n,
    0n,
  );
  const hex = bits.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
