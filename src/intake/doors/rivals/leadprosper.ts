// LeadProsper's supplier API: direct posts, pings and posts, by form or JSON, answered in JSON.

import type { LeadOutcome } from '../../../domain/lead.ts';
import { sentenceOf } from '../../../domain/reasons.ts';
import {
  type Answered,
  type DoorFormat,
  type DoorRequest,
  refused,
  type Refused,
  type Refusal,
  type Reply,
  type Told,
} from '../door.ts';
import { dollarNumber, problemText } from '../words.ts';
import { jsonReply, statusOf } from '../replies.ts';
import { controlOf, readValues, without } from '../values.ts';

const PHASES: Readonly<Record<string, 'ping' | 'post' | 'full'>> = {
  '/direct_post': 'full',
  '/ingest': 'full',
  '/ping': 'ping',
  '/post': 'post',
};

const CONTROLS = new Set([
  ...['lp_campaign_id', 'lp_supplier_id', 'lp_key', 'lp_action', 'lp_ping_id', 'lp_subid1'],
]);

/** The door's account is `lp_campaign_id/lp_supplier_id`, its password `lp_key`. */
export const leadprosper: DoorFormat = {
  name: 'leadprosper',
  addresses: Object.keys(PHASES),
  read: (request) => ({ kind: 'read', told: toTold(request), answer }),
};

function toTold(request: DoorRequest): Told | Refused {
  const found = readValues(request, { types: ['form', 'json'], typeOptional: true });
  if (found.kind === 'unreadable') return refused('unreadable', found.says);
  const { values } = found;
  const control = (name: string) => controlOf(values, name);
  return {
    kind: 'told',
    account: `${control('lp_campaign_id') ?? ''}/${control('lp_supplier_id') ?? ''}`,
    key: control('lp_key') ?? null,
    phase: PHASES[request.address] ?? 'full',
    values: without(values, CONTROLS),
    test: control('lp_action') === 'test',
    subSource: control('lp_subid1'),
    pingId: control('lp_ping_id'),
  };
}

function answer(answered: Answered): Reply {
  return jsonReply(bodyOf(answered), statusOf(answered));
}

/** 1001 is documented; the others are ours. */
const CODES: Readonly<Record<Refusal, number>> = {
  unreadable: 1001,
  invalid: 1001,
  wrong_key: 1002,
  paused: 1004,
  ping_not_usable: 1005,
  too_many_requests: 1006,
  unavailable: 1007,
  no_such_lead: 1008,
};
const NO_BUYER = 1003;

/** In this order of keys. Some clients read `id` and `price`, others `lead_id` and `payout`. */
function bodyOf(answered: Answered): object {
  switch (answered.kind) {
    case 'lead': {
      const { leadId, outcome } = answered;
      const payout =
        typeof outcome === 'object' && outcome.kind === 'sold' ? outcome.payoutCents : 0;
      const price = dollarNumber(payout);
      return { ...verdictOf(outcome), lead_id: leadId, id: leadId, payout: price, price };
    }
    case 'bid': {
      const payout = dollarNumber(answered.payoutCents);
      return { status: 'ACCEPTED', code: 0, ping_id: answered.pingId, payout, price: payout };
    }
    case 'no_bid':
      return error(NO_BUYER, answered.says);
    case 'refused':
      return error(CODES[answered.why], problemText(answered));
  }
}

function error(code: number, message: string) {
  return { status: 'ERROR', code, message, payout: 0, price: 0 };
}

function verdictOf(outcome: LeadOutcome | 'pending') {
  // It may be sold yet: a client that heard of an error would sell it elsewhere.
  if (outcome === 'pending') {
    return { status: 'ACCEPTED', code: 0, message: 'Lead accepted, not decided on yet' };
  }
  switch (outcome.kind) {
    case 'sold':
      return {
        ...{ status: 'ACCEPTED', code: 0, message: 'Lead accepted' },
        ...(outcome.redirectUrl !== undefined && { redirect_url: outcome.redirectUrl }),
      };
    case 'duplicate':
      return { status: 'DUPLICATED', code: 1, message: 'Duplicate lead' };
    case 'unsold':
      return { status: 'ERROR', code: NO_BUYER, message: sentenceOf(outcome.reason) };
    case 'rejected':
      return { status: 'ERROR', code: CODES.invalid, message: problemText(outcome) };
  }
}
